import Broker
import NIOCore
import Testing

@testable import BrokerServer
@testable import Views

/// Slices of files on channels that can't send files.
@Suite(.timeLimit(.minutes(1)))
struct TLSSliceTests {
    private static let size = 6 << 20

    private static func expected(_ bytes: [UInt8], _ position: Int, _ count: Int) -> [UInt8] {
        Array("head".utf8) + bytes[position..<position + count] + Array("tail".utf8)
    }

    private func withFile(
        seed: UInt64, _ body: (TestCertificates, TestService, [UInt8], CapturedLog, RunningServer) async throws -> Void
    ) async throws {
        try await TestCertificates.with { certificates in
            let (file, bytes) = try makeFile(in: certificates.folder, count: Self.size, seed: seed)
            let service = TestService(file: file)
            let log = CapturedLog()
            try await withServer(service, log: log) {
                $0.listeners = [certificates.listener()]
            } body: { server in
                try await body(certificates, service, bytes, log, server)
            }
            let record = service.record.withLock { $0 }
            #expect(record.sent == record.handled.count, "each answer is reported once")
        }
    }

    @Test("slices of any size, warm and cold", arguments: [false, true])
    func slices(isCold: Bool) async throws {
        try await withFile(seed: 11) { certificates, service, bytes, _, server in
            let client = try await TestClient.connect(port: server.port, tls: try certificates.client())
            for (position, count) in [
                (0, 0), (0, 1), (7, 16 * 1024), (7, 16 * 1024 + 1), (4095, 48 * 1024), (3, 48 * 1024 - 4),
                (3, 48 * 1024 - 8),
                (1, Self.size - 1),
            ] {
                if isCold, let file = service.file { makeCold(file) }
                try await client.send(TestService.fileCommand((position, count)))
                #expect(await client.frame() == Self.expected(bytes, position, count), "\(position) \(count)")
            }
            #expect(server.server.counters.bytesSentFromFiles.value == 0)
            #expect(server.server.counters.responses.value == 8)
        }
    }

    @Test("a reader that doesn't read stops the work for it, not the memory; a cut is at once")
    func slowReader() async throws {
        try await withFile(seed: 12) { certificates, service, _, _, server in
            let client = try await TestClient.connect(
                port: server.port, window: 16 * 1024, tls: try certificates.client())
            // The handshake needs reads.
            try await client.send(TestService.command(.echo, "x"))
            #expect(await client.text() == "x")
            try await client.stopReading()
            let whole = (position: 0, count: Self.size)
            for _ in 0..<4 { try await client.send(TestService.fileCommand(whole, whole)) }
            let other = try await TestClient.connect(port: server.port, tls: try certificates.client())
            for _ in 0..<200 {
                try await other.send(TestService.command(.echo, "x"))
                #expect(await other.text() == "x")
            }
            // What the socket holds, and the mark at which the channel takes no more.
            #expect(server.server.counters.bytesSent.value < 3 * Self.size)
            let info = try #require(service.record.withLock { $0.connections.first })
            info.abort()
            await service.disconnected.wait()
            while server.server.counters.connections.value > 1 { await Task.yield() }
        }
    }

    @Test("a slice beyond the end of its file closes the connection")
    func shortFile() async throws {
        try await withFile(seed: 13) { certificates, service, _, log, server in
            for (position, count) in [(Self.size - 1, 2), (Self.size - 100_000, 100_001)] {
                let client = try await TestClient.connect(port: server.port, tls: try certificates.client())
                try await client.send(TestService.fileCommand((position, count)))
                #expect(await client.frame() == nil)
            }
            #expect(log.count(of: "can't read a segment file") == 2)
        }
    }

    @Test("pieces are bounded, and together they are the frame", arguments: 0..<200)
    func cutter(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        var whole: [UInt8] = []
        let parts = (0..<Int.random(in: 0...6, using: &random)).map { _ in
            let bytes = (0..<[0, 1, 9, 10, 11, 35].randomElement(using: &random)!).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            whole += bytes
            return ResponseFrame.Part.bytes(ByteBuffer(bytes: bytes))
        }
        var cutter = FrameCutter(parts, bytesMax: 10)
        var found: [UInt8] = []
        var pieces = 0
        while true {
            let (runs, isLast) = cutter.next()
            var count = 0
            for case .bytes(let bytes) in runs {
                count += bytes.readableBytes
                found += Array(bytes.readableBytesView)
            }
            pieces += 1
            #expect(isLast ? count <= 10 : count == 10, "seed \(seed)")
            if isLast { break }
        }
        #expect(found == whole, "seed \(seed)")
        #expect(pieces == max(1, (whole.count + 9) / 10), "seed \(seed)")
    }
}
