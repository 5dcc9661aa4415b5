internal import Broker
internal import Logging
internal import Metering
internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Takes a socket that was accepted, or refuses it with one log line. Runs on the event loop of the new channel, which
/// isn't read before its loop runs.
struct ConnectionAdmission: Sendable {
    let context: ServerContext
    let listener: ListenerInfo
    /// nil without TLS.
    var tls: TLSListener?

    func admit(_ channel: any Channel) -> EventLoopFuture<ConnectionLoop> {
        do {
            return channel.eventLoop.makeSucceededFuture(try take(channel))
        } catch {
            context.counters.connectionsRefused.increase()
            context.counters.refused.add(ConnectionRefusal(error).rawValue)
            let peer = channel.remoteAddress?.ipAddress ?? "the admin socket"
            context.log.limited(
                "refused a connection: \(error)", ["peer": "\(peer)", "listener": "\(listener.name)"])
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    private func take(_ channel: any Channel) throws -> ConnectionLoop {
        let peerUserId = listener.isAdmin ? try permittedUser(of: channel) : nil
        let (peerAddress, peerPort) = Self.place(channel.remoteAddress)
        let (localAddress, localPort) = Self.place(channel.localAddress)
        guard listener.isAdmin || context.service.admitsConnection(from: peerAddress) else { throw RateError() }
        let id = try context.registry.add(channel, address: peerAddress, isAdmin: listener.isAdmin).get()
        let registry = context.registry
        let counters = context.counters
        counters.connectionsAccepted.increase()
        counters.connections.increase()
        let peer =
            listener.isAdmin ? "the admin socket" : HostAndPort(host: peerAddress, port: peerPort).description
        let end = ConnectionEnd(id: id, peer: peer, log: context.log)
        let secure = tls.map { tls in
            SecureTransport(
                listener: tls,
                rawSide: NIOLoopBound(TLSRawSide(listener: listener.name, end: end), eventLoop: channel.eventLoop))
        }
        let cut = Self.cut(channel, secure)
        registry.began(id, end, cut: cut)
        channel.closeFuture.whenComplete { _ in
            registry.remove(id)
            counters.connections.increase(by: -1)
            counters.closed.add(end.current.rawValue)
            end.debug("a connection ended: \(end.current.name)")
        }
        let info = ConnectionInfo(
            id: id, listener: listener, peerAddress: peerAddress, peerPort: peerPort, localAddress: localAddress,
            localPort: localPort, peerUserId: peerUserId, isEncrypted: secure != nil,
            abort: {
                end.note(.policy)
                cut()
            })
        return ConnectionLoop(
            channel: channel, info: info, end: end, share: BudgetShare(context.budget), context: context, secure: secure
        )
    }

    /// Closes the socket, whatever there is left to send. To close a channel with TLS is to bid farewell first, behind what
    /// is left.
    private static func cut(_ channel: any Channel, _ secure: SecureTransport?) -> @Sendable () -> Void {
        guard let rawSide = secure?.rawSide else { return { channel.close(promise: nil) } }
        return { channel.eventLoop.execute { rawSide.value.cut() } }
    }

    /// The peer's user id, asked of the kernel. Only the user who runs the server, and root, may be there.
    private func permittedUser(of channel: any Channel) throws -> UInt32 {
        guard let provider = channel as? any SocketOptionProvider else { throw ForeignUserError(userId: nil) }
        var credentials: Credentials?
        let option: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        option.assumeIsolated().whenSuccess { credentials = $0 }
        guard let userId = credentials?.userId, userId == geteuid() || userId == 0 else {
            throw ForeignUserError(userId: credentials?.userId)
        }
        return userId
    }

    private static func place(_ address: SocketAddress?) -> (String, Int) {
        guard let text = address?.ipAddress else { return ("", 0) }
        let mapped = "::ffff:"
        let isMapped = text.hasPrefix(mapped) && text.contains(".")
        return (isMapped ? String(text.dropFirst(mapped.count)) : text, address?.port ?? 0)
    }

    /// `struct ucred` of the kernel, unix(7).
    private struct Credentials {
        var processId: Int32
        var userId: UInt32
        var groupId: UInt32
    }

    /// An address makes connections faster than its quota allows (KIP-612).
    struct RateError: Error, CustomStringConvertible {
        var description: String { "its address has used up its quota connection_creation_rate" }
    }

    struct ForeignUserError: Error, CustomStringConvertible {
        var userId: UInt32?

        var description: String {
            userId.map { "user \($0) isn't the one who runs the server" } ?? "its user isn't known"
        }
    }
}
