/// How a consumer reads.
public struct ConsumerConfiguration: Sendable {
    public enum OutOfRange: Sendable {
        case earliest
        case latest
        case fail
    }

    /// How long the broker may hold a Fetch that finds nothing.
    public var maxWaitMs: Int32 = 500
    public var maxBytes: Int32 = 8 * 1024 * 1024
    public var partitionBytesMax: Int32 = 1024 * 1024
    /// Where to go on if the broker no longer, or not yet, has the offset.
    public var outOfRange: OutOfRange = .earliest
    public var tags = FetchTags()

    public init() {}
}
