extension PolicyState {
    /// Checks a batch for `__sluice_views` against the state after it, and says what is to be stored: names resolved to
    /// versions, one-step views of modules written, what is unchanged left out. All records or none.
    public func planViews(
        _ records: [PolicyRecord], author: PolicyAuthor, topics: [TopicFact]
    ) throws(PolicyRefusal) -> PolicyPlan {
        try checkWritable(records)
        var planner = ViewPlanner(state: self, author: author)
        var changes: [(index: Int, key: PolicyKey, record: PolicyRecord)] = []
        var seen: Set<PolicyKey> = []
        for (index, record) in records.enumerated() {
            do throws(PolicyRefusal) {
                let key = try PolicyKey(parsing: record.key ?? [])
                if case .view(_, 0) = key {
                } else if !seen.insert(key).inserted {
                    throw PolicyRefusal("the key stands twice in the batch")
                }
                if case .view(let name, _) = key {
                    try checkVersion(record, viewVersions[name] ?? 0, "version")
                } else {
                    try checkVersion(record, isStored(key) ? revisions[key] ?? 0 : 0, "rev")
                }
                changes.append((index, key, record))
            } catch { throw error.at(index) }
        }
        // Views first, as what follows may name them; deletions of views last, as what goes before may still name them.
        func rank(_ key: PolicyKey, _ record: PolicyRecord) -> Int {
            if case .view = key { return record.value == nil ? 2 : 0 }
            return 1
        }
        for turn in 0...2 {
            for (index, key, record) in changes where rank(key, record) == turn {
                do throws(PolicyRefusal) { try planner.change(key, record.value, index) } catch {
                    throw error.at(index)
                }
            }
        }
        try PolicyRules.check(
            before: self, after: planner.state, changed: changes.map { ($0.index, $0.key) }, topics: topics)
        planner.plan.assigned.sort { $0.index < $1.index }
        return planner.plan
    }

    /// Why this topic can't become compacted, if it can't: a view that replaces records would leave tombstones.
    public func compactionRefusal(of topic: TopicRef) -> PolicyRefusal? {
        PolicyRules.compactionRefusal(self, topic)
    }
}

/// Takes the records of one batch into a state of its own and writes down what is to be stored.
struct ViewPlanner {
    private(set) var state: PolicyState
    let author: PolicyAuthor
    var plan = PolicyPlan()

    init(state: PolicyState, author: PolicyAuthor) {
        self.state = state
        self.author = author
    }

    mutating func change(_ key: PolicyKey, _ value: [UInt8]?, _ index: Int) throws(PolicyRefusal) {
        switch (key, value) {
        case (.view(let name, let version), nil): try deleteView(VersionedName(name: name, version: version))
        case (.view(let name, let version), let value?): try putView(name, version, value, index)
        case (.feature, nil): throw PolicyRefusal("the feature level never goes down")
        case (_, nil): store(key, nil)
        case (.binding(let binding), let value?):
            try putTarget(key, value, "binding", stored: state.bindings[binding], index)
        case (.topicDefault(let topic), let value?):
            try putTarget(key, value, "default", stored: state.defaults[topic], index)
        case (.pause(let name), let value?):
            _ = try PolicyValue(parsing: value, "pause", known: [], from: .client)
            guard state.viewVersions[name] != nil || state.modules[name] != nil else { throw unknown(name.string) }
            if let mark = state.pauses[name] { return unchanged(mark.offset) }
            store(key, JSONValue.object(meta(of: key).members).canonicalBytes)
        case (.quarantine, let value?): try putQuarantine(key, value)
        case (.feature, let value?):
            let read = try PolicyValue(parsing: value, "feature", known: ["level"], from: .client)
            let level = try read.fields.required(try read.fields.integer("level"), "level")
            guard level == PolicyState.level else {
                throw PolicyRefusal("level is \(level), this broker knows \(PolicyState.level)")
            }
            if let mark = state.feature { return unchanged(mark.offset) }
            store(key, JSONValue.object(meta(of: key).members + [.init("level", .integer(level))]).canonicalBytes)
        }
    }

