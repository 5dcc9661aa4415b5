import Broker
import NIOSSL
import Testing
import Views

@testable import BrokerServer

/// Listeners with TLS over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    @Test("requests and answers, and what the connection knows of itself", arguments: [TLSVersion.tlsv12, .tlsv13])
    func echo(version: TLSVersion) async throws {
        try await TestCertificates.with { certificates in
            let service = TestService()
            try await withServer(service) {
                $0.listeners = [certificates.listener()]
            } body: { server in
                let context = try certificates.client {
                    $0.minimumTLSVersion = version
                    $0.maximumTLSVersion = version
                }
                let client = try await TestClient.connect(port: server.port, tls: context)
                let large = [TestService.Command.echo.rawValue] + (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
                try await client.send(TestService.command(.echo, "first"), large, TestService.command(.echo, "last"))
                #expect(await client.text() == "first")
                #expect(await client.frame() == Array(large.dropFirst()))
                #expect(await client.text() == "last")
                let info = try #require(service.record.withLock { $0.connections.last })
                #expect(info.isEncrypted && !info.canSendFile && info.peerPrincipal == nil)
                #expect(info.listener.name == "TLS")
                try await client.close()
                await service.disconnected.wait()
            }
            #expect(service.record.withLock { $0.sent } == 3)
        }
    }

    @Test("a client's certificate is a principal, by the rules")
    func principal() async throws {
        try await TestCertificates.with { certificates in
            for (rules, authentication, expected) in [
                ("DEFAULT", nil, "User:CN=alice,OU=Users,O=Widgets"),
                ("RULE:^CN=(.*?),.*$/$1/U", .requested, "User:ALICE"),
            ] as [(String, ListenerTLS.ClientAuthentication?, String)] {
                let service = TestService()
                let settings = try TLSSettings(protocols: "TLSv1.3", cipherSuites: "", rules: rules)
                try await withServer(service) {
                    $0.listeners = [certificates.listener(clientCA: "ca", clientAuthentication: authentication)]
                    $0.tls = settings
                } body: { server in
                    let client = try await TestClient.connect(port: server.port, tls: try certificates.client("alice"))
                    try await client.send(TestService.command(.echo, "hello"))
                    #expect(await client.text() == "hello")
                    #expect(service.record.withLock { $0.connections.last?.peerPrincipal?.description } == expected)
                    if authentication == .requested {
                        let nobody = try await TestClient.connect(port: server.port, tls: try certificates.client())
                        try await nobody.send(TestService.command(.echo, "hello"))
                        #expect(await nobody.text() == "hello")
                        #expect(service.record.withLock { $0.connections.last?.peerPrincipal } == nil)
                    }
                }
            }
        }
    }

    enum Refused: CaseIterable {
        case noCertificate, expired, unknownAuthority, serversOwn, noRule, anonymous, oldProtocol, manyCertificates

        var line: String {
            switch self {
            case .noCertificate: "it sent no certificate"
            case .expired, .unknownAuthority, .serversOwn: "its certificate isn't valid here"
            case .noRule: "no rule of ssl.principal.mapping.rules matches its certificate's name, CN=bob"
            case .anonymous: "its certificate's name comes to no user: CN=anonymous"
            case .oldProtocol: "it offers no protocol of ssl.enabled.protocols"
            case .manyCertificates: "more than 65536 bytes came on the listener TLS before the TLS handshake was done"
            }
        }
    }

    @Test("refused before its first request, with one line that says why", arguments: Refused.allCases)
    func refused(_ kind: Refused) async throws {
        try await TestCertificates.with { certificates in
            try certificates.issue("bob", subject: "/CN=bob")
            try certificates.issue("nobody", subject: "/CN=anonymous")
            try certificates.issue("expired", subject: "/CN=alice,OU=Users", days: -1)
            try certificates.makeAuthority("other")
            try certificates.issue("mallory", subject: "/O=Widgets/OU=Users/CN=alice", by: "other")
            let context =
                switch kind {
                case .noCertificate: try certificates.client()
                case .expired: try certificates.client("expired")
                case .unknownAuthority: try certificates.client("mallory")
                case .serversOwn: try certificates.client("server")
                case .noRule: try certificates.client("bob")
                case .anonymous: try certificates.client("nobody")
                case .oldProtocol:
                    try certificates.client("alice") {
                        $0.minimumTLSVersion = .tlsv1
                        $0.maximumTLSVersion = .tlsv11
                    }
                case .manyCertificates: try certificates.client("alice", extra: 170)
                }
            let service = TestService()
            let log = CapturedLog()
            let rules = "RULE:^CN=(alice|localhost),.*$/$1/,RULE:^CN=anonymous$/ANONYMOUS/"
            let settings = try TLSSettings(protocols: "TLSv1.2,TLSv1.3", cipherSuites: "", rules: rules)
            try await withServer(service, log: log) {
                $0.listeners = [certificates.listener(clientCA: "ca")]
                $0.tls = settings
            } body: { server in
                let client = try await TestClient.connect(port: server.port, tls: context)
                try? await client.send(TestService.command(.echo, "let me in"))
                #expect(await client.frame() == nil)
                while server.server.counters.connections.value > 0 { await Task.yield() }
            }
            #expect(log.count(of: kind.line) == 1)
            #expect(log.count(of: "closed a connection") == 1)
            #expect(service.record.withLock { $0.connections.isEmpty && $0.handled.isEmpty })
        }
    }

    @Test("a client that doesn't trust the listener, or wants another name, leaves; the log says so")
    func clientRefuses() async throws {
        try await TestCertificates.with { certificates in
            try certificates.makeAuthority("other")
            for (context, name) in [
                (try certificates.client(trusting: "other"), "localhost"),
                (try certificates.client(), "elsewhere.example"),
            ] {
                let log = CapturedLog()
                let service = TestService()
                try await withServer(service, log: log) {
                    $0.listeners = [certificates.listener()]
                } body: { server in
                    let client = try await TestClient.connect(port: server.port, tls: context, name: name)
                    try? await client.send(TestService.command(.echo, "secret"))
                    #expect(await client.frame() == nil)
                    while server.server.counters.connections.value > 0 { await Task.yield() }
                }
                #expect(service.record.withLock { $0.handled.isEmpty })
                // The name is looked at when the handshake is over for the server, which then sees it go.
                if name == "localhost" { #expect(log.count(of: "it doesn't trust this listener's certificate") == 1) }
            }
        }
    }

    @Test("a client without TLS on a TLS listener, and the reverse: closed, with one line that says what to set")
    func mixedUp() async throws {
        try await TestCertificates.with { certificates in
            let log = CapturedLog()
            let service = TestService()
            try await withServer(service, log: log) {
                $0.listeners = [
                    certificates.listener(), ListenerSpecification(name: "PLAIN", host: "127.0.0.1", port: 0),
                ]
            } body: { server in
                let ports = server.server.boundListeners().map(\.port)
                let plain = try await TestClient.connect(port: ports[0])
                try await plain.send(TestService.command(.echo, "hello"))
                #expect(await plain.frame() == nil)
                let secure = try await TestClient.connect(port: ports[1], tls: try certificates.client())
                #expect(await secure.frame() == nil)
                while server.server.counters.connections.value > 0 { await Task.yield() }
                // A port that is only looked at is nobody's trouble.
                try await TestClient.connect(port: ports[0]).close()
                while server.server.counters.connectionsAccepted.value < 3 { await Task.yield() }
            }
            #expect(
                log.count(of: "a client without TLS connected to the TLS listener TLS; it needs security.protocol=SSL")
                    == 1)
            #expect(log.count(of: "a client with TLS connected to the listener PLAIN, which has none") == 1)
            #expect(log.count(of: "closed a connection") == 2)
            #expect(service.record.withLock { $0.handled.isEmpty })
        }
    }

    @Test("a handshake that takes too long, however it drips; and a stop doesn't wait for one")
    func slow() async throws {
        try await TestCertificates.with { certificates in
            let log = CapturedLog()
            try await withServer(TestService(), log: log) {
                $0.listeners = [certificates.listener()]
                $0.handshakeMsMax = 150
            } body: { server in
                let client = try await TestClient.connect(port: server.port)
                // The header of a handshake record of 512 bytes, then its bytes one by one.
                try await client.sendRaw([0x16, 3, 1, 2, 0])
                while (try? await client.sendRaw([1])) != nil { await Task.yield() }
                try await client.closed()
            }
            #expect(log.count(of: "the TLS handshake on the listener TLS wasn't done within 150 ms") == 1)
            try await withServer(TestService(), log: log) {
                $0.listeners = [certificates.listener()]
                $0.connectionsMax = 1
                $0.handshakeMsMax = 3_600_000
                $0.shutdownMsMax = 3_600_000
            } body: { server in
                let client = try await TestClient.connect(port: server.port)
                try await client.sendRaw([0x16, 3, 1, 2, 0])
                while server.server.counters.connections.value < 1 { await Task.yield() }
                // It counts as a connection.
                let other = try await TestClient.connect(port: server.port)
                #expect(await other.frame() == nil)
            }
            #expect(log.count(of: "max.connections is 1") == 1)
        }
    }

    @Test("each server name has its certificate")
    func serverNames() async throws {
        try await TestCertificates.with { certificates in
            try certificates.issue("a", subject: "/CN=a", names: "DNS:A.example,DNS:b.example", isServer: true)
            try certificates.issue("wild", subject: "/CN=wild", names: "DNS:*.wild.example", isServer: true)
            try await withServer(TestService()) {
                $0.listeners = [certificates.listener(also: ["a", "wild"])]
            } body: { server in
                for name in ["localhost", "a.example", "b.example", "x.wild.example"] {
                    let client = try await TestClient.connect(
                        port: server.port, tls: try certificates.client(), name: name)
                    try await client.send(TestService.command(.echo, name))
                    #expect(await client.text() == name)
                    try await client.close()
                }
                for name in ["c.example", "y.x.wild.example"] {
                    let client = try await TestClient.connect(
                        port: server.port, tls: try certificates.client(), name: name)
                    #expect(await client.frame() == nil)
                }
            }
        }
    }
}
