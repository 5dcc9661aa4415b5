import KafkaMessages
import NIOCore
import ProtocolTestBroker
import Scram
import Testing

@testable import KafkaClient

@Suite struct LoginTests {
    private static func memory(_ change: (inout MemorySecurity) -> Void = { _ in }) -> MemoryBroker {
        let memory = MemoryBroker()
        var security = MemorySecurity()
        security.asksForLogin = true
        security.passwords = ["alice": "secret"]
        for (code, mechanism) in [(Int8(1), ScramMechanism.sha256), (2, .sha512)] {
            let salt = Array("some salt".utf8)
            for user in ["alice", "a,l=ice"] {
                security.credentials[MemorySecurity.CredentialKey(user, code)] = MemorySecurity.Credential(
                    iterations: 4096, salt: salt,
                    saltedPassword: mechanism.saltedPassword(Array("secret".utf8), salt: salt, iterations: 4096))
            }
        }
        change(&security)
        memory.state.withLock { $0.security = security }
        return memory
    }

    private static func configuration(
        _ mechanism: ClientLogin.Mechanism, _ user: String = "alice", _ password: String = "secret"
    ) -> KafkaConnection.Configuration {
        var configuration = KafkaConnection.Configuration(clientId: "test")
        configuration.login = ClientLogin(mechanism, user: user, password: Array(password.utf8))
        return configuration
    }

    private static func failure(
        _ memory: MemoryBroker, _ configuration: KafkaConnection.Configuration
    ) async throws -> KafkaClientError? {
        try await FakeBroker.with(memory.script) { broker in
            await #expect(throws: KafkaClientError.self) {
                try await KafkaConnection.connect(to: broker.address, configuration: configuration)
            }
        }
    }

    @Test(arguments: ClientLogin.Mechanism.allCases, ["alice", "a,l=ice"])
    func whoKnowsThePasswordGetsIn(mechanism: ClientLogin.Mechanism, user: String) async throws {
        let memory = Self.memory { $0.passwords["a,l=ice"] = "secret" }
        try await FakeBroker.with(memory.script) { broker in
            let connection = try await KafkaConnection.connect(
                to: broker.address, configuration: Self.configuration(mechanism, user))
            #expect(try await connection.send(MetadataRequest()).clusterId == "memory")
            #expect(connection.isOpen)
            await connection.close()
        }
        #expect(memory.state.withLock { $0.security?.logins } == [user])
    }

    @Test(arguments: ClientLogin.Mechanism.allCases, [("alice", "wrong"), ("eve", "secret")])
    func whoDoesNotIsToldSo(mechanism: ClientLogin.Mechanism, wrong: (user: String, password: String)) async throws {
        let error = try await Self.failure(Self.memory(), Self.configuration(mechanism, wrong.user, wrong.password))
        #expect(error?.code == .loginFailed)
        #expect(error?.message.contains("as \(wrong.user) by \(mechanism.rawValue): wrong user or password") == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test func whatAMechanismNeedsIsSaid() async throws {
        let only = try await Self.failure(Self.memory { $0.mechanisms = ["PLAIN"] }, Self.configuration(.scramSha512))
        #expect(only?.code == .loginFailed)
        #expect(only?.message.contains("doesn't take SCRAM-SHA-512; it takes PLAIN: set sasl.mechanism") == true)
        let none = try await Self.failure(Self.memory { $0.asksForLogin = false }, Self.configuration(.scramSha512))
        #expect(
            none?.message.contains("the listener takes no logins; set security.protocol to PLAINTEXT or SSL") == true)
        let never = try await Self.failure(MemoryBroker(), Self.configuration(.scramSha512))
        #expect(never?.code == .loginFailed)
    }

    @Test(
        arguments: [
            (.otherNonce, "another nonce"), (.tooManyIterations, "iterations"), (.tooFewIterations, "iterations"),
            (.wrongSignature, "it may be a false one"), (.refusal, "the broker refuses"), (.notText, "no text"),
        ] as [(MemorySecurity.Fault, String)])
    func aFalseBrokerIsFoundOut(fault: MemorySecurity.Fault, words: String) async throws {
        let error = try await Self.failure(Self.memory { $0.fault = fault }, Self.configuration(.scramSha256))
        #expect(error?.code == .loginFailed)
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }

    @Test func whoHangsUpAtOnceMayWantALogin() async throws {
        try await FakeBroker.with(Self.memory().script) { broker in
            let connection = try await KafkaConnection.connect(
                to: broker.address, configuration: KafkaConnection.Configuration(clientId: "test"))
            let error = await #expect(throws: KafkaClientError.self) { try await connection.send(MetadataRequest()) }
            #expect(error?.code == .connectionClosed)
            #expect(error?.message.hasSuffix("it may want TLS or a login (security.protocol)") == true)
        }
    }

    /// KIP-368: what goes on does so on a connection of its own, before the broker ends the login.
    @Test func aWornOutLoginIsRenewed() async throws {
        let memory = Self.memory { $0.lifetimeMs = 1 }
        try await FakeBroker.with(memory.script) { broker in
            try await Cluster.with(broker.address, configuration: Self.configuration(.scramSha256)) { cluster in
                let first = try await cluster.connection()
                while first.isOpen { await Task.yield() }
                let second = try await cluster.connection()
                #expect(first !== second)
                // Answers to what was asked before still come.
                #expect(try await first.send(MetadataRequest()).clusterId == "memory")
            }
        }
        #expect(memory.state.withLock { $0.security?.logins } == ["alice", "alice"])
    }

    @Test func aSocketAsksForNothing() async throws {
        let path = "/tmp/sluice-login-\(UInt64.random(in: .min ... .max)).sock"
        try await FakeBroker.with(unixPath: path, MemoryBroker().script) { broker in
            let connection = try await KafkaConnection.connect(
                to: broker.address, configuration: Self.configuration(.plain))
            #expect(!broker.requests.contains(.saslHandshake))
            await connection.close()
        }
    }
}
