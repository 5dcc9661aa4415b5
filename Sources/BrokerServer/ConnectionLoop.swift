internal import Broker
internal import Logging
internal import NIOCore

/// One connection: a task that reads requests and has them handled one by one, a task that waits for answers still being
/// worked on and writes them in order.
struct ConnectionLoop: Sendable {
    typealias FrameChannel = NIOAsyncChannel<ByteBuffer, OutgoingFrame>
    private typealias Outbound = NIOAsyncChannelOutboundWriter<OutgoingFrame>

    let channel: any Channel
    let info: ConnectionInfo
    let share: BudgetShare
    let context: ServerContext

    /// Returns when the channel is closed and the session has been told.
    func run() async {
        let queue = ResponseQueue(limit: context.configuration.pendingRepliesMax)
        do {
            let frames = try await channel.eventLoop.submit { try install() }.get()
            try await frames.executeThenClose { inbound, outbound in
                await withDiscardingTaskGroup { group in
                    group.addTask { await read(inbound, outbound, queue) }
                    group.addTask { await write(outbound, queue) }
                    await closed()
                    // A request that is still being handled, a parked fetch for instance, sees that nobody waits for it.
                    group.cancelAll()
                }
            }
        } catch {
            context.log.logger.debug("connection \(info.id) ended with \(error)")
            channel.close(promise: nil)
        }
        share.releaseAll()
    }

    /// Gives the channel its handlers and begins to read it. Here and not when the socket was accepted: an async channel
    /// that nobody executes may not be dropped, and a server that stops drops sockets that it has just accepted.
    private func install() throws -> FrameChannel {
        let idleMsMax = context.configuration.idleMsMax
        let log = context.log
        let peer = peer
        try channel.pipeline.syncOperations.addHandlers([
            IdleWatch(idleMsMax: idleMsMax) { log.logger.debug("closed \(peer): idle for \(idleMsMax) ms") },
            FrameDecoder(
                bytesMax: context.configuration.requestBytesMax, share: share, counters: context.counters, log: log,
                peer: peer),
            FrameWriter(counters: context.counters),
        ])
        let frames = try FrameChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(backPressureStrategy: .init(lowWatermark: 4, highWatermark: 16)))
        channel.setOption(.autoRead, value: true).whenFailure { _ in }
        // A stop that began in between has told the other connections, but not this one.
        if context.registry.isStopping { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        return frames
    }

    private var peer: String {
        info.listener.isAdmin
            ? "the admin socket" : HostAndPort(host: info.peerAddress, port: info.peerPort).description
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: Outbound, _ queue: ResponseQueue
    ) async {
        let session = context.service.connect(info)
        do {
            for try await frame in inbound {
                let reply = try await session.handle(frame)
                share.release(frame.readableBytes)
                guard await answer(reply, outbound, queue) else { break }
            }
        } catch let closure as ConnectionClosure {
            context.log.limited("closed \(peer): \(closure)")
        } catch {
            // The peer reset the connection.
            context.log.logger.debug("connection \(info.id) ended with \(error)")
        }
        session.disconnected()
        queue.finish()
    }

    /// False if the connection takes no more requests.
    private func answer(_ reply: Reply, _ outbound: Outbound, _ queue: ResponseQueue) async -> Bool {
        switch reply {
        case .none:
            return true
        case .ready(let frame):
            if queue.isIdle { return await send(frame, outbound) }
            await queue.push(reply)
            return !frame.closes
        case .pending:
            await queue.push(reply)
            return true
        }
    }

    private func write(_ outbound: Outbound, _ queue: ResponseQueue) async {
        var isOpen = true
        while let reply = await queue.next() {
            let frame: ResponseFrame?
            switch reply {
            case .none: frame = nil
            case .ready(let ready): frame = ready
            case .pending(let pending): frame = await pending.value()
            }
            if let frame {
                if isOpen {
                    isOpen = await send(frame, outbound)
                    if !isOpen { closeWhenSent() }
                } else {
                    frame.onSent?()
                }
            }
            queue.written()
        }
        closeWhenSent()
    }

    /// False if nothing can be sent after it.
    private func send(_ frame: ResponseFrame, _ outbound: Outbound) async -> Bool {
        let outgoing: OutgoingFrame
        do {
            outgoing = try await prepared(frame)
        } catch {
            context.log.limited("closed \(peer): can't read a segment file: \(error)")
            frame.onSent?()
            return false
        }
        do {
            try await outbound.write(outgoing)
            return !frame.closes
        } catch {
            // The channel has closed; letting go of the frame tells whoever waits for it.
            return false
        }
    }

    private func prepared(_ frame: ResponseFrame) async throws -> OutgoingFrame {
        for case .slice in frame.parts { return try await context.slices.prepare(frame) }
        return OutgoingFrame(frame: frame, completion: frame.onSent.map { FrameCompletion(onSent: $0) })
    }

    private func closeWhenSent() {
        channel.triggerUserOutboundEvent(FrameWriter.CloseWhenSent(), promise: nil)
    }

    private func closed() async {
        do {
            try await channel.closeFuture.get()
        } catch {
            // NIO never fails this future; if it did, the channel would be gone all the same.
        }
    }
}
