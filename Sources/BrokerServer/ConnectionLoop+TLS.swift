internal import Broker
internal import NIOCore
internal import NIOSSL

/// What a connection of a TLS listener has before its handshake.
struct SecureTransport: Sendable {
    let listener: TLSListener
    let rawSide: NIOLoopBound<TLSRawSide>
}

extension ConnectionLoop {
    /// A connection that is ready for requests.
    struct Opened: Sendable {
        let info: ConnectionInfo
        let ends: Ends
    }

    /// Gives the channel its handlers, behind TLS where the listener has it. Throws if the handshake fails, which is said
    /// by then.
    func open() async throws -> Opened {
        guard let secure else {
            return Opened(info: info, ends: try await channel.eventLoop.submit { try install() }.get())
        }
        return try await channel.eventLoop.flatSubmit { handshake(secure) }.get()
    }

    private func handshake(_ secure: SecureTransport) -> EventLoopFuture<Opened> {
        let promise = channel.eventLoop.makePromise(of: Opened.self)
        do {
            // A client that has received what it asked for keeps no more memory than this.
            var configuration = NIOSSLHandler.Configuration()
            configuration.maximumPreservedOutboundBufferCapacity = 64 * 1024
            let transport = NIOSSLServerHandler(context: secure.listener.context, configuration: configuration)
            let rawSide = secure.rawSide.value
            let handshake = TLSHandshake(
                secure.listener, transport, rawSide, end, msMax: context.configuration.handshakeMsMax, promise: promise
            ) { principal in
                var info = info
                info.peerPrincipal = principal
                return Opened(info: info, ends: try install())
            }
            try channel.pipeline.syncOperations.addHandlers([rawSide, transport, handshake])
            let allocator = FixedSizeRecvByteBufferAllocator(capacity: TLSRawSide.handshakeReadBytes)
            try channel.syncOptions?.setOption(.recvAllocator, value: allocator)
            try channel.syncOptions?.setOption(.autoRead, value: true)
            if context.registry.isStopping { rawSide.cut() }
        } catch {
            promise.fail(error)
        }
        return promise.futureResult
    }
}
