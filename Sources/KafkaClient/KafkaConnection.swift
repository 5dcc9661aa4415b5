public import KafkaMessages
public import NIOCore
public import NIOPosix
import NIOSSL
import Synchronization

/// One connection to a broker. Requests are sent in the order of the calls, several may wait at once, and each is
/// encoded in the highest version that both sides speak.
public final class KafkaConnection: Sendable {
    public struct Configuration: Sendable {
        /// What the broker knows this client by, in requests and logs.
        public var clientId: String
        public var connectTimeout: TimeAmount = .seconds(10)
        /// For requests that don't say otherwise.
        public var requestTimeout: TimeAmount = .seconds(30)
        /// A longer answer ends the connection.
        public var frameBytesMax = 256 * 1024 * 1024
        /// nil: bytes go as they are. A Unix socket has neither TLS nor a login.
        public var tls: ClientTLS?
        /// nil: whoever connects is nobody in particular, or whom its certificate names.
        public var login: ClientLogin?

        public init(clientId: String) {
            self.clientId = clientId
        }
    }

    public let address: BrokerAddress
    /// What the broker offers.
    public let features: BrokerFeatures
    let configuration: Configuration
    private let channel: any Channel
    private let failure: ConnectionFailure
    /// When the login is worn out but for a reserve (KIP-368); nil: never.
    private let renewal: NIODeadline?
    private let nextCorrelationId = Atomic<Int32>(1)

    private init(
        _ address: BrokerAddress, _ configuration: Configuration, _ channel: any Channel, _ failure: ConnectionFailure,
        features: BrokerFeatures, renewal: NIODeadline? = nil
    ) {
        self.address = address
        self.configuration = configuration
        self.channel = channel
        self.failure = failure
        self.features = features
        self.renewal = renewal
    }

