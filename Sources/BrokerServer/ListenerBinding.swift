internal import Broker
internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A listener and where it listens.
public struct BoundListener: Sendable, Equatable {
    public var name: String
    /// Numeric address and port of each socket; the path for the admin socket.
    public var addresses: [String]
    /// The port, the same for all addresses; 0 for the admin socket.
    public var port: Int
    /// What clients of this listener are told.
    public var advertised: HostAndPort
    public var group: String?
    /// nil: in the clear.
    public var tls: ListenerTLS?
    public var isAdmin: Bool
}

typealias AcceptChannel = NIOAsyncChannel<ConnectionLoop, Never>

/// Binds the sockets of listeners.
struct ListenerBinding {
    let group: any EventLoopGroup
    let context: ServerContext

    /// `tls`: of a listener that has it.
    func bind(
        _ specification: ListenerSpecification, tls: TLSListener? = nil
    ) async throws -> (BoundListener, [AcceptChannel]) {
        let addresses = try await HostResolver.addresses(of: specification.host)
        // With a port that the kernel picks, another process may hold the same number of the other family.
        for _ in 0..<16 {
            if let bound = try await bind(specification, tls, addresses, mayRetry: specification.port == 0) {
                return bound
            }
        }
        throw ServerError(.addressInUse, "listener \(specification.name): found no port free on all its addresses")
    }

    /// `advertised`: where others reach the broker; its own clients come back to the socket.
    func bindAdmin(
        in folder: String, advertised: HostAndPort
    ) async throws -> (BoundListener, [AcceptChannel]) {
        let descriptor = try AdminSocket.bind(in: folder)
        let path = AdminSocket.path(in: folder)
        let info = ListenerInfo(
            name: "ADMIN", advertisedHost: advertised.host, advertisedPort: advertised.port, isAdmin: true)
        let admission = ConnectionAdmission(context: context, listener: info)
        let channel: AcceptChannel
        do {
            channel = try await bootstrap(isTCP: false).bind(descriptor, childChannelInitializer: admission.admit)
        } catch {
            throw ServerError(.adminSocket, "can't listen on \(path): \(error)")
        }
        let bound = BoundListener(
            name: info.name, addresses: [path], port: 0, advertised: advertised, group: nil, isAdmin: true)
        return (bound, [channel])
    }

    /// nil if another port must be tried.
    private func bind(
        _ specification: ListenerSpecification, _ tls: TLSListener?, _ addresses: [HostResolver.Address],
        mayRetry: Bool
    ) async throws -> (BoundListener, [AcceptChannel])? {
        var channels: [AcceptChannel] = []
        var bound = BoundListener(
            name: specification.name, addresses: [], port: specification.port,
            advertised: HostAndPort(host: specification.host, port: 0), group: specification.group,
            tls: specification.tls, isAdmin: false)
        do {
            for address in addresses {
                guard let channel = try await bind(specification, tls, address, port: bound.port) else { continue }
                channels.append(channel)
                bound.port = channel.channel.localAddress?.port ?? bound.port
                bound.addresses.append(address.host)
            }
        } catch {
            await Self.close(channels)
            if mayRetry, let error = error as? ServerError, error.code == .addressInUse, !channels.isEmpty {
                return nil
            }
            throw error
        }
        guard !channels.isEmpty else {
            throw ServerError(.bindFailed, "listener \(specification.name): this machine has no address of its host")
        }
        bound.advertised = advertised(specification, port: bound.port)
        return (bound, channels)
    }

    /// nil if this machine doesn't have the address.
    private func bind(
        _ specification: ListenerSpecification, _ tls: TLSListener?, _ address: HostResolver.Address, port: Int
    ) async throws -> AcceptChannel? {
        let place = HostAndPort(host: address.host, port: port)
        // What the connections are told of a port that the kernel picks is known only after the bind, and they can come
        // before this task knows it: the accept channel has it.
        let admit: @Sendable (any Channel) -> EventLoopFuture<ConnectionLoop> = { channel in
            let port = channel.localAddress?.port ?? port
            let advertised = advertised(specification, port: port)
            let info = ListenerInfo(
                name: specification.name, advertisedHost: advertised.host, advertisedPort: advertised.port,
                pinnedGroup: specification.group, cap: specification.cap, saslMechanisms: specification.sasl)
            return ConnectionAdmission(context: context, listener: info, tls: tls).admit(channel)
        }
        do {
            let target = try SocketAddress(ipAddress: address.host, port: port)
            var bootstrap = bootstrap(isTCP: true)
            if target.protocol == .inet6 {
                let option = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
                bootstrap = bootstrap.serverChannelOption(option, value: address.isDualStack ? 0 : 1)
            }
            return try await bootstrap.bind(to: target, childChannelInitializer: admit)
        } catch let error as IOError {
            switch error.errnoCode {
            case EADDRINUSE:
                throw ServerError(
                    .addressInUse, "listener \(specification.name): \(place) is in use by another process")
            case EADDRNOTAVAIL, EAFNOSUPPORT:
                if address.isDualStack {
                    return try await bind(specification, tls, HostResolver.Address(host: "0.0.0.0"), port: port)
                }
                return nil
            default:
                throw ServerError(.bindFailed, "listener \(specification.name): can't listen on \(place): \(error)")
            }
        }
    }

    private func bootstrap(isTCP: Bool) -> ServerBootstrap {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            // One read for a turn of the event loop: the decoder decides after each whether there is room for another.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 * 1024, high: 1024 * 1024))
        guard isTCP else { return bootstrap }
        return bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
    }

    private func advertised(_ specification: ListenerSpecification, port: Int) -> HostAndPort {
        if let advertised = specification.advertised { return advertised }
        let isEverywhere = ["", "::", "0.0.0.0"].contains(specification.host)
        return HostAndPort(host: isEverywhere ? HostResolver.machineName() : specification.host, port: port)
    }

    static func close(_ channels: [AcceptChannel]) async {
        for channel in channels {
            do {
                try await channel.executeThenClose { _ in }
            } catch {
                // It is closed already.
            }
        }
    }
}
