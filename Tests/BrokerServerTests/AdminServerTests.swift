import Metering
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import BrokerServer

@Suite struct AdminServerTests {
    static func pages(health: String? = nil, ready: String? = nil) -> AdminPages {
        AdminPages(
            metrics: { $0 == .openMetrics ? "open metrics\n" : "metrics\n" }, health: { health }, ready: { ready })
    }

    /// Sends bytes to a new server and returns all that comes until it closes.
    static func exchange(
        _ request: String, pages: AdminPages = pages(), requestMsMax: Int64 = 600_000
    ) async throws -> String {
        let server = AdminServer(pages: pages, requestMsMax: requestMsMax)
        let address = try #require(try await server.bind("127.0.0.1:0").first)
        let answer = try await Self.send(request, to: address)
        await server.close()
        return answer
    }

    static func send(_ request: String, to address: HostAndPort) async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var all = ""
            do {
                if !request.isEmpty { try await outbound.write(ByteBuffer(string: request)) }
                for try await bytes in inbound { all += String(buffer: bytes) }
            } catch is IOError {
                // A reset ends the answer, too.
            } catch is ChannelError {
                // And so does a close before all was written.
            }
            return all
        }
    }

    private func body(_ answer: String) -> String {
        answer.firstRange(of: "\r\n\r\n").map { String(answer[$0.upperBound...]) } ?? ""
    }

    @Test(arguments: [
        ("/metrics", "HTTP/1.1 200 OK", "metrics\n"), ("/metrics?x=1", "HTTP/1.1 200 OK", "metrics\n"),
        ("/health", "HTTP/1.1 200 OK", "alive\n"), ("/ready", "HTTP/1.1 200 OK", "ready\n"),
        ("/", "HTTP/1.1 404 Not Found", "there are /metrics, /health and /ready\n"),
        ("/metrics/", "HTTP/1.1 404 Not Found", "there are /metrics, /health and /ready\n"),
        ("/../etc/passwd", "HTTP/1.1 404 Not Found", "there are /metrics, /health and /ready\n"),
    ])
    func pages(path: String, status: String, text: String) async throws {
        let answer = try await Self.exchange("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.hasPrefix(status + "\r\n"))
        #expect(body(answer) == text)
        #expect(answer.lowercased().contains("content-length: \(text.utf8.count)\r\n"))
        #expect(answer.lowercased().contains("connection: close\r\n"))
    }

    @Test func whatIsWrongIsSaid() async throws {
        let pages = Self.pages(health: "no sign of life for 30 s: log-0", ready: "the disk is full")
        let health = try await Self.exchange("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", pages: pages)
        #expect(health.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(body(health) == "no sign of life for 30 s: log-0\n")
        let ready = try await Self.exchange("GET /ready HTTP/1.0\r\n\r\n", pages: pages)
        #expect(ready.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(body(ready) == "the disk is full\n")
    }

    @Test func headHasNoBody() async throws {
        let answer = try await Self.exchange("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.lowercased().contains("content-length: 8\r\n"))
        #expect(body(answer).isEmpty)
    }

    @Test(arguments: [
        ("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "405 Method Not Allowed"),
        ("DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "405 Method Not Allowed"),
        ("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", "413 Payload Too Large"),
        ("POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "413 Payload Too Large"),
        ("\u{0}\u{1}garbage\r\n\r\n", "400 Bad Request"), ("GET /metrics HTTP/9.9\r\n\r\n", "400 Bad Request"),
    ])
    func refusals(request: String, status: String) async throws {
        let answer = try await Self.exchange(request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(answer)")
        if status.hasPrefix("405") { #expect(answer.contains("Allow: GET, HEAD\r\n")) }
    }

    @Test func tooMuchAndTooSlowAreClosed() async throws {
        let long = "GET /metrics HTTP/1.1\r\nX: " + String(repeating: "x", count: 100_000)
        let answer = try await Self.exchange(long)
        #expect(!answer.contains("200"))
        #expect(try await Self.exchange("GET /metrics HTTP/1.1\r\n", requestMsMax: 20) == "")
        #expect(try await Self.exchange("", requestMsMax: 20) == "")
    }

    @Test func connectionsHaveABound() async throws {
        let server = AdminServer(pages: Self.pages(), requestMsMax: 600_000)
        let address = try #require(try await server.bind("127.0.0.1:0").first)
        var idle: [any Channel] = []
        for _ in 0..<AdminServer.connectionsMax {
            idle.append(
                try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connect(host: address.host, port: address.port).get())
        }
        let request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
        #expect(try await Self.send(request, to: address) == "")
        for channel in idle { try await channel.close() }
        var answer = ""
        // The server sees the closes in its own time.
        while answer.isEmpty { answer = try await Self.send(request, to: address) }
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        await server.close()
    }

    @Test(arguments: [
        ([], MetricsPage.Format.prometheus), (["*/*"], .prometheus), (["text/plain"], .prometheus),
        (["application/openmetrics-text"], .openMetrics),
        (["application/openmetrics-text; version=1.0.0; q=0.5, text/plain;version=0.0.4;q=0.3"], .openMetrics),
        (["text/plain", "application/openmetrics-text;q=0.2"], .prometheus),
        (["application/openmetrics-text;q=0"], .prometheus), (["application/json"], .prometheus),
        (["APPLICATION/OpenMetrics-Text ; Q=1"], .openMetrics), ([";;,,q=,"], .prometheus),
    ])
    func negotiation(accept: [String], format: MetricsPage.Format) {
        #expect(AdminPages.format(accept: accept) == format)
    }

    @Test(arguments: ["", "localhost", "localhost:x", "localhost:99999", "::1:80", "a b:80"])
    func badPlaces(place: String) async {
        #expect(throws: ServerError.self) { try AdminServer.check(place) }
    }

    @Test func aPortInUseIsSaid() async throws {
        let first = AdminServer(pages: Self.pages(), requestMsMax: 600_000)
        let address = try #require(try await first.bind("127.0.0.1:0").first)
        let second = AdminServer(pages: Self.pages(), requestMsMax: 600_000)
        let error = await #expect(throws: ServerError.self) { try await second.bind("\(address)") }
        #expect(error?.code == .bindFailed)
        await second.close()
        await first.close()
    }
}
