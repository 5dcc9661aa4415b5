import NIOCore
import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(1)))
struct BrokerServerTests {
    @Test("answers keep the order of pipelined requests, pending ones among them")
    func order() async throws {
        let service = TestService()
        try await withServer(service) { server in
            let client = try await TestClient.connect(port: server.port)
            try await client.send(
                TestService.command(.echo, "1"), TestService.command(.later, "2"), TestService.command(.silent, "-"),
                TestService.command(.echo, "3"), TestService.command(.later, "4"), TestService.command(.echo, "5"))
            #expect(await client.text() == "1")
            service.gate.open()
            for expected in ["2", "3", "4", "5"] { #expect(await client.text() == expected) }
            #expect(service.record.withLock { $0.handled } == ["1", "2", "-", "3", "4", "5"])
            #expect(server.server.counters.requests.value == 6)
            #expect(server.server.counters.responses.value == 5)
        }
        #expect(service.record.withLock { $0.sent } == 5)
        #expect(service.record.withLock { $0.disconnected } == 1)
    }

    @Test("a pending answer doesn't stop the reading of what follows")
    func pendingDoesNotBlock() async throws {
        let service = TestService()
        try await withServer(service) { server in
            let client = try await TestClient.connect(port: server.port)
            for number in 0..<50 { try await client.send(TestService.command(.later, "\(number)")) }
            try await client.send(TestService.command(.park))
            // The park behind 50 unanswered requests is reached.
            await service.parked.wait()
            service.gate.open()
            for number in 0..<50 { #expect(await client.text() == "\(number)") }
            try await client.close()
            await service.disconnected.wait()
        }
    }

    @Test("requests that came before the client closed are handled, as one that sends with acks=0 and goes counts on")
    func requestsOfClosed() async throws {
        let service = TestService()
        try await withServer(service) { server in
            let client = try await TestClient.connect(port: server.port)
            // Nothing behind the park is looked at before the connection is closed.
            try await client.send(
                TestService.command(.park), TestService.command(.silent, "a"), TestService.command(.echo, "b"),
                TestService.command(.silent, "c"))
            await service.parked.wait()
            try await client.close()
            await service.disconnected.wait()
        }
        #expect(service.record.withLock { $0.handled } == ["", "a", "b", "c"])
    }

    @Test("byte by byte")
    func dripFeed() async throws {
        try await withServer(TestService()) { server in
            let client = try await TestClient.connect(port: server.port)
            let frame: [UInt8] = [0, 0, 0, 6] + TestService.command(.echo, "hello")
            for byte in frame + frame { try await client.sendRaw([byte]) }
            #expect(await client.text() == "hello")
            #expect(await client.text() == "hello")
        }
    }

    @Test("frames of all sizes, cut at any place, come whole", arguments: [1, 2, 3])
    func sizes(seed: UInt64) async throws {
        try await withServer(TestService()) { server in
            let client = try await TestClient.connect(port: server.port)
            var random = SplitMix(seed: seed)
            let frames = (0..<60).map { _ -> [UInt8] in
                let limit = [20, 600, 5000, 40_000, 70_000, 400_000].randomElement(using: &random) ?? 1
                let filler = UInt8.random(in: 0...255, using: &random)
                // The end tells one frame from another, and every byte is known.
                return (0..<Int.random(in: 1...limit, using: &random)).map {
                    UInt8(truncatingIfNeeded: $0 / 7) ^ filler
                }
            }
            var stream = ByteBuffer()
            for frame in frames {
                stream.writeInteger(Int32(frame.count + 1))
                stream.writeInteger(TestService.Command.echo.rawValue)
                stream.writeBytes(frame)
            }
            async let sent: Void = {
                var random = SplitMix(seed: seed &+ 100)
                while stream.readableBytes > 0 {
                    let limit = [3, 1000, 100_000].randomElement(using: &random) ?? 1
                    let count = min(stream.readableBytes, Int.random(in: 1...limit, using: &random))
                    guard let piece = stream.readSlice(length: count) else { return }
                    try await client.channel.writeAndFlush(piece)
                }
            }()
            for (number, frame) in frames.enumerated() {
                let answer = await client.frame()
                #expect(answer == frame, "seed \(seed), frame \(number)")
            }
            try await sent
        }
    }

    @Test(
        "a frame that can't be is refused with one line",
        arguments: [
            ([0xff, 0xff, 0xff, 0xff], "length -1"), ([0x00, 0x10, 0x00, 0x01], "socket.request.max.bytes is 1048576"),
            (Array("GET / HTTP/1.1\r\n\r\n".utf8), "socket.request.max.bytes"),
            ([0, 0, 0, 1, 0x7e], "unknown command"), ([0, 0, 0, 0], "unknown command"),
        ] as [([UInt8], String)])
    func badFrames(bytes: [UInt8], reason: String) async throws {
        let log = CapturedLog()
        try await withServer(TestService(), log: log) {
            $0.requestBytesMax = 1 << 20
        } body: { server in
            let client = try await TestClient.connect(port: server.port)
            try await client.sendRaw(bytes)
            try await client.closed()
            #expect(log.count(of: reason) == 1)
            #expect(log.contains("connection=1 peer=127.0.0.1:"))
            // Others aren't disturbed.
            let other = try await TestClient.connect(port: server.port)
            try await other.send(TestService.command(.echo, "still here"))
            #expect(await other.text() == "still here")
        }
    }

    @Test("requests before a bad frame are answered")
    func goodThenBad() async throws {
        try await withServer(TestService()) { server in
            let client = try await TestClient.connect(port: server.port)
            try await client.sendRaw([0, 0, 0, 3] + TestService.command(.echo, "ok") + [0xff, 0, 0, 0])
            #expect(await client.text() == "ok")
            #expect(await client.frame() == nil)
        }
    }

    @Test("a closure thrown by the broker closes after the answers before it")
    func closure() async throws {
        let service = TestService()
        let log = CapturedLog()
        try await withServer(service, log: log) { server in
            let client = try await TestClient.connect(port: server.port)
            try await client.send(
                TestService.command(.later, "first"), TestService.command(.refuse), TestService.command(.echo, "never"))
            await service.disconnected.wait()
            service.gate.open()
            #expect(await client.text() == "first")
            #expect(await client.frame() == nil)
            #expect(log.count(of: "refused by the test") == 1)
            #expect(service.record.withLock { $0.handled } == ["first", ""])
        }
    }

    @Test("a response that closes is the last")
    func closes() async throws {
        let service = TestService()
        try await withServer(service) { server in
            let client = try await TestClient.connect(port: server.port)
            try await client.send(TestService.command(.last, "bye"), TestService.command(.echo, "never"))
            #expect(await client.text() == "bye")
            #expect(await client.frame() == nil)
        }
        #expect(service.record.withLock { $0.handled } == ["bye"])
        #expect(service.record.withLock { $0.disconnected } == 1)
    }

    @Test("a client that goes away cancels the request that is being handled")
    func disconnectCancels() async throws {
        let service = TestService()
        try await withServer(service) { server in
            let client = try await TestClient.connect(port: server.port)
            try await client.send(TestService.command(.park))
            await service.parked.wait()
            try await client.close()
            await service.disconnected.wait()
            #expect(service.record.withLock { $0.parkedCancelled } == 1)
        }
        #expect(service.record.withLock { $0.disconnected } == 1)
        // The answer that nobody took is reported, too.
        #expect(service.record.withLock { $0.sent } == 1)
    }

    @Test(
        "limits on connections", arguments: [(2, 10, "max.connections is 2"), (10, 2, "max.connections.per.ip is 2")])
    func connectionLimits(total: Int, perAddress: Int, reason: String) async throws {
        let log = CapturedLog()
        try await withServer(TestService(), log: log) {
            $0.connectionsMax = total
            $0.connectionsPerAddressMax = perAddress
        } body: { server in
            var clients: [TestClient] = []
            for _ in 0..<2 {
                let client = try await TestClient.connect(port: server.port)
                try await client.send(TestService.command(.echo, "in"))
                #expect(await client.text() == "in")
                clients.append(client)
            }
            let third = try await TestClient.connect(port: server.port)
            try await third.closed()
            #expect(log.count(of: reason) == 1)
            #expect(server.server.counters.connectionsRefused.value == 1)
            // A place that is given up can be taken.
            try await clients[0].close()
            while server.server.counters.connections.value > 1 { await Task.yield() }
            let fourth = try await TestClient.connect(port: server.port)
            try await fourth.send(TestService.command(.echo, "in"))
            #expect(await fourth.text() == "in")
        }
    }

    @Test("an idle connection is closed")
    func idle() async throws {
        try await withServer(TestService()) {
            $0.idleMsMax = 200
        } body: { server in
            let client = try await TestClient.connect(port: server.port)
            try await client.send(TestService.command(.echo, "hello"))
            #expect(await client.text() == "hello")
            try await client.closed()
        }
    }
}
