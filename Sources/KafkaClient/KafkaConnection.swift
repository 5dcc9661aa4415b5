public import KafkaMessages
public import NIOCore
public import NIOPosix
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

        public init(clientId: String) {
            self.clientId = clientId
        }
    }

    public let address: BrokerAddress
    /// What the broker offers.
    public let features: BrokerFeatures
    let configuration: Configuration
    private let channel: any Channel
    private let nextCorrelationId = Atomic<Int32>(1)

    private init(
        address: BrokerAddress, configuration: Configuration, channel: any Channel, features: BrokerFeatures
    ) {
        self.address = address
        self.configuration = configuration
        self.channel = channel
        self.features = features
    }

    /// Connects and asks for the broker's API versions.
    /// - Throws: `.unreachable`, or what the first request may throw.
    public static func connect(
        to address: BrokerAddress, configuration: Configuration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(KafkaClientError) -> KafkaConnection {
        let frameBytesMax = configuration.frameBytesMax
        let bootstrap = ClientBootstrap(group: eventLoopGroup)
            .connectTimeout(configuration.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let decoder = ResponseFrameDecoder(frameBytesMax: frameBytesMax)
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
                    try channel.pipeline.syncOperations.addHandler(RequestQueue(address: address))
                }
            }
        let channel: any Channel
        do {
            channel =
                switch address {
                case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
                case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
                }
        } catch {
            throw KafkaClientError(.unreachable, "can't connect to \(address): \(reason(of: error))")
        }
        let bare = KafkaConnection(
            address: address, configuration: configuration, channel: channel, features: BrokerFeatures())
        do {
            let features = try await bare.negotiate()
            return KafkaConnection(
                address: address, configuration: configuration, channel: channel, features: features)
        } catch {
            await bare.close()
            throw error
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

    /// False once either side has ended it.
    public var isOpen: Bool { channel.isActive }

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
            future: promise.futureResult, version: version, address: address)
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
