internal import Broker
internal import Logging
internal import NIOCore

/// One connection: a task that reads requests and has them handled one by one, a task that waits for answers still being
/// worked on and writes them in order.
struct ConnectionLoop: Sendable {
    let channel: any Channel
    let info: ConnectionInfo
    let end: ConnectionEnd
    let share: BudgetShare
    let context: ServerContext
    /// nil on a listener without TLS.
    let secure: SecureTransport?

    /// The ends of the channel's handlers that its tasks hold.
    struct Ends: Sendable {
        let inbox: FrameInbox
        let writer: NIOLoopBound<FrameWriter>
        let gate: WritabilityGate
        /// Where clients have to log in.
        let login: NIOLoopBound<LoginWatch>?
    }

    /// Returns when the channel is closed and the session has been told.
    func run() async {
        let queue = ResponseQueue(limit: context.configuration.pendingRepliesMax)
        do {
            let opened = try await open()
            let ends = opened.ends
            await withDiscardingTaskGroup { group in
                group.addTask { await read(opened, queue) }
                group.addTask { await write(ends, queue) }
                await closed()
                // A request that is still being handled, a parked fetch for instance, sees that nobody waits for it.
                group.cancelAll()
            }
        } catch {
            end.debug("the connection ended with \(error)")
            channel.close(promise: nil)
        }
        share.releaseAll()
    }

    /// Gives the channel the handlers of frames and begins to read it.
    func install() throws -> Ends {
        let idleMsMax = context.configuration.idleMsMax
        let end = end
        let decoder = FrameDecoder(
            bytesMax: context.configuration.requestBytesMax, readsDirectly: secure == nil,
            listener: info.listener.name, share: share, counters: context.counters, end: end)
        let writer = FrameWriter(counters: context.counters)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([
            IdleWatch(idleMsMax: idleMsMax) {
                end.note(.idle)
                end.debug("closed a connection: idle for \(idleMsMax) ms")
            }, decoder, writer,
        ])
        let login =
            info.listener.saslMechanisms.isEmpty
            ? nil
            : LoginWatch(
                decoder, requestBytesMax: context.configuration.requestBytesMax, end: end)
        if let login { try pipeline.addHandler(login, position: .after(decoder)) }
        let inbox = decoder.makeInbox(context: try pipeline.context(handler: decoder))
        // What comes from the socket of a TLS connection isn't what frames are made of.
        let allocator: any RecvByteBufferAllocator =
            secure == nil
            ? decoder.receiver : AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2048, maximum: 64 * 1024)
        try channel.syncOptions?.setOption(.recvAllocator, value: allocator)
        try channel.syncOptions?.setOption(.autoRead, value: true)
        // A stop that began in between has told the other connections, but not this one.
        if context.registry.isStopping { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        return Ends(
            inbox: inbox, writer: NIOLoopBound(writer, eventLoop: channel.eventLoop), gate: writer.gate,
            login: login.map { NIOLoopBound($0, eventLoop: channel.eventLoop) })
    }

    private func read(_ opened: Opened, _ queue: ResponseQueue) async {
        let ends = opened.ends
        let session = context.service.connect(opened.info)
        var login = ends.login
        do {
            while let frame = await ends.inbox.next() {
                let reply = try await session.handle(frame)
                if let watch = login, !session.awaitsLogin {
                    login = nil
                    if channel.eventLoop.inEventLoop {
                        watch.value.loggedIn()
                    } else {
                        channel.eventLoop.execute { watch.value.loggedIn() }
                    }
                }
                guard await answer(reply, to: frame.readableBytes, ends, queue) else { break }
            }
        } catch {
            end.note(.request, error.description, fields: error.fields)
        }
        session.disconnected()
        queue.finish()
    }

    /// False if the connection takes no more requests. The request's bytes are counted until nobody needs them: those of a
    /// pending answer may still be on their way into a log.
    private func answer(
        _ reply: Reply, to byteCount: Int, _ ends: Ends, _ queue: ResponseQueue
    ) async -> Bool {
        switch reply {
        case .none:
            share.release(byteCount)
            return true
        case .ready(let frame):
            share.release(byteCount)
            if queue.isIdle { return await send(frame, ends) }
            await queue.push(reply, requestByteCount: 0)
            return !frame.closes
        case .pending:
            await queue.push(reply, requestByteCount: byteCount)
            return true
        }
    }

    private func write(_ ends: Ends, _ queue: ResponseQueue) async {
        var isOpen = true
        while let (reply, requestByteCount) = await queue.next() {
            let frame: ResponseFrame?
            switch reply {
            case .none: frame = nil
            case .ready(let ready): frame = ready
            case .pending(let pending): frame = await pending.value()
            }
            if requestByteCount > 0 { share.release(requestByteCount) }
            if let frame {
                if isOpen {
                    isOpen = await send(frame, ends)
                    if !isOpen { closeWhenSent(ends) }
                } else {
                    frame.onSent?()
                }
            }
            queue.written()
        }
        closeWhenSent(ends)
    }

    /// False if nothing can be sent after it.
    private func send(_ frame: ResponseFrame, _ ends: Ends) async -> Bool {
        let outgoing: OutgoingFrame
        do {
            guard info.canSendFile else {
                try await PieceSender(channel: channel, ends: ends, slices: context.slices).send(frame)
                return !frame.closes
            }
            outgoing = try await prepared(frame)
        } catch {
            end.note(.storage, "can't read a segment file: \(error)")
            frame.onSent?()
            return false
        }
        await ends.gate.pass()
        if channel.eventLoop.inEventLoop {
            ends.writer.value.send(outgoing)
        } else {
            channel.eventLoop.execute { ends.writer.value.send(outgoing) }
        }
        return !frame.closes
    }

    private func prepared(_ frame: ResponseFrame) async throws -> OutgoingFrame {
        for case .slice in frame.parts { return try await context.slices.prepare(frame) }
        return OutgoingFrame(frame: frame, completion: frame.onSent.map { FrameCompletion(onSent: $0) })
    }

    private func closeWhenSent(_ ends: Ends) {
        channel.eventLoop.execute { ends.writer.value.closeWhenSent() }
    }

    private func closed() async {
        do {
            try await channel.closeFuture.get()
        } catch {
            // NIO never fails this future; if it did, the channel would be gone all the same.
        }
    }
}

extension ConnectionClosure {
    /// The request that was to blame, for the log.
    fileprivate var fields: Logger.Metadata {
        var fields: Logger.Metadata = [:]
        if let api { fields["api"] = "\(api)" }
        if let correlationId { fields["correlation_id"] = "\(correlationId)" }
        return fields
    }
}
