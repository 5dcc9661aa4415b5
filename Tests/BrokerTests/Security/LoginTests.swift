import KafkaMessages
import NIOCore
import TestSupport
import Testing
import Views

@testable import Broker

/// Logging in, as a client sees it on a listener that asks for it.
@Suite struct LoginTests {
    private static let all = SaslMechanism.allCases

    private static func metadata(_ client: TestConnection) async throws -> MetadataResponse {
        try await client.send(MetadataRequest(), version: 9)
    }

    @Test(arguments: SaslMechanism.allCases) func aUserLogsIn(mechanism: SaslMechanism) async throws {
        let test = try await TestBroker()
        try await test.addUser("alice", "secret", [.sha256, .sha512])
        let client = test.connect(sasl: Self.all)
        _ = try await client.send(ApiVersionsRequest(), version: 3)
        #expect(client.session.awaitsLogin)
        let answer = try await client.logIn(as: "alice", "secret", mechanism)
        #expect(answer.errorCode == .none && answer.sessionLifetimeMs == 0)
        #expect(!client.session.awaitsLogin)
        #expect((client.session as? BrokerSession)?.principal == .user("alice"))
        #expect(try await Self.metadata(client).brokers.count == 1)
    }

    @Test(arguments: SaslMechanism.allCases)
    func aWrongPasswordAndAnUnknownUserAreToldTheSame(mechanism: SaslMechanism) async throws {
        let lines = LogLines()
        let test = try await TestBroker(
            ["connection.failed.authentication.delay.ms": "0"], securityLogger: lines.logger)
        try await test.addUser("alice", "secret", [.sha256, .sha512])
        var texts: Set<String?> = []
        for (user, password) in [("alice", "wrong"), ("nobody", "secret")] {
            let client = test.connect(sasl: Self.all)
            let answer = try await client.logIn(as: user, password, mechanism)
            #expect(answer.errorCode == .saslAuthenticationFailed && answer.authBytes.readableBytes == 0)
            texts.insert(answer.errorMessage)
            #expect(client.session.awaitsLogin)
            await #expect(throws: ConnectionClosure.self) { try await Self.metadata(client) }
        }
        #expect(texts.count == 1)
        #expect(lines.all.count == 2)
        #expect(lines.all[0].hasPrefix("a login failed: wrong user or password"))
        #expect(lines.all[0].contains("user=alice") && lines.all[0].contains("mechanism=\(mechanism.rawValue)"))
        #expect(!lines.all.contains { $0.contains("secret") || $0.contains("password=") })
    }

    @Test func theConnectionClosesAfterARefusal() async throws {
        let test = try await TestBroker(["connection.failed.authentication.delay.ms": "0"])
        let client = test.connect(sasl: [.plain])
        var request = SaslHandshakeRequest()
        request.mechanism = "SCRAM-SHA-256"
        guard case .ready(let refused) = try await client.reply(to: request, version: 1) else {
            Issue.record("no answer")
            return
        }
        #expect(refused.closes)
        let answer = try await test.connect(sasl: [.plain]).handshake("SCRAM-SHA-256")
        #expect(answer.errorCode == .unsupportedSaslMechanism && answer.mechanisms == ["PLAIN"])
        let other = test.connect(sasl: [.plain])
        _ = try await other.handshake("PLAIN")
        var wrong = SaslAuthenticateRequest()
        wrong.authBytes = ByteBuffer(bytes: TestConnection.plain("a", "b"))
        guard case .ready(let failed) = try await other.reply(to: wrong, version: 2) else {
            Issue.record("no answer")
            return
        }
        #expect(failed.closes)
    }

