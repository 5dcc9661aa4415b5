public import NIOCore

/// A part of a written message.
public enum WirePiece: Sendable {
    case bytes(ByteBuffer)
    /// The place of `Records.external`: whoever sends the pieces puts `byteCount` bytes here.
    case external(token: Int, byteCount: Int)

    public var byteCount: Int {
        switch self {
        case .bytes(let bytes): bytes.readableBytes
        case .external(_, let byteCount): byteCount
        }
    }
}
