/// What a listener fixes for its connections. It only tightens.
public struct ListenerRule: Sendable, Hashable {
    /// The raw values are those of the listener option `views`.
    public enum Cap: String, Sendable, Hashable {
        case none
        /// Raw becomes the topic's default, or deny where that is raw.
        case noRaw = "no-raw"
        case deny
    }

    /// The group for which every connection here speaks.
    public var pinnedGroup: Name?
    public var cap: Cap

    public init(pinnedGroup: String? = nil, cap: Cap = .none) {
        self.pinnedGroup = pinnedGroup.map { Name($0) }
        self.cap = cap
    }

    /// Whether a request or tag here may name this group. If not, it is answered GROUP_AUTHORIZATION_FAILED (30).
    public func admits(group: Name) -> Bool { pinnedGroup == nil || pinnedGroup == group }
}

/// Who asks: facts, not claims.
public struct Reader: Sendable {
    public var principal: Principal
    public var listener: ListenerRule
    /// READ on the topic.
    public var mayReadTopic: Bool

    public init(principal: Principal, listener: ListenerRule = ListenerRule(), mayReadTopic: Bool = true) {
        self.principal = principal
        self.listener = listener
        self.mayReadTopic = mayReadTopic
    }
}
