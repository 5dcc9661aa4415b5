internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import Views

/// Stands behind TLS until the handshake is done, within its time; then makes what follows, before a byte of it comes, and
/// goes. Confined to the channel's event loop.
final class TLSHandshake<Opened: Sendable>: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    struct Failed: Error {}

    private let listener: TLSListener
    private let transport: NIOSSLServerHandler
    private let rawSide: TLSRawSide
    private let end: ConnectionEnd
    private let msMax: Int64
    private let open: (Principal?) throws -> Opened
    private let promise: EventLoopPromise<Opened>
    private var deadline: Scheduled<Void>?
    private var isDone = false

    /// `open` is called once, with whom the client's certificate proves; what it gives fulfils `promise`, which fails if the
    /// handshake does.
    init(
        _ listener: TLSListener, _ transport: NIOSSLServerHandler, _ rawSide: TLSRawSide, _ end: ConnectionEnd,
        msMax: Int64, promise: EventLoopPromise<Opened>, open: @escaping (Principal?) throws -> Opened
    ) {
        self.listener = listener
        self.transport = transport
        self.rawSide = rawSide
        self.end = end
        self.msMax = msMax
        self.promise = promise
        self.open = open
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(msMax)) {
            self.end.note(
                .handshake,
                "the TLS handshake on the listener \(self.listener.name) wasn't done within \(self.msMax) ms")
            self.rawSide.cut()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted where !isDone:
            complete(context: context)
        case is ChannelShouldQuiesceEvent where !isDone:
            rawSide.cut()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDone else { return context.fireErrorCaught(error) }
        // Whoever was the first to see it has said it; and a port that is only looked at is nobody's trouble.
        if end.current == .peer, rawSide.receivedBytes > 0 {
            end.note(
                .handshake,
                "the TLS handshake on the listener \(listener.name) failed: \(TLSFailure.text(error, alert: rawSide.alert))"
            )
        }
        fail()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Only of a client that isn't let in.
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail()
        context.fireChannelInactive()
    }

    private func complete(context: ChannelHandlerContext) {
        deadline?.cancel()
        do {
            let principal = try listener.principal(of: transport.peerCertificate)
            let opened = try open(principal)
            isDone = true
            rawSide.opened()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            promise.succeed(opened)
        } catch {
            end.note(.handshake, "refused a client of the TLS listener \(listener.name): \(error)")
            fail()
            context.close(promise: nil)
        }
    }

    private func fail() {
        deadline?.cancel()
        deadline = nil
        guard !isDone else { return }
        isDone = true
        promise.fail(Failed())
    }
}
