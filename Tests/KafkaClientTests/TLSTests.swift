import KafkaMessages
import NIOCore
import NIOSSL
import ProtocolTestBroker
import Testing

@testable import KafkaClient

@Suite struct TLSTests {
    private static let localAddresses: [[UInt8]] = [[127, 0, 0, 1]]

    private static func tls(
        _ certificates: TestCertificates, identity: TestCertificates.Pair? = nil, checksName: Bool = true
    ) throws -> ClientTLS {
        func source(_ text: String) -> ClientTLS.Source { ClientTLS.Source(name: "test.pem", bytes: Array(text.utf8)) }
        return try ClientTLS(
            trust: source(certificates.authority.certificatePEM),
            identity: try identity.map {
                ClientTLS.Identity(chain: source(try $0.certificatePEM), key: source(try $0.keyPEM))
            }, checksName: checksName)
    }

    private static func connect(
        _ context: NIOSSLContext?, _ tls: ClientTLS?, timeout: TimeAmount = .seconds(10)
    ) async throws -> String? {
        var configuration = KafkaConnection.Configuration(clientId: "test")
        configuration.tls = tls
        configuration.requestTimeout = timeout
        return try await FakeBroker.with(tls: context, MemoryBroker().script) { [configuration] broker in
            let connection = try await KafkaConnection.connect(to: broker.address, configuration: configuration)
            let answer = try await connection.send(MetadataRequest())
            await connection.close()
            return answer.clusterId
        }
    }

    private static func failure(_ context: NIOSSLContext?, _ tls: ClientTLS?) async -> KafkaClientError? {
        await #expect(throws: KafkaClientError.self) { _ = try await connect(context, tls) }
    }

    @Test func requestsGoThroughTLS() async throws {
        let certificates = try TestCertificates()
        let context = try certificates.context(try certificates.leaf("b", addresses: Self.localAddresses))
        #expect(try await Self.connect(context, Self.tls(certificates)) == "memory")
    }

    @Test func aCertificateOfAnotherNameIsNotTrusted() async throws {
        let certificates = try TestCertificates()
        let context = try certificates.context(try certificates.leaf("b", names: ["broker.example", "localhost"]))
        let error = await Self.failure(context, try Self.tls(certificates))
        #expect(error?.code == .untrusted)
        #expect(error?.message.contains("it is for broker.example, localhost, not for 127.0.0.1") == true, "\(error!)")
        #expect(try await Self.connect(context, Self.tls(certificates, checksName: false)) == "memory")
    }

    @Test func anExpiredOneIsNot() async throws {
        let certificates = try TestCertificates()
        let old = try certificates.context(try certificates.leaf("b", addresses: Self.localAddresses, days: -10 ..< -3))
        let error = await Self.failure(old, try Self.tls(certificates))
        #expect(error?.code == .untrusted)
        #expect(error?.message.contains("it expired 3 days ago") == true, "\(error!)")
        let future = try certificates.context(try certificates.leaf("b", addresses: Self.localAddresses, days: 1..<3))
        #expect(await Self.failure(future, try Self.tls(certificates))?.message.contains("isn't valid yet") == true)
    }

