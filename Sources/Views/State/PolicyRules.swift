/// The write rules W1, W2 and W4 of view-security §3 and the one on compaction, on the state after a change. W3 is a
/// matter of the key alone.
enum PolicyRules {
    /// What is wrong, as long as the same thing wasn't wrong before: a policy that another writer broke can still be
    /// changed elsewhere.
    private struct Violation: Hashable {
        var key: PolicyKey
        var subject: String
        var message: String
    }

    static func check(
        before: PolicyState, after: PolicyState, changed: [(index: Int, key: PolicyKey)], topics: [TopicFact]
    ) throws(PolicyRefusal) {
        let old = Index(before)
        let new = Index(after)
        try checkOpenings(before, old, after, new, changed, topics)
        let known = Set(violations(before, old, topics))
        guard let worst = violations(after, new, topics).first(where: { !known.contains($0) }) else { return }
        let index = changed.first { $0.key == worst.key } ?? changed.first
        throw PolicyRefusal(worst.message, index: index?.index)
    }

    static func compactionRefusal(_ state: PolicyState, _ topic: TopicRef) -> PolicyRefusal? {
        let fact = TopicFact(ref: topic, isCompacted: true)
        let isReplacing = targets(state).contains { entry in
            entry.topic.matches(topic.name) && replaces(state, entry.target)
        }
        return isReplacing ? PolicyRefusal(compacted(fact)) : nil
    }

    /// W4: nothing becomes raw by a removal; raw has to be written.
    private static func checkOpenings(
        _ before: PolicyState, _ old: Index, _ after: PolicyState, _ new: Index,
        _ changed: [(index: Int, key: PolicyKey)], _ topics: [TopicFact]
    ) throws(PolicyRefusal) {
        var written: Set<TopicPattern> = []
        for change in changed {
            if case .topicDefault(let topic) = change.key, after.defaults[topic] != nil { written.insert(topic) }
        }
        for topic in topics where !topic.ref.isInternal {
            let name = topic.ref.name
            guard let cause = changed.first(where: { concerns($0.key, name) }) else { continue }
            let now = new.defaultTarget(of: name)
            guard old.defaultTarget(of: name).target != .raw, now.target == .raw else { continue }
            if let pattern = now.pattern, written.contains(pattern) { continue }
            throw PolicyRefusal(
                "\"\(name)\" would become raw for everybody; write its default first", index: cause.index)
        }
    }

    private static func concerns(_ key: PolicyKey, _ topic: Name) -> Bool {
        switch key {
        case .binding(let key): key.topic.matches(topic)
        case .topicDefault(let pattern): pattern.matches(topic)
        default: false
        }
    }

    private static func violations(_ state: PolicyState, _ index: Index, _ topics: [TopicFact]) -> [Violation] {
        var found: [Violation] = []
        // In a fixed order, so that the same change is refused with the same words.
        let claims = state.bindings.filter { key, stored in
            key.principal == .any && (stored.target == .raw || stored.target == .deny)
        }
        let sorted = claims.map { (PolicyKey.binding($0).bytes, $0, $1) }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
        for (_, key, stored) in sorted {
            for (subject, target) in index.defaults(within: key.topic, topics) where target != stored.target {
                let message =
                    stored.target == .raw
                    ? "raw for \(text(key.group)) on \(subject), whose default is \(target): "
                        + "anybody can name a group; add a principal"
                    : "deny for \(text(key.group)) on \(subject), whose default is \(target): "
                        + "another name evades it; name a principal or set the default to deny"
                found.append(Violation(key: .binding(key), subject: subject, message: message))
            }
        }
        let compacted = topics.filter(\.isCompacted)
        guard !compacted.isEmpty else { return found }
        for entry in targets(state) where replaces(state, entry.target) {
            for topic in compacted where entry.topic.matches(topic.ref.name) {
                found.append(
                    Violation(key: entry.key, subject: topic.ref.name.string, message: Self.compacted(topic)))
            }
        }
        return found
    }

