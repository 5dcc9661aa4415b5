internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// The admin listener: `/metrics`, `/health` and `/ready` over HTTP/1.1, for scrapers and supervisors. Has a thread of its
/// own, so that it answers where the broker's hang. No authentication and nothing that changes anything: it belongs on
/// loopback or into a network of its own.
///
/// A connection is for one request, without a body, in 8 KiB and 5 s; at most 16 are open.
public final class AdminServer: Sendable {
    static let connectionsMax = 16
    static let requestBytesMax = 8 * 1024

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let pages: AdminPages
    private let channels = Mutex<[any Channel]>([])
    private let openCount = Atomic<Int>(0)
    private let requestMsMax: Int64

    /// `requestMsMax`: how long a request may take to come.
    public init(pages: AdminPages, requestMsMax: Int64 = 5_000) {
        self.pages = pages
        self.requestMsMax = requestMsMax
    }

    /// Checks `host:port` without binding it.
    public static func check(_ place: String) throws(ServerError) {
        _ = try parse(place)
    }

    private static func parse(_ place: String) throws(ServerError) -> HostAndPort {
        guard let parsed = HostAndPort(parsing: place[...], port: 0...65_535) else {
            throw ServerError(.invalidListener, "admin.listener \"\(place)\" isn't host:port, as in localhost:9644")
        }
        return parsed
    }

    /// Binds `host:port` and answers from now on. Returns the addresses; throws a `ServerError`.
    public func bind(_ place: String) async throws -> [HostAndPort] {
        let wanted = try Self.parse(place)
        var bound: [HostAndPort] = []
        for address in try await HostResolver.addresses(of: wanted.host) {
            let port = bound.first?.port ?? wanted.port
            do {
                let channel = try await bootstrap().bind(host: address.host, port: port).get()
                channels.withLock { $0.append(channel) }
                bound.append(HostAndPort(host: address.host, port: channel.localAddress?.port ?? port))
            } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL || error.errnoCode == EAFNOSUPPORT {
                // This machine has no address of that family.
                continue
            } catch {
                throw ServerError(.bindFailed, "admin.listener \(wanted): can't listen there: \(error)")
            }
        }
        guard !bound.isEmpty else {
            throw ServerError(.bindFailed, "admin.listener \(wanted): this machine has no such address")
        }
        return bound
    }

    /// Closes everything; the server is used up.
    public func close() async {
        for channel in channels.withLock({ $0 }) { channel.close(promise: nil) }
        do {
            try await group.shutdownGracefully()
        } catch {
            // It has been shut down already.
        }
    }

    private func bootstrap() -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try admit(channel) }
            }
    }

    private func admit(_ channel: any Channel) throws {
        guard openCount.wrappingAdd(1, ordering: .relaxed).newValue <= Self.connectionsMax else {
            openCount.wrappingSubtract(1, ordering: .relaxed)
            channel.close(promise: nil)
            return
        }
        channel.closeFuture.whenComplete { [self] _ in openCount.wrappingSubtract(1, ordering: .relaxed) }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = Self.requestBytesMax
        limits.maxHeaderFieldSize = Self.requestBytesMax
        limits.maxHeaderFieldCount = 64
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
        try channel.pipeline.syncOperations.addHandlers([
            ByteLimit(Self.requestBytesMax), HTTPResponseEncoder(), ByteToMessageHandler(decoder),
            AdminExchange(pages: pages, requestMsMax: requestMsMax),
        ])
    }
}

/// Closes a connection that sends more than so many bytes. Event-loop confined.
final class ByteLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var left: Int

    init(_ limit: Int) {
        left = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        left -= unwrapInboundIn(data).readableBytes
        if left < 0 {
            context.close(promise: nil)
        } else {
            context.fireChannelRead(data)
        }
    }
}
