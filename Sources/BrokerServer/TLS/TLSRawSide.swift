internal import NIOCore

/// Stands between the socket and TLS, and stays there: sees to it that what comes first is TLS and not too much of it, and
/// can close the socket without TLS having a say. Confined to the channel's event loop.
final class TLSRawSide: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Until the handshake is done. A chain of certificates takes some thousand.
    private static let handshakeBytesMax = 64 * 1024
    /// Small reads keep what comes behind a handshake out of its count.
    static let handshakeReadBytes = 8 * 1024
    /// The content type of a handshake record, RFC 8446 §5.1.
    private static let handshakeRecord: UInt8 = 0x16

    private let listener: String
    private let end: ConnectionEnd
    private var isOpen = false
    private var context: ChannelHandlerContext?
    /// While the handshake lasts.
    private(set) var receivedBytes = 0
    /// What the client has said in the clear before it went, RFC 8446 §6. OpenSSL does where BoringSSL expects it encrypted,
    /// and then reads noise.
    private(set) var alert: UInt8?

    init(listener: String, end: ConnectionEnd) {
        self.listener = listener
        self.end = end
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOpen else { return context.fireChannelRead(data) }
        let bytes = unwrapInboundIn(data)
        if receivedBytes == 0, let first = bytes.readableBytesView.first, first != Self.handshakeRecord {
            end.note(
                .handshake,
                "a client without TLS connected to the TLS listener \(listener); "
                    + "it needs security.protocol=SSL (or SASL_SSL), or the port of a listener without TLS")
            return cut()
        }
        receivedBytes += bytes.readableBytes
        // A record of the type alert, of two bytes.
        if Array(bytes.readableBytesView.prefix(5)).elementsEqual([0x15, 3, 3, 0, 2]) {
            alert = bytes.getInteger(at: bytes.readerIndex + 6)
        }
        guard receivedBytes <= Self.handshakeBytesMax else {
            end.note(
                .handshake,
                "more than \(Self.handshakeBytesMax) bytes came on the listener \(listener) before the TLS handshake was done"
            )
            return cut()
        }
        context.fireChannelRead(data)
    }

    /// The handshake is done.
    func opened() {
        isOpen = true
    }

    /// Closes the socket at once: nothing that TLS has handed over is sent any more, no farewell of the peer waited for.
    func cut() {
        context?.close(promise: nil)
    }
}