    private static func compacted(_ topic: TopicFact) -> String {
        "replace on \"\(topic.ref.name)\", which is compacted: use stop or drop"
    }

    private static func targets(_ state: PolicyState) -> [(key: PolicyKey, topic: TopicPattern, target: Target)] {
        state.bindings.map { (.binding($0), $0.topic, $1.target) }
            + state.defaults.map { (.topicDefault($0), $0, $1.target) }
    }

    private static func replaces(_ state: PolicyState, _ target: Target) -> Bool {
        guard case .view(let name) = target, let view = state.views[name] else { return false }
        return view.target.definition.onError == .replace
    }

    // MARK: Words

    static func text(_ group: GroupPattern) -> String {
        switch group {
        case .any: "any group"
        case .exact(let name): "group \"\(name)\""
        case .prefix(let prefix): "groups \"\(prefix)*\""
        }
    }

    static func text(_ topic: TopicPattern) -> String {
        switch topic {
        case .exact(let name): "\"\(name)\""
        case .prefix(let prefix): "\"\(prefix)*\""
        }
    }

    static func text(_ key: BindingKey) -> String {
        var parts: [String] = []
        if key.group != .any { parts.append(text(key.group)) }
        if case .exact(let principal) = key.principal { parts.append(principal.description) }
        return "\(parts.joined(separator: " and ")) on \(text(key.topic))"
    }

    /// Defaults and the topics of bindings, by topic.
    private struct Index {
        private var defaults = PrefixIndex<(pattern: TopicPattern, target: Target)>()
        private var bound = PrefixIndex<Bool>()
        private let written: [TopicPattern]

        init(_ state: PolicyState) {
            for (pattern, stored) in state.defaults {
                switch pattern {
                case .exact(let name):
                    defaults.update(exact: name, default: (pattern, stored.target)) { $0 = (pattern, stored.target) }
                case .prefix(let prefix):
                    defaults.update(prefix: prefix, default: (pattern, stored.target)) { $0 = (pattern, stored.target) }
                }
            }
            for key in state.bindings.keys {
                switch key.topic {
                case .exact(let name): bound.update(exact: name, default: true) { $0 = true }
                case .prefix(let prefix): bound.update(prefix: prefix, default: true) { $0 = true }
                }
            }
            written = state.defaults.keys.sorted { $0.name < $1.name }
        }

        /// What a topic of this name has; no pattern: none is written.
        func defaultTarget(of topic: Name) -> (target: Target, pattern: TopicPattern?) {
            var found: (pattern: TopicPattern, target: Target)?
            defaults.visit(topic) { found = found ?? $0 }
            if let found { return (found.target, found.pattern) }
            return (bound.matches(topic) ? .deny : .raw, nil)
        }

        /// The defaults that topics of a bound pattern have or can have: the pattern's own, every longer one, and
        /// that of each topic that exists.
        func defaults(within pattern: TopicPattern, _ topics: [TopicFact]) -> [(subject: String, target: Target)] {
            if case .exact(let name) = pattern { return [(PolicyRules.text(pattern), defaultTarget(of: name).target)] }
            var own: Target = .deny
            var found = false
            defaults.visit(pattern.name, includingExact: false) { entry in
                if !found { own = entry.target }
                found = true
            }
            var all: [(subject: String, target: Target)] = [(PolicyRules.text(pattern), own)]
            for other in written where other != pattern && pattern.covers(other) {
                var target: Target?
                switch other {
                case .exact(let name): target = defaults.exact[name]?.target
                case .prefix(let prefix): target = defaults.prefixes[prefix]?.target
                }
                if let target { all.append((PolicyRules.text(other), target)) }
            }
            for topic in topics where pattern.matches(topic.ref.name) && !topic.ref.isInternal {
                all.append(("\"\(topic.ref.name)\"", defaultTarget(of: topic.ref.name).target))
            }
            return all
        }
    }
}
