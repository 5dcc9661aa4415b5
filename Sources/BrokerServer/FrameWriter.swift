internal import Broker
internal import NIOCore

/// Puts responses on the wire: a 4-byte length, then the parts. Small parts of all responses that are ready in one turn
/// of the event loop leave in one write; large ones are written from where they lie, slices of files by sendfile.
/// Confined to the channel's event loop.
final class FrameWriter: ChannelDuplexHandler {
    typealias InboundIn = Never
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Parts up to this size are copied together: cheaper than an I/O vector of their own.
    private static let copiedBytesMax = 8 * 1024
    /// A gathered block of this size is handed on.
    private static let gatheredBytesMax = 64 * 1024
    /// An idle connection keeps no larger block.
    private static let keptCapacityMax = 4 * 1024

    /// Shut while the channel has more to send than it should.
    let gate = WritabilityGate()
    private let counters: ServerCounters
    private var gathered = ByteBuffer()
    /// The block is the channel's until it is cleared.
    private var gatheredIsWritten = false
    private var completions: [FrameCompletion] = []
    private var isFlushScheduled = false
    private var isClosing = false
    private var context: ChannelHandlerContext?

    init(counters: ServerCounters) {
        self.counters = counters
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        gate.set(isOpen: true)
        finish(completions)
        completions = []
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        gate.set(isOpen: true)
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        gate.set(isOpen: context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    /// Writes a response behind those before it. Dropped, and whoever waits for it told, if the channel is gone.
    func send(_ outgoing: OutgoingFrame) {
        guard let context, !isClosing else {
            outgoing.completion?.finish()
            return
        }
        context.eventLoop.assertInEventLoop()
        let byteCount = outgoing.frame.byteCount
        let total: Int? =
            switch outgoing.part {
            case .whole: byteCount
            case .first(let all): all
            case .middle, .last: nil
            }
        if let total {
            // Kafka's length is a signed 32-bit number. A longer answer is a bug of the broker; its client must not wait.
            guard let length = Int32(exactly: total) else {
                outgoing.completion?.finish()
                context.close(promise: nil)
                return
            }
            counters.responses.increase()
            counters.bytesSent.increase(by: 4)
            prepareGathered()
            gathered.writeInteger(length)
        }
        counters.bytesSent.increase(by: byteCount)
        append(outgoing, context: context)
        if outgoing.frame.closes {
            closeWhenSent()
        } else if case .whole = outgoing.part {
            scheduleFlush(context: context)
        } else {
            // At once, so that the sender sees whether the channel takes more.
            writeGathered(context: context)
            context.flush()
        }
    }

    /// Closes the channel after everything that was sent before has left.
    func closeWhenSent() {
        guard let context, !isClosing else { return }
        isClosing = true
        writeGathered(context: context)
        // Writes leave in order, so that an empty one is done when all before it are.
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
    }

    /// At the end of the event loop's turn, so that answers to pipelined requests share a system call.
    private func scheduleFlush(context: ChannelHandlerContext) {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            guard let context = self.context else { return }
            self.writeGathered(context: context)
            context.flush()
            if self.gatheredIsWritten, self.gathered.capacity > Self.keptCapacityMax { self.gathered = ByteBuffer() }
        }
    }

    private func append(_ outgoing: OutgoingFrame, context: ChannelHandlerContext) {
        var last: IOData?
        var nextRegion = 0
        for part in outgoing.frame.parts {
            let data: IOData
            switch part {
            case .bytes(let bytes):
                if bytes.readableBytes <= Self.copiedBytesMax {
                    if let written = last {
                        context.write(wrapOutboundOut(written), promise: nil)
                        last = nil
                    }
                    append(bytes)
                    continue
                }
                data = .byteBuffer(bytes)
            case .slice:
                let region = outgoing.regions[nextRegion]
                nextRegion += 1
                counters.bytesSentFromFiles.increase(by: region.readableBytes)
                data = .fileRegion(region)
            }
            if let written = last { context.write(wrapOutboundOut(written), promise: nil) }
            writeGathered(context: context)
            last = data
        }
        if let last {
            context.write(wrapOutboundOut(last), promise: promise(for: outgoing.completion.map { [$0] } ?? [], context))
        } else {
            if let completion = outgoing.completion { completions.append(completion) }
            if gathered.readableBytes >= Self.gatheredBytesMax { writeGathered(context: context) }
        }
    }

    private func append(_ bytes: ByteBuffer) {
        prepareGathered()
        gathered.writeImmutableBuffer(bytes)
    }

    private func prepareGathered() {
        guard gatheredIsWritten else { return }
        // Keeps the memory if the channel has let go of it.
        gathered.clear(minimumCapacity: 512)
        gatheredIsWritten = false
    }

    private func writeGathered(context: ChannelHandlerContext) {
        guard !gatheredIsWritten, gathered.readableBytes > 0 else { return }
        gatheredIsWritten = true
        let completions = self.completions
        self.completions = []
        context.write(wrapOutboundOut(.byteBuffer(gathered)), promise: promise(for: completions, context))
    }

    private func promise(
        for completions: [FrameCompletion], _ context: ChannelHandlerContext
    ) -> EventLoopPromise<Void>? {
        guard !completions.isEmpty else { return nil }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.finish(completions) }
        return promise
    }

    private func finish(_ completions: [FrameCompletion]) {
        for completion in completions { completion.finish() }
    }
}
