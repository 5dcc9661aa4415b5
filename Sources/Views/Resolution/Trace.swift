/// The steps of one resolution in sentences. Only made for `explain`: elsewhere it is nil and nothing is formatted.
struct Trace {
    private(set) var steps: [String] = []

    mutating func add(_ step: String) {
        steps.append(step)
    }

    mutating func add(_ step: String, _ groups: [Name]) {
        let names = groups.map { "\"\($0)\"" }.joined(separator: ", ")
        steps.append("\(step): \(groups.isEmpty ? "no group" : names)")
    }

    mutating func describe(_ cap: ListenerRule.Cap) {
        switch cap {
        case .none: break
        case .noRaw:
            add("the listener lets nothing raw out: who would read raw gets the default, or deny if that is raw")
        case .deny: add("the listener lets nothing out: deny")
        }
    }

    mutating func describeDefault(of policy: TopicPolicy) {
        if policy.isLocked { add("policy of this topic can't be read: deny for everybody") }
        let grant =
            switch policy.defaultGrant {
            case .raw: "raw"
            case .deny: "deny"
            case .unusable: "a view that can't be used now, so deny"
            case .view(let view): view.name.description
            }
        switch policy.defaultOrigin {
        case .written(.exact): add("the topic's default is \(grant)")
        case .written(.prefix(let prefix)): add("the default of topics that begin with \"\(prefix)\" is \(grant)")
        case .impliedDeny: add("no default is written and a binding matches the topic: the default is deny")
        case .impliedRaw: add("no default is written and no binding matches the topic: the default is raw")
        }
        if policy.hasBindings, case .raw = policy.defaultGrant {
            add("as the default is raw, bindings are advice, not protection: whoever leaves out the group reads raw")
        }
    }
}
