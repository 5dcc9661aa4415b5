import NIOSSL
import Synchronization
import Testing

@testable import BrokerServer

/// Certificates that change while the server runs.
@Suite(.timeLimit(.minutes(1)))
struct TLSReloadTests {
    private func isServed(_ server: RunningServer, _ context: NIOSSLContext) async throws -> Bool {
        let client = try await TestClient.connect(port: server.port, tls: context)
        try? await client.send(TestService.command(.echo, "hello"))
        let answer = await client.text()
        try? await client.close()
        return answer == "hello"
    }

    @Test("new files are taken, broken ones aren't, and connections that are open stay")
    func serverCertificate() async throws {
        try await TestCertificates.with { certificates in
            let log = CapturedLog()
            try await withServer(TestService(), log: log) {
                $0.listeners = [certificates.listener()]
            } body: { server in
                let open = try await TestClient.connect(port: server.port, tls: try certificates.client())
                try await open.send(TestService.command(.echo, "before"))
                #expect(await open.text() == "before")
                server.server.lookAtCertificates()
                #expect(log.count(of: "were read again") == 0)

                // Another authority's; the certificate comes before the key that belongs to it.
                try certificates.makeAuthority("next")
                try certificates.issue(
                    "new", subject: "/CN=localhost", by: "next", names: "DNS:localhost", isServer: true)
                try certificates.run("cp new.pem server.pem")
                server.server.lookAtCertificates()
                server.server.lookAtCertificates()
                #expect(log.count(of: "keeps the certificates that it has: the key of key=") == 1)
                #expect(try await isServed(server, try certificates.client()))

                try certificates.run("cp new.key server.key")
                server.server.lookAtCertificates()
                #expect(log.count(of: "were read again") == 1)
                #expect(try await isServed(server, try certificates.client(trusting: "next")))
                #expect(try await !isServed(server, try certificates.client()))

                try certificates.run("echo nonsense > server.pem")
                server.server.lookAtCertificates()
                #expect(log.count(of: "holds no certificate in PEM") == 1)
                try certificates.run("rm server.pem")
                server.server.lookAtCertificates()
                #expect(log.count(of: "can't read tls=") == 1)
                #expect(try await isServed(server, try certificates.client(trusting: "next")))

                try await open.send(TestService.command(.echo, "after"))
                #expect(await open.text() == "after")
            }
        }
    }

    @Test("what is removed from the trust file is refused from the next handshake on")
    func revokedByRemoval() async throws {
        try await TestCertificates.with { certificates in
            try certificates.makeAuthority("second")
            try certificates.issue("bob", subject: "/CN=bob", by: "second")
            try certificates.run("cat ca.pem second.pem > trust.pem")
            try await withServer(TestService()) {
                $0.listeners = [certificates.listener(clientCA: "trust")]
            } body: { server in
                let (alice, bob) = (try certificates.client("alice"), try certificates.client("bob"))
                #expect(try await isServed(server, alice))
                #expect(try await isServed(server, bob))
                try certificates.run("cp ca.pem trust.pem")
                // A reload of the configuration reads them, too, changed or not.
                var configuration = server.server.context.configuration
                configuration.idleMsMax = 1000
                server.server.reload(configuration)
                #expect(try await isServed(server, alice))
                #expect(try await !isServed(server, bob))
            }
        }
    }

    @Test("the files are looked at by themselves")
    func watch() async throws {
        try await TestCertificates.with { certificates in
            let log = CapturedLog()
            try await withServer(TestService(), log: log) {
                $0.listeners = [certificates.listener()]
                $0.certificateCheckMs = 1
            } body: { server in
                try certificates.run("touch server.pem")
                while log.count(of: "were read again") == 0 { await Task.yield() }
            }
        }
    }

    @Test("a session that is resumed ends with its certificate, and the operator is told before one expires")
    func expiry() async throws {
        try await TestCertificates.with { certificates in
            let now = Mutex<Int64>(0)
            let tls = try #require(certificates.listener(clientCA: "ca").tls)
            let listener = try TLSListener(name: "TLS", tls, TLSSettings()) { now.withLock { $0 } }
            let alice = try NIOSSLCertificate.fromPEMFile(certificates.certificate("alice"))[0]
            let end = Int64(alice.notValidAfter)
            now.withLock { $0 = end }
            #expect(try listener.principal(of: alice)?.description == "User:CN=alice,OU=Users,O=Widgets")
            now.withLock { $0 = end + 1 }
            #expect(throws: TLSListener.Refusal.self) { try listener.principal(of: alice) }

            let log = CapturedLog()
            now.withLock { $0 = listener.expirySeconds - 15 * 86_400 }
            listener.warnIfExpired(log.logger)
            #expect(log.count(of: "a certificate") == 0)
            now.withLock { $0 = listener.expirySeconds - 86_401 }
            listener.warnIfExpired(log.logger)
            #expect(log.count(of: "a certificate of a listener expires in 1 days listener=TLS") == 1)
            now.withLock { $0 = listener.expirySeconds }
            listener.warnIfExpired(log.logger)
            #expect(log.count(of: "a certificate of a listener has expired") == 1)
        }
    }

    @Test("files that can't be taken keep the server from starting, by name")
    func start() async throws {
        try await TestCertificates.with { certificates in
            try certificates.run("openssl pkey -in server.key -aes256 -passout pass:secret -out locked.key")
            try certificates.run("cat server.pem server.key > both.pem; cp both.pem both.key; cp server.pem locked.pem")
            try certificates.run(
                "cp server.pem mixed.pem; cp alice.key mixed.key; cp server.key empty.pem; cp ca.pem keyless.pem")
            try certificates.run("cp ca.pem keyless.key")
            for (name, clientCA, reason) in [
                ("missing", nil, "can't read tls="), ("locked", nil, "is encrypted, which isn't supported"),
                ("mixed", nil, "doesn't belong to the certificate"), ("empty", nil, "holds no certificate in PEM"),
                ("keyless", nil, "holds no private key in PEM"), ("server", "empty", "client-ca="),
            ] as [(String, String?, String)] {
                var configuration = ServerConfiguration()
                configuration.listeners = [certificates.listener(name, clientCA: clientCA)]
                let server = BrokerServer(
                    configuration: configuration, service: TestService(), logger: CapturedLog().logger)
                let error = await #expect(throws: ServerError.self) { try await server.bind() }
                #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
                #expect(error?.description.hasPrefix("listener TLS: ") == true)
            }
            // Certificate and key in one file, as Kafka has them.
            _ = try TLSListener(
                name: "TLS",
                ListenerTLS(certificates: [
                    .init(certificate: certificates.certificate("both"), key: certificates.certificate("both"))
                ]),
                TLSSettings())
        }
    }
}
