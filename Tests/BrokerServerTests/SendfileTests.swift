import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(1)))
struct SendfileTests {
    private static let size = 6 << 20

    /// What a response to `ranges` holds.
    private static func expected(_ bytes: [UInt8], _ ranges: [(position: Int, count: Int)]) -> [UInt8] {
        ranges.reduce(into: Array("head".utf8)) { result, range in
            result += bytes[range.position..<range.position + range.count]
            result += Array("tail".utf8)
        }
    }

    @Test("slices of any size, warm and cold", arguments: [false, true])
    func slices(isCold: Bool) async throws {
        try await withTemporaryFolder { folder in
            let (file, bytes) = try makeFile(in: folder, count: Self.size, seed: 1)
            let service = TestService(file: file)
            try await withServer(service) { server in
                let client = try await TestClient.connect(port: server.port)
                for (position, count) in [
                    (0, 0), (0, 1), (7, 16 * 1024), (7, 16 * 1024 + 1), (4095, 65_537), (1, Self.size - 1),
                ] {
                    if isCold { makeCold(file) }
                    try await client.send(TestService.fileCommand((position, count)))
                    let frame = await client.frame()
                    #expect(frame == Self.expected(bytes, [(position, count)]), "\(position) \(count)")
                }
                if isCold { #expect(server.server.counters.coldSlices.value > 0) }
                #expect(server.server.counters.bytesSentFromFiles.value == 16 * 1024 + 1 + 65_537 + Self.size - 1)
            }
            #expect(service.record.withLock { $0.sent } == 6)
        }
    }

    @Test("eight readers of one file at once")
    func eightReaders() async throws {
        try await withTemporaryFolder { folder in
            let (file, bytes) = try makeFile(in: folder, count: Self.size, seed: 2)
            let service = TestService(file: file)
            try await withServer(service) { server in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for reader in 0..<8 {
                        group.addTask {
                            let client = try await TestClient.connect(port: server.port)
                            var random = SplitMix(seed: UInt64(reader))
                            // Pipelined, with several slices in each response.
                            var expected: [[UInt8]] = []
                            for _ in 0..<8 {
                                let ranges = (0..<3).map { _ -> (position: Int, count: Int) in
                                    let position = Int.random(in: 0..<Self.size - 1, using: &random)
                                    return (position, Int.random(in: 1...Self.size - position, using: &random) / 4)
                                }
                                try await client.send(TestService.fileCommand(ranges[0], ranges[1], ranges[2]))
                                expected.append(Self.expected(bytes, ranges))
                            }
                            for frame in expected {
                                guard await client.frame() == frame else { return false }
                            }
                            return true
                        }
                    }
                    for try await isExact in group { #expect(isExact) }
                }
            }
            #expect(service.record.withLock { $0.sent } == 64)
        }
    }

    @Test("a graceful stop in the middle of a transfer loses nothing")
    func stopInTransfer() async throws {
        try await withTemporaryFolder { folder in
            let (file, bytes) = try makeFile(in: folder, count: Self.size, seed: 3)
            let service = TestService(file: file)
            try await withServer(service) { server in
                let client = try await TestClient.connect(port: server.port, reads: false)
                let command = TestService.fileCommand((0, Self.size))
                try await client.send(command, TestService.command(.later, "pending"), command)
                while server.server.counters.bytesSent.value < Self.size { await Task.yield() }
                await server.stop()
                while service.record.withLock({ $0.stopping }) == 0 { await Task.yield() }
                service.gate.open()
                try await client.startReading()
                let expected = Self.expected(bytes, [(0, Self.size)])
                #expect(await client.frame() == expected)
                #expect(await client.text() == "pending")
                #expect(await client.frame() == expected)
                #expect(await client.frame() == nil)
            }
            #expect(service.record.withLock { $0.sent } == 3)
            #expect(service.record.withLock { $0.disconnected } == 1)
        }
    }

    @Test("a stop cuts what isn't done in time, and everybody is told")
    func stopCuts() async throws {
        try await withTemporaryFolder { folder in
            let (file, _) = try makeFile(in: folder, count: Self.size, seed: 4)
            let service = TestService(file: file)
            let log = CapturedLog()
            try await withServer(service, log: log) {
                $0.shutdownMsMax = 50
            } body: { server in
                let client = try await TestClient.connect(port: server.port, reads: false)
                let command = TestService.fileCommand((0, Self.size))
                try await client.send(command, command, TestService.command(.park))
                while server.server.counters.bytesSent.value < Self.size { await Task.yield() }
            }
            #expect(service.record.withLock { $0.disconnected } == 1)
            #expect(log.count(of: "cut 1 connections") == 1)
            let record = service.record.withLock { $0 }
            // Each request that was handled has an answer, and each answer is reported once, sent or not.
            #expect(record.sent == record.handled.count)
        }
    }

    @Test("a reader that doesn't read stops the work for it, not the memory")
    func slowReader() async throws {
        try await withTemporaryFolder { folder in
            let (file, bytes) = try makeFile(in: folder, count: Self.size, seed: 5)
            let service = TestService(file: file)
            try await withServer(service) { server in
                let client = try await TestClient.connect(port: server.port, reads: false)
                let requests = 200
                for _ in 0..<requests { try await client.send(TestService.fileCommand((0, Self.size))) }
                // One response fills the channel; a few more may be on their way, all others wait as requests.
                let other = try await TestClient.connect(port: server.port)
                for _ in 0..<50 {
                    try await other.send(TestService.command(.echo, "x"))
                    #expect(await other.text() == "x")
                }
                #expect(server.server.counters.bytesSent.value < 4 * Self.size)
                try await client.startReading()
                let expected = Self.expected(bytes, [(0, Self.size)])
                for _ in 0..<5 { #expect(await client.frame() == expected) }
                try await client.close()
            }
            let record = service.record.withLock { $0 }
            #expect(record.disconnected == 2)
        }
    }

    @Test("a slice beyond the end of its file closes the connection")
    func shortFile() async throws {
        try await withTemporaryFolder { folder in
            let (file, _) = try makeFile(in: folder, count: 100_000, seed: 6)
            let service = TestService(file: file)
            let log = CapturedLog()
            try await withServer(service, log: log) { server in
                for range in [(position: 99_999, count: 2), (position: 0, count: 100_001)] {
                    let client = try await TestClient.connect(port: server.port)
                    try await client.send(TestService.fileCommand(range))
                    #expect(await client.frame() == nil)
                }
                #expect(log.count(of: "can't read a segment file") == 2)
            }
            #expect(service.record.withLock { $0.sent } == 2)
        }
    }
}
