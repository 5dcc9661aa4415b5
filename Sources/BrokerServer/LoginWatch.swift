internal import NIOCore

/// Bounds what a client can take up before it has logged in: 10 s and frames of 64 KiB. Confined to the channel's event loop.
final class LoginWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    static let bytesMax = 64 * 1024
    static let secondsMax: Int64 = 10

    private let decoder: FrameDecoder
    private let requestBytesMax: Int
    private let end: ConnectionEnd
    private var deadline: Scheduled<Void>?

    init(_ decoder: FrameDecoder, requestBytesMax: Int, end: ConnectionEnd) {
        self.decoder = decoder
        self.requestBytesMax = requestBytesMax
        self.end = end
    }

    func handlerAdded(context: ChannelHandlerContext) {
        decoder.limit(to: min(Self.bytesMax, requestBytesMax), as: "the most before a login")
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Self.secondsMax)) {
            self.end.note(.slow, "no login within \(Self.secondsMax) s")
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
    }

    /// The client has logged in: the bounds of everybody hold.
    func loggedIn() {
        deadline?.cancel()
        deadline = nil
        decoder.limit(to: requestBytesMax)
    }
}
