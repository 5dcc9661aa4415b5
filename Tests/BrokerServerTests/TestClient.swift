import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A client that speaks frames and nothing else.
final class TestClient: Sendable {
    let channel: any Channel
    private let inbox: Inbox

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    /// With `reads` false nothing is taken from the socket until `startReading`. `tls`: what to shake hands with, with a
    /// server of that `name`.
    static func connect(
        _ host: String = "127.0.0.1", port: Int, path: String? = nil, reads: Bool = true, window: Int? = nil,
        tls: NIOSSLContext? = nil, name: String = "localhost"
    ) async throws -> TestClient {
        let inbox = Inbox()
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            // A small window, so that a client that doesn't read is felt soon.
            .channelOption(
                .socketOption(.so_rcvbuf),
                value: ChannelOptions.Types.SocketOption.Value(window ?? (reads ? 1 << 20 : 16 * 1024))
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox: inbox))
                }
            }
        let channel =
            if let path {
                try await bootstrap.connect(unixDomainSocketPath: path).get()
            } else {
                try await bootstrap.connect(host: host, port: port).get()
            }
        return TestClient(channel: channel, inbox: inbox)
    }

    func send(_ frames: [UInt8]...) async throws {
        var buffer = ByteBuffer()
        for frame in frames {
            buffer.writeInteger(Int32(frame.count))
            buffer.writeBytes(frame)
        }
        try await channel.writeAndFlush(buffer)
    }

    func sendRaw(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    /// The next answer; nil if the server has closed the connection.
    func frame() async -> [UInt8]? {
        guard var prefix = await inbox.take(4), let length = prefix.readInteger(as: Int32.self) else { return nil }
        guard let body = await inbox.take(Int(length)) else { return nil }
        return Array(body.readableBytesView)
    }

    func text() async -> String? {
        await frame().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns when the server has closed the connection.
    func closed() async throws {
        try await channel.closeFuture.get()
    }

    func close() async throws {
        try await channel.close()
    }
}

/// Bytes that have come, for one reader at a time.
private final class Inbox: Sendable {
    private struct State {
        var bytes = ByteBuffer()
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func append(_ buffer: ByteBuffer) {
        state.withLock { state in
            state.bytes.writeImmutableBuffer(buffer)
            return state.waiter.take()
        }?.resume()
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            return state.waiter.take()
        }?.resume()
    }

    func take(_ count: Int) async -> ByteBuffer? {
        while true {
            let (bytes, isClosed) = state.withLock { state in (state.bytes.readSlice(length: count), state.isClosed) }
            if let bytes { return bytes }
            if isClosed { return nil }
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.bytes.readableBytes < count, !state.isClosed else { return false }
                    state.waiter = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        }
    }
}

private final class InboxHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    let inbox: Inbox

    init(inbox: Inbox) {
        self.inbox = inbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.append(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.close()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset; channelInactive follows.
        context.close(promise: nil)
    }
}
