import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// What a broker's certificate says, for telling why it isn't trusted.
struct PeerCertificate: Sendable, Equatable {
    /// DNS names and addresses that it is for.
    var names: [String]
    /// Seconds since 1970.
    var notBefore: Int64
    var notAfter: Int64

    init(names: [String], notBefore: Int64, notAfter: Int64) {
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Connects once more, only to look at the certificate; nothing is sent there.
    /// - Returns: nil if none was shown in time.
    static func shown(
        by address: BrokerAddress, _ tls: ClientTLS, timeout: TimeAmount, _ group: any EventLoopGroup
    ) async -> PeerCertificate? {
        guard case .tcp(let host, let port) = address else { return nil }
        let found = Found()
        let bootstrap = ClientBootstrap(group: group).connectTimeout(timeout).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = try NIOSSLClientHandler(
                    context: tls.context, serverHostname: address.serverName,
                    customVerificationCallback: { chain, promise in
                        found.set(chain.first)
                        promise.succeed(.failed)
                    })
                try channel.pipeline.syncOperations.addHandlers(handler, CloseOnError())
            }
        }
        guard let channel = try? await bootstrap.connect(host: host, port: port).get() else { return nil }
        let limit = channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
        // However it ends, what was seen by then is all.
        try? await channel.closeFuture.get()
        limit.cancel()
        return found.certificate
    }

    /// Why it isn't trusted, and what to do.
    /// - Parameter now: seconds since 1970.
    func reason(host: String, tls: ClientTLS, now: Int64) -> String {
        let day: Int64 = 86_400
        if notAfter < now {
            let days = (now - notAfter) / day
            return
                "it expired \(days == 0 ? "today" : "\(days) day\(days == 1 ? "" : "s") ago"): the broker needs a new one"
        }
        if notBefore > now { return "it isn't valid yet: compare the clocks here and there" }
        if tls.checksName, !names.contains(where: { Self.covers($0, host) }) {
            let list = names.isEmpty ? "no name" : names.prefix(8).joined(separator: ", ")
            return "it is for \(list), not for \(host): connect to one of its names, or give the broker one for \(host)"
        }
        return "no authority in \(tls.trustName) vouches for it: ssl.truststore.location names the PEM file with the "
            + "broker's authority"
    }

    /// Only for the words: what decides is NIOSSL's own check.
    private static func covers(_ name: String, _ host: String) -> Bool {
        let (name, host) = (name.lowercased(), host.lowercased())
        guard name.hasPrefix("*.") else { return name == host }
        return host.drop { $0 != "." }.dropFirst() == name.dropFirst(2)
    }

    fileprivate init(_ certificate: NIOSSLCertificate) {
        names = certificate._subjectAlternativeNames().compactMap { name in
            switch name.nameType {
            case .dnsName: String(decoding: name.contents, as: UTF8.self)
            case .ipAddress: (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: name.contents), port: 0))?.ipAddress
            default: nil
            }
        }
        notBefore = Int64(certificate.notValidBefore)
        notAfter = Int64(certificate.notValidAfter)
    }

    private final class Found: Sendable {
        private let state = Mutex<PeerCertificate?>(nil)
        var certificate: PeerCertificate? { state.withLock { $0 } }
        func set(_ certificate: NIOSSLCertificate?) {
            let seen = certificate.map(PeerCertificate.init)
            state.withLock { $0 = seen }
        }
    }
}

private final class CloseOnError: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension BrokerAddress {
    /// The name to ask for and to check (SNI); nil for a numeric address, which NIOSSL checks by itself.
    var serverName: String? {
        guard case .tcp(let host, _) = self, (try? SocketAddress(ipAddress: host, port: 0)) == nil else { return nil }
        return host
    }
}