    // MARK: Views

    private mutating func putView(
        _ name: Name, _ version: UInt32, _ value: [UInt8], _ index: Int
    ) throws(PolicyRefusal) {
        if state.modules[name] != nil {
            throw PolicyRefusal("\"\(name)\" is a module, choose another name for the view")
        }
        let read = try ViewValue(parsing: value, from: .client)
        var steps: [ViewStep] = []
        for step in read.steps {
            let module = try module(named: step.module)
            if let sha256 = step.sha256, sha256 != module.sha256 {
                throw PolicyRefusal("\(module.name) has the SHA-256 \(module.sha256)")
            }
            steps.append(
                ViewStep(
                    module: module.name, sha256: module.sha256, parameters: step.parameters, headers: step.headers))
        }
        let definition = ViewDefinition(
            steps: steps, limits: read.limits, onError: read.onError, reuse: read.reuse)
        if let digest = read.digest, digest != definition.digest {
            throw PolicyRefusal("view: digest is not that of the view, which is \(definition.digest)")
        }
        let same = state.views.values.filter {
            $0.target.name.name == name && !$0.isDeleted && $0.target.definition == definition
        }
        if let stored = same.max(by: { $0.target.name < $1.target.name }) {
            guard version == 0 || version == stored.target.name.version else { throw versioned(name) }
            plan.assigned.append(PolicyPlan.Assigned(index: index, name: stored.target.name.description))
            return unchanged(stored.offset)
        }
        let highest = state.viewVersions[name] ?? 0
        guard version == 0 else { throw versioned(name) }
        guard highest < UInt32.max else { throw PolicyRefusal("\"\(name)\" has no version left") }
        let assigned = VersionedName(name: name, version: highest + 1)
        write(assigned, definition)
        plan.assigned.append(PolicyPlan.Assigned(index: index, name: assigned.description))
    }

    private func versioned(_ name: Name) -> PolicyRefusal {
        PolicyRefusal("view key: version of \"\(name)\" must be 0: the broker gives the next one, views never change")
    }

    private mutating func deleteView(_ name: VersionedName) throws(PolicyRefusal) {
        guard let view = state.views[name] else { throw unknown(name.description) }
        if view.isDeleted { return unchanged(view.offset) }
        if let key = state.bindings.first(where: { $0.value.target == .view(name) })?.key {
            throw PolicyRefusal(
                "view \"\(name)\" is named by the binding of \(PolicyRules.text(key)): remove that first")
        }
        if let topic = state.defaults.first(where: { $0.value.target == .view(name) })?.key {
            throw PolicyRefusal("view \"\(name)\" is the default of \(PolicyRules.text(topic)): change that first")
        }
        let key = PolicyKey.view(name.name, name.version)
        store(key, ViewValue.deletedBytes(meta: meta(of: key)))
    }

    private mutating func write(_ name: VersionedName, _ definition: ViewDefinition) {
        let key = PolicyKey.view(name.name, name.version)
        plan.views.append(ViewTarget(name: name, definition: definition))
        store(key, ViewValue.bytes(definition, meta: meta(of: key)))
    }

    private func module(named text: String) throws(PolicyRefusal) -> ModuleVersion {
        if let name = VersionedName(text), let module = state.modules[name.name]?[name.version], !module.isDeleted {
            return module
        }
        if let module = state.currentModule(Name(text)) { return module }
        throw PolicyRefusal(
            "no module \"\(text.prefix(110))\"\(Suggestion.text(for: text, among: state.moduleNames))")
    }

    // MARK: Targets

