/// The id that a topic keeps for its life; a topic created anew under the same name has another.
public struct TopicId: Sendable, Hashable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// A topic that exists, as the broker's topic table has it now.
public struct TopicRef: Sendable, Hashable {
    public var id: TopicId
    public var name: Name

    public init(id: (UInt64, UInt64), name: String) {
        self.id = TopicId(high: id.0, low: id.1)
        self.name = Name(name)
    }

    /// Topics whose records are the broker's own: nobody but the admin reads them.
    public var isInternal: Bool { Self.isInternal(name: name.string) }

    public static func isInternal(name: String) -> Bool {
        guard name.utf8.starts(with: "__".utf8) else { return false }
        return name.utf8.starts(with: "__sluice_".utf8) || name == "__consumer_offsets"
            || name == "__transaction_state" || name == "__share_group_state" || name == "__cluster_metadata"
    }
}
