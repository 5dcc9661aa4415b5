internal import NIOCore

/// Turns what a socket yields into frames, within the memory budget: while a large frame waits for room, the socket
/// isn't read, and TCP makes the client wait. Confined to the channel's event loop.
final class FrameDecoder: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// A frame that comes slower than this after a grace of 30 s gives its memory back to others.
    private static let bytesPerSecondMin = 64 * 1024

    private var assembler: FrameAssembler
    private let share: BudgetShare
    private let counters: ServerCounters
    private let log: ServerLog
    private let peer: String

    private var ticket: MemoryBudget.Ticket?
    /// Somebody asked for a read while the budget was used up.
    private var readIsHeldBack = false
    /// Nothing more is taken: the stream is broken, or the server stops.
    private var isDone = false
    private var deadline: Scheduled<Void>?

    init(bytesMax: Int, share: BudgetShare, counters: ServerCounters, log: ServerLog, peer: String) {
        self.assembler = FrameAssembler(bytesMax: bytesMax)
        self.share = share
        self.counters = counters
        self.log = log
        self.peer = peer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.eventLoop.assertInEventLoop()
        let bytes = unwrapInboundIn(data)
        counters.bytesReceived.increase(by: bytes.readableBytes)
        // Bytes that come though none were asked for are what NIO drains when the peer has closed: nobody will answer.
        guard !isDone, ticket == nil else { return }
        assembler.append(bytes)
        decode(context: context)
    }

    func read(context: ChannelHandlerContext) {
        if ticket == nil {
            context.read()
        } else {
            readIsHeldBack = true
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            stop(context: context)
            // Ends the stream of frames; what is in it already is still answered.
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop(context: context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop(context: context)
    }

    private func decode(context: ChannelHandlerContext) {
        while true {
            switch assembler.next() {
            case .frame(let frame):
                if frame.readableBytes <= assembler.smallBytesMax { share.charge(frame.readableBytes) }
                deadline?.cancel()
                deadline = nil
                counters.requests.increase()
                context.fireChannelRead(wrapInboundOut(frame))
            case .needsBytes:
                return
            case .needsBudget(let length):
                guard takeBudget(length, context: context) else { return }
            case .failure(let error):
                refuse(error, context: context)
                return
            }
        }
    }

    /// False if the frame must wait.
    private func takeBudget(_ length: Int, context: ChannelHandlerContext) -> Bool {
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        ticket = share.budget.acquire(length) {
            eventLoop.execute {
                let (decoder, context) = bound.value
                decoder.budgetGranted(length, context: context)
            }
        }
        guard ticket == nil else { return false }
        begin(length, context: context)
        return true
    }

    private func budgetGranted(_ length: Int, context: ChannelHandlerContext) {
        context.eventLoop.assertInEventLoop()
        guard ticket != nil else {
            // The connection ended after the grant and before this call.
            share.budget.release(length)
            return
        }
        ticket = nil
        begin(length, context: context)
        decode(context: context)
        context.fireChannelReadComplete()
        if readIsHeldBack, ticket == nil {
            readIsHeldBack = false
            context.read()
        }
    }

    private func begin(_ length: Int, context: ChannelHandlerContext) {
        share.took(length)
        assembler.grant()
        let seconds = 30 + length / Self.bytesPerSecondMin
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) {
            self.log.limited("closed \(self.peer): a request of \(length) bytes didn't arrive within \(seconds) s")
            context.close(promise: nil)
        }
    }

    private func refuse(_ error: FrameAssembler.FrameError, context: ChannelHandlerContext) {
        switch error {
        case .negativeLength(let length):
            log.limited("closed \(peer): a frame with the length \(length)")
        case .oversized(let length):
            log.limited("closed \(peer): a frame of \(length) bytes; socket.request.max.bytes is \(assembler.bytesMax)")
        }
        stop(context: context)
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    private func stop(context: ChannelHandlerContext) {
        isDone = true
        deadline?.cancel()
        deadline = nil
        guard let ticket else { return }
        // Where the grant is under way already, `budgetGranted` gives the bytes back.
        self.ticket = nil
        _ = share.budget.cancel(ticket)
    }
}
