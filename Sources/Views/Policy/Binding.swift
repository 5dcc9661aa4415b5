/// What a binding or a default gives.
public enum Target: Sendable, Hashable, CustomStringConvertible {
    case raw
    case deny
    case view(VersionedName)

    public var description: String {
        switch self {
        case .raw: "raw"
        case .deny: "deny"
        case .view(let name): name.description
        }
    }
}

/// For whom and where a binding holds. At most one binding has a given key, and it names a group or a principal.
public struct BindingKey: Sendable, Hashable {
    public var group: GroupPattern
    public var principal: PrincipalPattern
    public var topic: TopicPattern

    public init(group: GroupPattern, principal: PrincipalPattern, topic: TopicPattern) {
        self.group = group
        self.principal = principal
        self.topic = topic
    }
}

/// A group and a principal, either of which may be any, get `target` of the topics that match.
public struct Binding: Sendable, Hashable {
    public var key: BindingKey
    public var target: Target
    /// The digest of the view when the binding was written; a view that has another one now isn't used.
    public var digest: Digest?

    public init(
        group: GroupPattern, principal: PrincipalPattern = .any, topic: TopicPattern, target: Target,
        digest: Digest? = nil
    ) {
        key = BindingKey(group: group, principal: principal, topic: topic)
        self.target = target
        self.digest = digest
    }
}

/// What a reader gets to whom no binding applies.
public struct TopicDefault: Sendable, Hashable {
    public var topic: TopicPattern
    public var target: Target
    public var digest: Digest?

    public init(topic: TopicPattern, target: Target, digest: Digest? = nil) {
        self.topic = topic
        self.target = target
        self.digest = digest
    }
}

/// A record that is left out for the readers of one view.
public struct Quarantine: Sendable, Hashable {
    public var topicId: TopicId
    public var partition: Int32
    public var offset: Int64
    public var digest: Digest
    /// The error class for which it was quarantined.
    public var errorClass: Name

    public init(topicId: TopicId, partition: Int32, offset: Int64, digest: Digest, errorClass: Name) {
        self.topicId = topicId
        self.partition = partition
        self.offset = offset
        self.digest = digest
        self.errorClass = errorClass
    }
}
