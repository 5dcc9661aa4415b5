/// Which groups a binding is for. `any` is also for readers without a group.
public enum GroupPattern: Sendable, Hashable {
    case any
    case exact(Name)
    case prefix(Name)

    public func matches(_ group: Name?) -> Bool {
        switch (self, group) {
        case (.any, _): true
        case (_, nil): false
        case (.exact(let name), let group?): name == group
        case (.prefix(let prefix), let group?): group.hasPrefix(prefix)
        }
    }
}

/// Which principals a binding is for.
public enum PrincipalPattern: Sendable, Hashable {
    case any
    case exact(Principal)
}

/// Which topics a binding or a default is for.
public enum TopicPattern: Sendable, Hashable {
    case exact(Name)
    case prefix(Name)

    public func matches(_ topic: Name) -> Bool {
        switch self {
        case .exact(let name): name == topic
        case .prefix(let prefix): topic.hasPrefix(prefix)
        }
    }

    /// Whether every topic of `other` is one of this pattern.
    func covers(_ other: TopicPattern) -> Bool {
        switch (self, other) {
        case (.exact(let own), .exact(let name)): own == name
        case (.exact, .prefix): false
        case (.prefix(let own), .exact(let name)), (.prefix(let own), .prefix(let name)): name.hasPrefix(own)
        }
    }

    /// The name or the prefix, for messages.
    var name: Name {
        switch self {
        case .exact(let name), .prefix(let name): name
        }
    }
}