    @Test func oneOfAnUnknownAuthorityIsNot() async throws {
        let certificates = try TestCertificates()
        let context = try certificates.context(try certificates.leaf("b", addresses: Self.localAddresses))
        let error = await Self.failure(context, try Self.tls(TestCertificates()))
        #expect(error?.code == .untrusted)
        #expect(
            error?.message.contains("no authority in test.pem vouches for it: ssl.truststore.location") == true,
            "\(error!)")
    }

    @Test func aBrokerKnowsItsClientByACertificate() async throws {
        let certificates = try TestCertificates()
        let context = try certificates.context(
            try certificates.leaf("b", addresses: Self.localAddresses), asksForClient: true)
        let alice = try certificates.leaf("alice")
        #expect(try await Self.connect(context, Self.tls(certificates, identity: alice)) == "memory")
        let none = await Self.failure(context, try Self.tls(certificates))
        #expect(none?.code == .tlsFailed)
        #expect(none?.message.contains("it wants a client certificate; set ssl.keystore.location") == true, "\(none!)")
        let stranger = await Self.failure(
            context, try Self.tls(certificates, identity: try TestCertificates().leaf("alice")))
        #expect(stranger?.code == .tlsFailed, "\(stranger!)")
    }

    @Test func whoSpeaksTheOtherWayIsToldHow() async throws {
        let certificates = try TestCertificates()
        let context = try certificates.context(try certificates.leaf("b", addresses: Self.localAddresses))
        let plain = await Self.failure(context, nil)
        #expect(
            plain?.message.contains("set security.protocol to SSL or SASL_SSL") == true
                || plain?.code == .connectionClosed, "\(plain!)")
    }

    @Test func aPlainBrokerIsFoundOut() async throws {
        // A frame of 369 MB is what a ClientHello looks like: the stand-in waits for its end, as for a slow client.
        let certificates = try TestCertificates()
        var configuration = KafkaConnection.Configuration(clientId: "test")
        configuration.tls = try Self.tls(certificates)
        let script: FakeBroker.Script = { _ in .closeConnection }
        configuration.requestTimeout = .milliseconds(300)
        try await FakeBroker.with(script) { [configuration] broker in
            let error = await #expect(throws: KafkaClientError.self) {
                try await KafkaConnection.connect(to: broker.address, configuration: configuration)
            }
            #expect(error?.code == .timedOut || error?.code == .tlsFailed)
        }
    }

    @Test func whatIsNoCertificateIsRefused() throws {
        func message(_ bytes: [UInt8]) -> String? {
            #expect(throws: KafkaClientError.self) {
                try ClientTLS(trust: ClientTLS.Source(name: "trust.pem", bytes: bytes))
            }?.message
        }
        #expect(message(Array("nothing".utf8)) == "trust.pem holds no PEM certificate")
        #expect(message([])?.hasPrefix("trust.pem holds no PEM certificate") == true)
        #expect(message([0xFE, 0xED, 0xFE, 0xED, 0])?.contains("`keytool -list -rfc`") == true)
        #expect(message([0x30, 0x82, 1, 1])?.contains("openssl") == true)
    }

    @Test func aKeyBelongsToItsCertificate() throws {
        let certificates = try TestCertificates()
        let (alice, bob) = (try certificates.leaf("alice"), try certificates.leaf("bob"))
        func source(_ name: String, _ text: String) -> ClientTLS.Source {
            ClientTLS.Source(name: name, bytes: Array(text.utf8))
        }
        let mixed = try ClientTLS.Identity(
            chain: source("alice.pem", alice.certificatePEM), key: source("bob.key", bob.keyPEM))
        let error = #expect(throws: KafkaClientError.self) { try ClientTLS(trust: nil, identity: mixed) }
        #expect(error?.message == "the key in bob.key isn't that of the first certificate in alice.pem")
        let none = try ClientTLS.Identity(
            chain: source("alice.pem", alice.certificatePEM), key: source("alice.key", "-"))
        let missing = #expect(throws: KafkaClientError.self) { try ClientTLS(trust: nil, identity: none) }
        #expect(missing?.message == "alice.key holds no PEM private key")
    }

    @Test func namesAndTimesOfACertificateMakeTheReason() throws {
        let tls = try Self.tls(TestCertificates())
        var certificate = PeerCertificate(names: ["*.example", "::1"], notBefore: 1000, notAfter: 2000)
        #expect(certificate.reason(host: "b.example", tls: tls, now: 1500).hasPrefix("no authority in test.pem"))
        #expect(
            certificate.reason(host: "a.b.example", tls: tls, now: 1500).hasPrefix(
                "it is for *.example, ::1, not for a.b.example"))
        #expect(certificate.reason(host: "b.example", tls: tls, now: 2001).hasPrefix("it expired today"))
        #expect(certificate.reason(host: "b.example", tls: tls, now: 999).hasPrefix("it isn't valid yet"))
        certificate.names = []
        #expect(certificate.reason(host: "b", tls: tls, now: 1500).hasPrefix("it is for no name, not for b"))
    }
}