    /// Connects, asks for the broker's API versions and logs in.
    /// - Throws: `.unreachable`, `.untrusted`, `.tlsFailed`, `.loginFailed`, or what the first request may throw.
    public static func connect(
        to address: BrokerAddress, configuration: Configuration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(KafkaClientError) -> KafkaConnection {
        var configuration = configuration
        if case .unix = address { (configuration.tls, configuration.login) = (nil, nil) }
        let failure = ConnectionFailure()
        let channel = try await open(address, configuration, failure, eventLoopGroup)
        let bare = KafkaConnection(address, configuration, channel, failure, features: BrokerFeatures())
        do {
            let features = try await bare.negotiate()
            let known = KafkaConnection(address, configuration, channel, failure, features: features)
            guard let login = configuration.login else { return known }
            let lifetimeMs = try await known.logIn(login)
            guard lifetimeMs > 0 else { return known }
            return KafkaConnection(
                address, configuration, channel, failure, features: features,
                renewal: .now() + .milliseconds(min(lifetimeMs, Self.lifetimeMsMax) * 85 / 100))
        } catch {
            await bare.close()
            guard error.code == .untrusted, let tls = configuration.tls, case .tcp(let host, _) = address,
                let certificate = await PeerCertificate.shown(
                    by: address, tls, timeout: configuration.connectTimeout, eventLoopGroup)
            else { throw error }
            let reason = certificate.reason(host: host, tls: tls, now: WallClock.milliseconds() / 1000)
            throw KafkaClientError(.untrusted, "\(address)'s certificate can't be trusted: \(reason)")
        }
    }

    /// A year: what holds longer is renewed after that, and no sum overflows.
    private static let lifetimeMsMax: Int64 = 365 * 86_400_000

    private static func open(
        _ address: BrokerAddress, _ configuration: Configuration, _ failure: ConnectionFailure,
        _ group: any EventLoopGroup
    ) async throws(KafkaClientError) -> any Channel {
        let frameBytesMax = configuration.frameBytesMax
        let tls = configuration.tls
        let isPlain = tls == nil && configuration.login == nil
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(configuration.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls.context, serverHostname: address.serverName)
                        try pipeline.addHandler(handler)
                    }
                    try pipeline.addHandler(ByteToMessageHandler(ResponseFrameDecoder(frameBytesMax: frameBytesMax)))
                    try pipeline.addHandler(RequestQueue(address: address, isPlain: isPlain, failure))
                }
            }
        do {
            return switch address {
            case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
            case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
            }
        } catch {
            throw KafkaClientError(.unreachable, "can't connect to \(address): \(reason(of: error))")
        }
    }

    /// The version in which a request of this kind is sent here.
    /// - Throws: `.unsupported` if there is none that both sides speak.
    public func version<R: KafkaRequest>(of request: R.Type) throws(KafkaClientError) -> Int16 {
        guard let offered = features.versions[R.apiKey] else {
            throw KafkaClientError(.unsupported, "\(address) doesn't offer \(R.name)")
        }
        let version = min(offered.upperBound, R.versions.upperBound)
        guard version >= offered.lowerBound, version >= R.versions.lowerBound else {
            throw KafkaClientError(
                .unsupported,
                "\(address) speaks \(R.name) \(offered.lowerBound)–\(offered.upperBound), this client "
                    + "\(R.versions.lowerBound)–\(R.versions.upperBound)")
        }
        return version
    }

    /// Sends a request and waits for its answer.
    public func send<R: KafkaRequest>(
        _ request: R, timeout: TimeAmount? = nil
    ) async throws(KafkaClientError) -> R.Response {
        try await begin(request, timeout: timeout).response()
    }

    /// Sends a request without waiting, so that several may be under way.
    public func begin<R: KafkaRequest>(
        _ request: R, timeout: TimeAmount? = nil
    ) throws(KafkaClientError) -> PendingResponse<R.Response> {
        try begin(request, version: version(of: R.self), timeout: timeout)
    }

    /// Ends the connection; whoever still waits gets `.connectionClosed`.
    public func close() async {
        // Closing twice is no error to anybody.
        try? await channel.close().get()
    }

    /// False once either side has ended it, and once its login is nearly worn out: what goes on needs another connection then.
    public var isOpen: Bool { channel.isActive && (renewal.map { NIODeadline.now() < $0 } ?? true) }

    private func begin<R: KafkaRequest>(
        _ request: R, version: Int16, timeout: TimeAmount?
    ) throws(KafkaClientError) -> PendingResponse<R.Response> {
        let correlationId = nextCorrelationId.wrappingAdd(1, ordering: .relaxed).oldValue & Int32.max
        let pieces: [ByteBuffer]
        do {
            pieces = try Self.frame(
                request.encode(version: version, correlationId: correlationId, clientId: configuration.clientId))
        } catch {
            throw KafkaClientError(.invalidRequest, "can't write \(R.name) v\(version): \(error)")
        }
        let promise = channel.eventLoop.makePromise(of: ByteBuffer.self)
        let outbound = OutboundRequest(
            pieces: pieces, correlationId: correlationId, api: R.name,
            timeout: timeout ?? configuration.requestTimeout, promise: promise)
        // A channel that is gone never hands the request to the queue; completing twice is no error.
        channel.writeAndFlush(outbound).cascadeFailure(to: promise)
        return PendingResponse(
            future: promise.futureResult, version: version, address: address, connectionFailure: failure)
    }

    /// The length prefix and what it counts.
    private static func frame(_ pieces: [WirePiece]) -> [ByteBuffer] {
        var frame = [ByteBuffer(integer: Int32(clamping: pieces.reduce(0) { $0 + $1.byteCount }))]
        for piece in pieces {
            // A client's request holds no `external` records: nobody here makes them.
            if case .bytes(let buffer) = piece { frame.append(buffer) }
        }
        return frame
    }

    /// KIP-511: the first request goes out in our highest version; a broker that doesn't know it answers in version 0
    /// with error 35 and usually names the range it does know.
    private func negotiate() async throws(KafkaClientError) -> BrokerFeatures {
        var version = ApiVersionsRequest.versions.upperBound
        while true {
            var request = ApiVersionsRequest()
            request.clientSoftwareName = "sluice-cli"
            request.clientSoftwareVersion = "1"
            let frame = try await begin(request, version: version, timeout: nil).frame()
            var answered = version
            let bodyStart = frame.readerIndex + 4
            if version > 0, frame.getInteger(at: bodyStart, as: Int16.self) == ErrorCode.unsupportedVersion.rawValue {
                answered = 0
            }
            let response = try PendingResponse<ApiVersionsResponse>.decode(
                frame, version: answered, address: address)
            if response.errorCode == .unsupportedVersion, version > 0 {
                let known = response.apiKeys.first { $0.apiKey == ApiKey.apiVersions.rawValue }?.maxVersion ?? 0
                version = max(0, min(known, version - 1))
                continue
            }
            try check(response.errorCode, while: "ask \(address) for its versions")
            return BrokerFeatures(response)
        }
    }
}