    private mutating func putTarget(
        _ key: PolicyKey, _ value: [UInt8], _ what: String, stored: PolicyState.StoredTarget?, _ index: Int
    ) throws(PolicyRefusal) {
        let read = try TargetValue(parsing: value, what, from: .client)
        let target = try resolve(read.target)
        var digest: Digest?
        if case .view(let name) = target {
            digest = state.views[name]?.target.digest
            plan.assigned.append(PolicyPlan.Assigned(index: index, name: name.description))
        }
        if let expected = read.digest, expected != digest {
            throw PolicyRefusal("\(what): digest is not that of \(target)")
        }
        if let stored, stored.target == target, stored.digest == digest { return unchanged(stored.offset) }
        store(key, TargetValue.bytes(target, digest: digest, meta: meta(of: key)))
    }

    /// Resolves a target's name to a version; a module's one-step view is written where it isn't yet.
    private mutating func resolve(_ text: String) throws(PolicyRefusal) -> Target {
        switch text {
        case "raw": return .raw
        case "deny": return .deny
        default: break
        }
        if let name = VersionedName(text) {
            if let view = state.views[name], !view.isDeleted { return .view(name) }
            if let module = state.modules[name.name]?[name.version], !module.isDeleted { return .view(oneStep(module)) }
            throw unknown(text)
        }
        let name = Name(text)
        if state.modules[name] != nil {
            guard let module = state.currentModule(name) else {
                throw PolicyRefusal("every version of module \"\(name)\" is deleted")
            }
            return .view(oneStep(module))
        }
        let versions = state.views.values.filter { $0.target.name.name == name && !$0.isDeleted }
        guard let view = versions.max(by: { $0.target.name < $1.target.name }) else { throw unknown(text) }
        return .view(view.target.name)
    }

    private mutating func oneStep(_ module: ModuleVersion) -> VersionedName {
        if let view = state.views[module.name], !view.isDeleted { return module.name }
        write(module.name, ViewDefinition(steps: [ViewStep(module: module.name, sha256: module.sha256)]))
        return module.name
    }

    private func unknown(_ text: String) -> PolicyRefusal {
        let known = Set(state.modules.keys).union(state.views.values.filter { !$0.isDeleted }.map(\.target.name.name))
        let names = known.map(\.string) + ["raw", "deny"]
        let base = text.split(separator: "@", maxSplits: 1).first.map(String.init) ?? text
        let suggestion =
            known.contains(Name(base)) ? " (\(base)?)" : Suggestion.text(for: base, among: names.sorted())
        return PolicyRefusal("no module or view \"\(text.prefix(110))\"\(suggestion)")
    }

    // MARK: Quarantines

    private mutating func putQuarantine(_ key: PolicyKey, _ value: [UInt8]) throws(PolicyRefusal) {
        let read = try PolicyValue(parsing: value, "quarantine", known: ["digest", "class"], from: .client)
        let digest = try read.fields.required(try read.fields.digest("digest"), "digest")
        let errorClass = try read.fields.required(try read.fields.string("class"), "class")
        guard (1...64).contains(errorClass.utf8.count) else {
            throw PolicyRefusal("quarantine: class must be 1 to 64 bytes")
        }
        if let stored = state.quarantines[key], stored.quarantine.digest == digest,
            stored.quarantine.errorClass == Name(errorClass)
        {
            return unchanged(stored.offset)
        }
        let members = [
            JSONValue.Member("digest", .string(digest.description)), JSONValue.Member("class", .string(errorClass)),
        ]
        store(key, JSONValue.object(meta(of: key).members + members).canonicalBytes)
    }

    // MARK: Storing

    private func meta(of key: PolicyKey) -> PolicyMeta {
        PolicyMeta(
            rev: (state.revisions[key] ?? 0) &+ 1, by: author.principal.description,
            at: PolicyAuthor.text(of: author.timestamp))
    }

    private mutating func store(_ key: PolicyKey, _ value: [UInt8]?) {
        if value == nil && !state.isStored(key) { return }
        let record = PolicyRecord(key: key.bytes, value: value)
        plan.records.append(record)
        state.applyView(record, offset: state.number.views)
    }

    private mutating func unchanged(_ offset: Int64) {
        plan.unchangedOffset = plan.unchangedOffset ?? offset
    }
}