    /// Everything but the requests of a login closes the connection, in each version.
    @Test func nothingIsHandledBeforeALogin() async throws {
        let test = try await TestBroker(["connection.failed.authentication.delay.ms": "0"])
        for (api, version) in SupportedApis.all.flatMap({ api in api.versions.map { (api, $0) } }) {
            let client = test.connect(sasl: Self.all)
            var frame = ByteBuffer()
            frame.writeInteger(api.apiKey.rawValue)
            frame.writeInteger(version)
            frame.writeInteger(Int32(1))
            frame.writeInteger(Int16(-1))
            frame.writeRepeatingByte(0, count: 64)
            let isPartOfLogin = [.apiVersions, .saslHandshake, .saslAuthenticate].contains(api.apiKey)
            do {
                _ = try await client.session.handle(frame)
                #expect(isPartOfLogin, "\(api.name) version \(version)")
            } catch {
                // One that is handled may find the body malformed.
                #expect(
                    isPartOfLogin || "\(error)".contains("before the login"), "\(api.name) version \(version): \(error)"
                )
            }
            #expect(client.session.awaitsLogin)
        }
    }

    @Test func withoutALoginThereBothRequestsAreOutOfPlace() async throws {
        let test = try await TestBroker()
        #expect(try await test.connect().handshake("PLAIN").errorCode == .illegalSaslState)
        #expect(try await test.connect().authenticate([]).errorCode == .illegalSaslState)
    }

    @Test func aMessageWithoutAHandshakeFails() async throws {
        let test = try await TestBroker(["connection.failed.authentication.delay.ms": "0"])
        try await test.addUser("alice", "secret")
        let answer = try await test.connect(sasl: [.plain]).authenticate(TestConnection.plain("alice", "secret"))
        #expect(answer.errorCode == .saslAuthenticationFailed)
    }

    /// SaslHandshake v0: the messages come without headers, and so do the answers.
    @Test func bareMessages() async throws {
        let test = try await TestBroker(["connection.failed.authentication.delay.ms": "0"])
        try await test.addUser("alice", "secret")
        let client = test.connect(sasl: Self.all)
        #expect(try await client.handshake("SCRAM-SHA-256", version: 0).errorCode == .none)
        let scram = ScramClient(user: "alice", password: "secret", mechanism: .sha256)
        func exchange(_ message: [UInt8]) async throws -> [UInt8] {
            guard case .ready(let frame) = try await client.session.handle(ByteBuffer(bytes: message)),
                case .bytes(let bytes)? = frame.parts.first
            else { throw TestFailure("no answer") }
            return Array(bytes.readableBytesView)
        }
        let (final, verifier) = try scram.final(try await exchange(scram.first))
        #expect(String(decoding: try await exchange(final), as: UTF8.self) == verifier)
        #expect(try await Self.metadata(client).brokers.count == 1)

        let other = test.connect(sasl: Self.all)
        _ = try await other.handshake("PLAIN", version: 0)
        await #expect(throws: ConnectionClosure.self) {
            try await other.session.handle(ByteBuffer(bytes: TestConnection.plain("alice", "wrong")))
        }
    }

    // MARK: Logging in again (KIP-368)

    @Test func aLoginLapsesUnlessItIsRenewed() async throws {
        let clock = ShiftedClock()
        let test = try await TestBroker(["connections.max.reauth.ms": "60000"], clock: clock)
        try await test.addUser("alice", "secret")
        let client = test.connect(sasl: Self.all)
        #expect(try await client.logIn(as: "alice", "secret", .scramSha256).sessionLifetimeMs == 60_000)
        clock.advance(ms: 50_000)
        #expect(try await client.logIn(as: "alice", "secret", .scramSha256).sessionLifetimeMs == 60_000)
        clock.advance(ms: 50_000)
        _ = try await Self.metadata(client)
        clock.advance(ms: 11_000)
        await #expect(throws: ConnectionClosure.self) { try await Self.metadata(client) }
    }

    @Test func nobodyBecomesSomebodyElse() async throws {
        let clock = ShiftedClock()
        let lines = LogLines()
        let test = try await TestBroker(
            ["connection.failed.authentication.delay.ms": "0"], clock: clock, securityLogger: lines.logger)
        try await test.addUser("alice", "secret")
        try await test.addUser("bob", "hidden")
        let client = try await test.connect(as: "alice", "secret")
        clock.advance(ms: 2000)
        #expect(try await client.logIn(as: "bob", "hidden", .plain).errorCode == .saslAuthenticationFailed)
        #expect((client.session as? BrokerSession)?.principal == .user("alice"))
        #expect(lines.all.map { $0.prefix(60) } == ["a login failed: logs in again as another principal connectio"])
    }

    @Test func nobodyLogsInAgainAtOnce() async throws {
        let clock = ShiftedClock()
        let test = try await TestBroker(clock: clock)
        try await test.addUser("alice", "secret")
        let client = try await test.connect(as: "alice", "secret")
        // However long the machine takes for all this.
        clock.advance(ms: -60_000)
        #expect(try await client.handshake("PLAIN").errorCode == .illegalSaslState)
        _ = try await Self.metadata(client)
    }

    // MARK: Users

    @Test func usersAreKeptAndGo() async throws {
        let folder = TemporaryFolder()
        do {
            let first = try await TestBroker(folder: folder)
            try await first.addUser("alice", "secret", [.sha256, .sha512])
            await first.broker.close()
        }
        let test = try await TestBroker(["connection.failed.authentication.delay.ms": "0"], folder: folder)
        _ = try await test.connect(as: "alice", "secret")
        let admin = test.connect(isAdmin: true)
        let described = try await admin.send(DescribeUserScramCredentialsRequest(), version: 0)
        #expect(described.results.map(\.user) == ["alice"])
        #expect(described.results[0].credentialInfos.map(\.mechanism) == [1, 2])
        var request = AlterUserScramCredentialsRequest()
        request.deletions = [Int8(1), 2].map { mechanism in
            var deletion = AlterUserScramCredentialsRequest.ScramCredentialDeletion()
            deletion.name = "alice"
            deletion.mechanism = mechanism
            return deletion
        }
        #expect(try await admin.send(request, version: 0).results.map(\.errorCode) == [.none])
        #expect(try await admin.send(request, version: 0).results.map(\.errorCode) == [.resourceNotFound])
        let answer = try await test.connect(sasl: Self.all).logIn(as: "alice", "secret", .plain)
        #expect(answer.errorCode == .saslAuthenticationFailed)
        await test.broker.close()
    }

    /// What somebody who doesn't exist seems to have is the same after a restart.
    @Test func saltsOfNobodyStay() async throws {
        let folder = TemporaryFolder()
        var salts: Set<String> = []
        for _ in 0..<2 {
            let test = try await TestBroker(folder: folder)
            let client = test.connect(sasl: Self.all)
            _ = try await client.handshake("SCRAM-SHA-256")
            let scram = ScramClient(user: "nobody", password: "", mechanism: .sha256)
            let first = String(buffer: try await client.authenticate(scram.first).authBytes)
            salts.insert(String(first[try #require(first.firstRange(of: ",s=")).lowerBound...]))
            await test.broker.close()
        }
        #expect(salts.count == 1)
    }

    @Test func withoutAnAuthorizerUsersAreTheAdministrators() async throws {
        let test = try await TestBroker()
        try await test.addUser("alice", "secret")
        let client = try await test.connect(as: "alice", "secret")
        let described = try await client.send(DescribeUserScramCredentialsRequest(), version: 0)
        #expect(described.errorCode == .clusterAuthorizationFailed && described.results.isEmpty)
        #expect(described.errorMessage?.contains("admin socket") == true)
        #expect(try await client.send(DescribeAclsRequest(), version: 1).errorCode == .securityDisabled)
    }
}
