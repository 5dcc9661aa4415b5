internal import Logging
internal import NIOCore

/// Turns what a socket yields into frames and puts them into the inbox, within the memory budget: while a large frame
/// waits for room, or many frames for their turn, the socket isn't read, and TCP makes the client wait. Confined to the
/// channel's event loop.
final class FrameDecoder: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// A frame that comes slower than this after a grace of 30 s gives its memory back to others.
    private static let bytesPerSecondMin = 64 * 1024
    /// So many missing bytes are read into their frame; fewer are cheaper to copy.
    private static let directBytesMin = 4 * 1024
    /// Behind a frame of this size another is expected.
    private static let largeFrameBytes = 32 * 1024

    /// The channel's receive allocator.
    let receiver = FrameReceiver()
    private var assembler: FrameAssembler
    /// The socket's bytes are those of frames.
    private let readsDirectly: Bool
    private let listener: String
    private let share: BudgetShare
    private let counters: ServerCounters
    private let end: ConnectionEnd
    private var inbox: FrameInbox?
    private var limitName = "socket.request.max.bytes"

    private var ticket: MemoryBudget.Ticket?
    /// NIO asked for a read while there was no room.
    private var readIsHeldBack = false
    /// Nothing more is taken: the stream is broken, or the server stops.
    private var isDone = false
    private var deadline: Scheduled<Void>?

    /// `readsDirectly`: `receiver` is the channel's allocator, or will be. `listener`: its name, for the log.
    init(
        bytesMax: Int, readsDirectly: Bool, listener: String, share: BudgetShare, counters: ServerCounters,
        end: ConnectionEnd
    ) {
        self.assembler = FrameAssembler(bytesMax: bytesMax)
        self.readsDirectly = readsDirectly
        self.listener = listener
        self.share = share
        self.counters = counters
        self.end = end
    }

    /// The longest frame from now on, and what it is called. On the event loop.
    func limit(to bytesMax: Int, as name: String = "socket.request.max.bytes") {
        assembler.bytesMax = bytesMax
        limitName = name
    }

    /// Once, on the event loop, when the handler is in the pipeline.
    func makeInbox(context: ChannelHandlerContext) -> FrameInbox {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let inbox = FrameInbox(eventLoop: context.eventLoop) {
            let (decoder, context) = bound.value
            decoder.resumeReading(context: context)
        }
        self.inbox = inbox
        return inbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.eventLoop.assertInEventLoop()
        let bytes = unwrapInboundIn(data)
        counters.bytesReceived.increase(by: bytes.readableBytes)
        // Bytes that come though none were asked for are what NIO drains when the peer has closed: nobody will answer.
        let isContinued = receiver.takeBack()
        guard !isDone, ticket == nil else { return }
        if receiver.hasLost {
            end.note(.peer, "bytes of a request were lost in a failed read")
            stop()
        } else if isContinued {
            assembler.resume(bytes)
            decode(context: context)
        } else {
            assembler.append(bytes)
            decode(context: context)
        }
    }

    func read(context: ChannelHandlerContext) {
        if ticket == nil, inbox?.hasRoom() ?? true {
            context.read()
        } else {
            readIsHeldBack = true
        }
    }

    private func resumeReading(context: ChannelHandlerContext) {
        guard readIsHeldBack else { return }
        readIsHeldBack = false
        read(context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            // What is in the inbox already is still answered.
            stop()
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
        // It refers to this handler.
        inbox = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The peer reset the connection, or the network is gone; NIO closes the channel after it.
        end.debug("the connection failed: \(error)")
    }

    private func decode(context: ChannelHandlerContext) {
        while true {
            switch assembler.next() {
            case .frame(let frame):
                if frame.readableBytes <= assembler.smallBytesMax { share.charge(frame.readableBytes) }
                deadline?.cancel()
                deadline = nil
                receiver.expect(
                    after: frame.readableBytes, isLarge: frame.readableBytes >= Self.largeFrameBytes,
                    readsWhole: frame.readableBytes <= assembler.smallBytesMax)
                counters.requests.increase()
                inbox?.push(frame)
            case .needsBytes:
                guard readsDirectly else { return }
                if assembler.missingBytes >= Self.directBytesMin, let partial = assembler.takePartial() {
                    receiver.offer(partial)
                } else if assembler.isInsideFrame {
                    receiver.expectNothing()
                }
                return
            case .needsBudget(let length):
                guard takeBudget(length, context: context) else { return }
            case .failure(let error):
                refuse(error)
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
        resumeReading(context: context)
    }

    private func begin(_ length: Int, context: ChannelHandlerContext) {
        share.took(length)
        assembler.grant()
        let seconds = 30 + length / Self.bytesPerSecondMin
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) {
            self.end.note(.slow, "a request of \(length) bytes didn't arrive within \(seconds) s")
            context.close(promise: nil)
        }
    }

    private func refuse(_ error: FrameAssembler.FrameError) {
        switch error {
        case .negativeLength(let length):
            end.note(.malformed, "a frame with the length \(length)")
        case .oversized(let length):
            end.note(.malformed, "a frame of \(length) bytes; \(limitName) is \(assembler.bytesMax)")
        case .clientHello:
            end.note(
                .malformed,
                "a client with TLS connected to the listener \(listener), which has none; "
                    + "it needs security.protocol=PLAINTEXT (or SASL_PLAINTEXT), or the port of a listener with TLS")
        }
        // The connection closes when what came before is answered.
        stop()
    }

    private func stop() {
        isDone = true
        inbox?.finish()
        deadline?.cancel()
        deadline = nil
        guard let ticket else { return }
        // Where the grant is under way already, `budgetGranted` gives the bytes back.
        self.ticket = nil
        _ = share.budget.cancel(ticket)
    }
}
