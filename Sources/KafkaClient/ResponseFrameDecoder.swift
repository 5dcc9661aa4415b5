import NIOCore

/// Cuts the stream into response frames: an int32 byte count, then as many bytes. The frame is a slice of what was
/// read; nothing is copied here.
struct ResponseFrameDecoder: NIOSingleStepByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    /// A longer frame ends the connection.
    let frameBytesMax: Int

    mutating func decode(buffer: inout ByteBuffer) throws -> ByteBuffer? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: Int32.self) else { return nil }
        guard length >= 4, length <= frameBytesMax else {
            // 0x15 0x03: a TLS alert, which a TLS listener sends to who speaks without.
            if UInt32(bitPattern: length) >> 16 == 0x1503 {
                throw KafkaClientError(
                    .tlsFailed, "it speaks TLS: set security.protocol to SSL or SASL_SSL")
            }
            throw KafkaClientError(
                .malformedResponse, "response of \(length) bytes; from 4 to \(frameBytesMax) are taken")
        }
        guard buffer.readableBytes >= 4 + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: 4)
        return buffer.readSlice(length: Int(length))
    }

    mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> ByteBuffer? {
        try decode(buffer: &buffer)
    }
}
