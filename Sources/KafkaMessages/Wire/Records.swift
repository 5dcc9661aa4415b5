public import NIOCore

/// What stands in a `records` field: record batches, which this module neither reads nor copies. Has no description,
/// since it holds payload.
public enum Records: Sendable {
    case null
    case bytes(ByteBuffer)
    /// Bytes that lie elsewhere (a region of a segment file). They become a piece of the output with the caller's
    /// `token`.
    case external(byteCount: Int, token: Int)

    /// No batch at all, which isn't null: librdkafka drops a whole Fetch answer that holds a null.
    public static var empty: Records { .bytes(ByteBuffer()) }

    public var byteCount: Int {
        switch self {
        case .null: 0
        case .bytes(let bytes): bytes.readableBytes
        case .external(let byteCount, _): byteCount
        }
    }

    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    public var isEmpty: Bool { !isNull && byteCount == 0 }
}
