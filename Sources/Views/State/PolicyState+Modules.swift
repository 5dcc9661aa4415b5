extension PolicyState {
    /// The modules of a batch whose bytes aren't stored yet: to be admitted (compiled, called once) before `planModules`.
    public func modulesToAdmit(
        _ records: [PolicyRecord], moduleBytesMax: Int
    ) throws(PolicyRefusal) -> [(index: Int, bytes: [UInt8])] {
        try checkWritable(records)
        var wanted: [(index: Int, bytes: [UInt8])] = []
        for (index, record) in records.enumerated() {
            do throws(PolicyRefusal) {
                guard case .deploy(let name, let bytes) = try ModuleChange(record) else { continue }
                guard bytes.count <= moduleBytesMax else {
                    throw PolicyRefusal("module is \(bytes.count) bytes, module.bytes.max is \(moduleBytesMax)")
                }
                try checkName(name)
                try checkVersion(record, highestModule(name), "version")
                if storedModule(name, Digest(hashing: bytes)) == nil { wanted.append((index, bytes)) }
            } catch { throw error.at(index) }
        }
        return wanted
    }

    /// Checks a batch for `__sluice_modules` against the state after it, and says what is to be stored.
    ///
    /// - Parameter admitted: the modules of `modulesToAdmit`, which have passed, by index of their records.
    public func planModules(
        _ records: [PolicyRecord], admitted: [Int: AdmittedModule], author: PolicyAuthor
    ) throws(PolicyRefusal) -> PolicyPlan {
        try checkWritable(records)
        var plan = PolicyPlan()
        var state = self
        for (index, record) in records.enumerated() {
            do throws(PolicyRefusal) {
                let change = try ModuleChange(record)
                try checkVersion(record, highestModule(change.name), "version")
                let before = plan.records.count
                switch change {
                case .deploy(let name, let bytes):
                    let module = try state.deploy(name, bytes, record, admitted[index], author, &plan)
                    plan.assigned.append(PolicyPlan.Assigned(index: index, name: module.description))
                case .delete(let name):
                    try state.delete(name, author, &plan)
                }
                // So that the records after it see this one.
                for stored in plan.records[before...] { state.applyModule(stored, offset: state.number.modules) }
            } catch { throw error.at(index) }
        }
        return plan
    }

    private func deploy(
        _ name: Name, _ bytes: [UInt8], _ record: PolicyRecord, _ admitted: AdmittedModule?, _ author: PolicyAuthor,
        _ plan: inout PolicyPlan
    ) throws(PolicyRefusal) -> VersionedName {
        try checkName(name)
        let sha256 = Digest(hashing: bytes)
        if record.headers.contains(where: { $0.key == "sha256" }), record.text(of: "sha256") != sha256.description {
            throw PolicyRefusal("header sha256 is not the SHA-256 of the value, which is \(sha256)")
        }
        if let stored = storedModule(name, sha256) {
            plan.unchangedOffset = plan.unchangedOffset ?? stored.offset
            return stored.name
        }
        guard let admitted, admitted.sha256 == sha256 else { throw PolicyRefusal("the module has not been admitted") }
        let highest = highestModule(name)
        guard highest < UInt32.max else { throw PolicyRefusal("\"\(name)\" has no version left") }
        let version = VersionedName(name: name, version: highest + 1)
        plan.records.append(
            PolicyRecord(
                key: Array(version.description.utf8), value: bytes,
                headers: Self.headers(
                    version, sha256, admitted.abi, author.principal.description, PolicyAuthor.text(of: author.timestamp)
                )
            ))
        return version
    }

    private func delete(_ name: VersionedName, _ author: PolicyAuthor, _ plan: inout PolicyPlan) throws(PolicyRefusal) {
        guard let module = modules[name.name]?[name.version] else {
            throw PolicyRefusal("no module \"\(name)\"\(Suggestion.text(for: name.description, among: moduleNames))")
        }
        if module.isDeleted {
            plan.unchangedOffset = plan.unchangedOffset ?? module.offset
            return
        }
        let users = views.values.filter { view in
            !view.isDeleted && view.target.definition.steps.contains { $0.module == name }
        }
        if let user = users.map(\.target.name).min() {
            throw PolicyRefusal("\"\(name)\" is used by view \"\(user)\": delete that first")
        }
        let headers =
            Self.headers(name, module.sha256, module.abi, module.createdBy, module.createdAt)
            + [
                PolicyRecord.Header("deleted-by", author.principal.description),
                PolicyRecord.Header("deleted-at", PolicyAuthor.text(of: author.timestamp)),
            ]
        plan.records.append(PolicyRecord(key: Array(name.description.utf8), value: [], headers: headers))
    }

    private static func headers(
        _ name: VersionedName, _ sha256: Digest, _ abi: String, _ by: String, _ at: String
    ) -> [PolicyRecord.Header] {
        [
            PolicyRecord.Header("name", name.name.string), PolicyRecord.Header("version", String(name.version)),
            PolicyRecord.Header("sha256", sha256.description), PolicyRecord.Header("abi", abi),
            PolicyRecord.Header("created-by", by), PolicyRecord.Header("created-at", at),
        ]
    }

    // MARK: Lookups

    /// The highest version ever, deleted ones counted; 0: none.
    func highestModule(_ name: Name) -> UInt32 { modules[name]?.keys.max() ?? 0 }

    /// The highest version that isn't deleted.
    func currentModule(_ name: Name) -> ModuleVersion? {
        modules[name]?.values.filter { !$0.isDeleted }.max { $0.name.version < $1.name.version }
    }

    func storedModule(_ name: Name, _ sha256: Digest) -> ModuleVersion? {
        modules[name]?.values.filter { !$0.isDeleted && $0.isLoaded && $0.sha256 == sha256 }
            .max { $0.name.version < $1.name.version }
    }

    var moduleNames: [String] { modules.keys.map(\.string) }

    func checkWritable(_ records: [PolicyRecord]) throws(PolicyRefusal) {
        guard !isLocked else {
            throw PolicyRefusal(
                "\(unreadableCount) stored policy records can't be read by this broker: it takes no changes of policy")
        }
        guard !records.isEmpty else { throw PolicyRefusal("the batch is empty") }
    }

    /// Modules and views share their names: the first to take one has it.
    private func checkName(_ name: Name) throws(PolicyRefusal) {
        if modules[name] == nil, viewVersions[name] != nil {
            throw PolicyRefusal("\"\(name)\" is a view, choose another name for the module")
        }
    }

    func checkVersion(_ record: PolicyRecord, _ current: some BinaryInteger, _ what: String) throws(PolicyRefusal) {
        guard let expected = try record.expectedVersion(), expected != UInt64(current) else { return }
        throw PolicyRefusal("\(what) is \(current), not \(expected)")
    }
}

/// What a record for `__sluice_modules` asks for.
private enum ModuleChange {
    case deploy(Name, [UInt8])
    case delete(VersionedName)

    var name: Name {
        switch self {
        case .deploy(let name, _): name
        case .delete(let name): name.name
        }
    }

    init(_ record: PolicyRecord) throws(PolicyRefusal) {
        guard let key = record.key, let text = String(validating: key, as: UTF8.self), !text.isEmpty else {
            throw PolicyRefusal("module key must be NAME to deploy or NAME@VERSION to delete")
        }
        guard let value = record.value else {
            guard let name = VersionedName(text) else {
                throw PolicyRefusal("module key \"\(text.prefix(110))\" must be NAME@VERSION to delete")
            }
            self = .delete(name)
            return
        }
        if VersionedName(text) != nil {
            throw PolicyRefusal("module key \"\(text)\" must be without a version: the broker gives the next one")
        }
        guard Name.isValidModuleName(text) else { throw PolicyRefusal(Name.invalidModuleName(text)) }
        guard !value.isEmpty else { throw PolicyRefusal("module is empty; to delete a version send a null value") }
        self = .deploy(Name(text), value)
    }
}
