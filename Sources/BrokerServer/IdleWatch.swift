internal import NIOCore

/// Closes a connection on which nothing has moved for `connections.max.idle.ms`: no byte came, none left. Looks four times
/// in that span instead of at each byte. Confined to the channel's event loop.
final class IdleWatch: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let idleMsMax: Int64
    private let onIdle: () -> Void
    private var hasMoved = true
    private var quietLooks = 0
    private var bufferedBytes = 0
    private var timer: Scheduled<Void>?

    init(idleMsMax: Int64, onIdle: @escaping () -> Void) {
        self.idleMsMax = idleMsMax
        self.onIdle = onIdle
    }

    func handlerAdded(context: ChannelHandlerContext) {
        schedule(context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasMoved = true
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        hasMoved = true
        context.write(data, promise: promise)
    }

    private func schedule(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(max(1, idleMsMax / 4))) {
            self.look(context: context)
        }
    }

    private func look(context: ChannelHandlerContext) {
        // A slow reader of a large answer moves bytes that were written long ago.
        let buffered = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if hasMoved || buffered != bufferedBytes {
            quietLooks = 0
        } else {
            quietLooks += 1
        }
        hasMoved = false
        bufferedBytes = buffered
        if quietLooks >= 4 {
            onIdle()
            context.close(promise: nil)
        } else {
            schedule(context: context)
        }
    }
}
