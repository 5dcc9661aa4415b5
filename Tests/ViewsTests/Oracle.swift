import Views

/// view-security §3 written down a second time, naively, for comparison: lists instead of indexes, text instead of types.
struct Oracle {
    var bindings: [Binding]
    var defaults: [TopicDefault]
    /// Digest by name, for views that may be used.
    var usable: [VersionedName: Digest]

    func matches(_ pattern: TopicPattern, _ topic: String) -> Bool {
        switch pattern {
        case .exact(let name): name.string == topic
        case .prefix(let prefix): topic.hasPrefix(prefix.string)
        }
    }

    func use(_ target: Target) -> String {
        switch target {
        case .raw: "raw"
        case .deny: "deny"
        case .view(let name): usable[name].map { "view \($0)" } ?? "deny"
        }
    }

    func written(_ topic: String) -> Target {
        let own = defaults.first { $0.topic == .exact(Name(topic)) }
        if let own { return own.target }
        var best: (Int, Target)?
        for entry in defaults {
            guard case .prefix(let prefix) = entry.topic, topic.hasPrefix(prefix.string) else { continue }
            if prefix.string.count > best?.0 ?? -1 { best = (prefix.string.count, entry.target) }
        }
        if let best { return best.1 }
        return bindings.contains { matches($0.key.topic, topic) } ? .deny : .raw
    }

    func pick(_ principal: Principal, _ group: String?, _ topic: String) -> String {
        let fallback = written(topic)
        let matching = bindings.filter { binding in
            guard matches(binding.key.topic, topic) else { return false }
            switch binding.key.group {
            case .any: break
            case .exact(let name): if group != name.string { return false }
            case .prefix(let prefix): if group?.hasPrefix(prefix.string) != true { return false }
            }
            switch binding.key.principal {
            case .any: return true
            case .exact(let named): return named == principal && principal != .anonymous
            }
        }
        func target(_ binding: Binding) -> Target {
            if binding.key.principal == .any && binding.target == .raw && fallback != .raw { return .deny }
            return binding.target
        }
        if matching.contains(where: { target($0) == .deny }) { return "deny" }
        if principal == .admin && group == nil { return "raw" }
        func rank(_ binding: Binding) -> [Int] {
            var rank: [Int] = []
            switch binding.key.group {
            case .any: rank.append(0)
            case .prefix(let name): rank.append(name.string.count)
            case .exact: rank.append(1000)
            }
            switch binding.key.topic {
            case .prefix(let name): rank.append(name.string.count)
            case .exact: rank.append(1000)
            }
            return rank
        }
        func best(_ list: [Binding]) -> Binding? {
            list.max { rank($0).lexicographicallyPrecedes(rank($1)) }
        }
        let tiers: [(Bool, Bool)] = [(true, true), (true, false), (false, true)]
        for (namesGroup, namesPrincipal) in tiers {
            let tier = matching.filter {
                ($0.key.group != .any) == namesGroup && ($0.key.principal != .any) == namesPrincipal
            }
            if let binding = best(tier) { return use(target(binding)) }
        }
        return use(fallback)
    }

    func cap(_ outcome: String, _ cap: ListenerRule.Cap, _ topic: String) -> String {
        switch cap {
        case .none: return outcome
        case .deny: return "deny"
        case .noRaw:
            if outcome != "raw" { return outcome }
            let fallback = use(written(topic))
            return fallback == "raw" ? "deny" : fallback
        }
    }

    func agree(_ groups: [String?], _ principal: Principal, _ limit: ListenerRule.Cap, _ topic: String) -> String? {
        let outcomes = Set(groups.map { cap(pick(principal, $0, topic), limit, topic) })
        return outcomes.count == 1 ? outcomes.first : nil
    }

    /// Everything that facts allow, whatever is claimed.
    func reach(
        _ principal: Principal, _ listener: ListenerRule, _ topic: String, groups: [String]
    ) -> Set<String> {
        let claims: [String?] = listener.pinnedGroup.map { [$0.string] } ?? ([nil] + groups)
        return Set(claims.map { cap(pick(principal, $0, topic), listener.cap, topic) }).union(["deny", "wait"])
    }
}

func text(_ outcome: Outcome) -> String {
    switch outcome {
    case .raw: "raw"
    case .deny: "deny"
    case .wait: "wait"
    case .view(let view): "view \(view.digest)"
    }
}
