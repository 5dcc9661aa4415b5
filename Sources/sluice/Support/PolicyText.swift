import Views

/// Patterns and rules as tables and JSON show them. The names of the JSON are those of the policy file.
enum PolicyText {
    static func text(_ pattern: TopicPattern) -> String {
        switch pattern {
        case .exact(let name): name.string
        case .prefix(let prefix): "\(prefix)*"
        }
    }

    static func text(_ pattern: GroupPattern) -> String {
        switch pattern {
        case .any: "any"
        case .exact(let name): name.string
        case .prefix(let prefix): "\(prefix)*"
        }
    }

    static func text(_ pattern: PrincipalPattern) -> String {
        switch pattern {
        case .any: "any"
        case .exact(let principal): "\(principal)"
        }
    }

    /// `group email-app as User:alice on accounts`.
    static func text(_ key: BindingKey) -> String {
        let readers =
            switch (key.group, key.principal) {
            case (.any, let principal): text(principal)
            case (let group, .any): "group \(text(group))"
            case (let group, let principal): "group \(text(group)) as \(text(principal))"
            }
        return "\(readers) on \(text(key.topic))"
    }

    /// Bindings and defaults whose view is one of these, in words: bindings first, in order.
    static func rules(naming isNamed: (VersionedName) -> Bool, _ state: PolicyState) -> [String] {
        func names(_ stored: PolicyState.StoredTarget) -> Bool {
            if case .view(let name) = stored.target { isNamed(name) } else { false }
        }
        let bindings = state.bindings.filter { names($0.value) }
            .map { "the binding of \(text($0.key)) (\($0.value.target))" }
        let defaults = state.defaults.filter { names($0.value) }
            .map { "the default of \(text($0.key)) (\($0.value.target))" }
        return bindings.sorted() + defaults.sorted()
    }

    static func json(_ key: BindingKey) -> [String: JSON] {
        var members = json(key.topic)
        switch key.group {
        case .any: break
        case .exact(let name): members["group"] = .string(name.string)
        case .prefix(let prefix): members["group_prefix"] = .string(prefix.string)
        }
        if case .exact(let principal) = key.principal { members["principal"] = .string("\(principal)") }
        return members
    }

    static func json(_ pattern: TopicPattern) -> [String: JSON] {
        switch pattern {
        case .exact(let name): ["topic": .string(name.string)]
        case .prefix(let prefix): ["topic_prefix": .string(prefix.string)]
        }
    }
}
