import KafkaClient
import KafkaMessages
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A request as it came in.
package struct FakeRequest {
    package var header: RequestHeader
    package var frame: ByteBuffer

    package func body<R: KafkaRequest>(_ type: R.Type) throws -> R {
        var reader = WireReader(frame)
        _ = try RequestHeader(from: &reader)
        return try R(from: &reader, version: header.apiVersion)
    }

    package func answer<R: KafkaResponse>(_ response: R, version: Int16? = nil) throws -> FakeReply {
        let pieces = try response.encode(
            version: version ?? header.apiVersion, correlationId: header.correlationId)
        var whole = ByteBuffer()
        for case .bytes(var bytes) in pieces { whole.writeBuffer(&bytes) }
        return .bytes(whole)
    }
}

package enum FakeReply {
    case bytes(ByteBuffer)
    /// Without the length prefix that an answer has.
    case garbage([UInt8])
    case silence
    case closeConnection
}

/// A server of the Kafka protocol whose answers a test gives.
package final class FakeBroker: Sendable {
    package typealias Script = @Sendable (FakeRequest) throws -> FakeReply

    package let address: BrokerAddress
    private let seen: SeenRequests

    private init(address: BrokerAddress, seen: SeenRequests) {
        self.address = address
        self.seen = seen
    }

    /// The keys of the requests that came, in their order.
    package var requests: [ApiKey] { seen.keys }

    /// - Parameter tls: what the broker's end of TLS is; nil: none.
    package static func with<Result>(
        unixPath: String? = nil, tls: NIOSSLContext? = nil, _ script: @escaping Script,
        _ body: (FakeBroker) async throws -> Result
    ) async throws -> Result {
        let seen = SeenRequests()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(FrameCutter()), ScriptHandler(script: script, seen: seen))
                }
            }
        let channel: any Channel
        let address: BrokerAddress
        if let unixPath {
            channel = try await bootstrap.bind(unixDomainSocketPath: unixPath, cleanupExistingSocketFile: true).get()
            address = .unix(path: unixPath)
        } else {
            channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            address = .tcp(host: "127.0.0.1", port: channel.localAddress?.port ?? 0)
        }
        let broker = FakeBroker(address: address, seen: seen)
        do {
            let result = try await body(broker)
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }
}

final class SeenRequests: Sendable {
    private let state = Mutex<[ApiKey]>([])
    var keys: [ApiKey] { state.withLock { $0 } }
    func add(_ key: ApiKey?) { state.withLock { if let key { $0.append(key) } } }
}

private struct FrameCutter: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let length: Int32 = buffer.getInteger(at: buffer.readerIndex),
            let frame = buffer.getSlice(at: buffer.readerIndex + 4, length: Int(length))
        else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: 4 + Int(length))
        context.fireChannelRead(wrapInboundOut(frame))
        return .continue
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: FakeBroker.Script
    private let seen: SeenRequests

    init(script: @escaping FakeBroker.Script, seen: SeenRequests) {
        self.script = script
        self.seen = seen
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        do {
            var reader = WireReader(frame)
            let header = try RequestHeader(from: &reader)
            seen.add(header.apiKey)
            switch try script(FakeRequest(header: header, frame: frame)) {
            case .bytes(let bytes):
                context.write(wrapOutboundOut(ByteBuffer(integer: Int32(bytes.readableBytes))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            case .garbage(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .silence: break
            case .closeConnection: context.close(promise: nil)
            }
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }
}
