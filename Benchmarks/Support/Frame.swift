import KafkaMessages
import NIOCore

/// Requests as bytes, made before the clock runs.
enum Frame {
    /// Where a request has its correlation id, behind the length, the API key and the version.
    static let correlationPosition = 8

    /// A request with its length prefix.
    static func make<Request: KafkaRequest>(
        _ request: Request, version: Int16, correlationId: Int32 = 0
    ) throws -> [UInt8] {
        prefixed(try request.encode(version: version, correlationId: correlationId, clientId: "benchmark"))
    }

    /// An answer with its length prefix.
    static func make<Response: KafkaResponse>(answer: Response, version: Int16) throws -> [UInt8] {
        prefixed(try answer.encode(version: version, correlationId: 0))
    }

    private static func prefixed(_ pieces: [WirePiece]) -> [UInt8] {
        var bytes: [UInt8] = [0, 0, 0, 0]
        for case .bytes(let piece) in pieces { bytes += piece.readableBytesView }
        put(UInt32(bytes.count - 4), at: 0, in: &bytes)
        return bytes
    }

    static func put(_ value: UInt32, at position: Int, in bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[position + index] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(index))) }
    }

    static func integer(at position: Int, in bytes: RawSpan) -> UInt32 {
        unsafe UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self))
    }
}
