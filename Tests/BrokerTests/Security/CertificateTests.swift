import KafkaMessages
import Testing
import Views

@testable import Broker

/// Principals that a client's certificate proves (A2: nobody else gets what names one).
@Suite struct CertificateTests {
    private func raw(to principal: String, _ test: TestBroker) async throws {
        let answer = try await test.connect(isAdmin: true).setPolicy(
            #"["binding",["any"],["exact","\#(principal)"],["exact","accounts"]]"#, target: "raw")
        #expect(answer.errorCode == .none, "\(answer.errorMessage ?? "")")
    }

    @Test func aCertificateOpensWhatABindingNames() async throws {
        let test = try await TestBroker.story()
        try await raw(to: "User:alice", test)
        let alice = test.connect(peer: "10.0.0.1", certificate: .authenticated(user: "alice"))
        #expect(try values(await alice.fetch("accounts", from: 0).records) == ["secret"])
        // As the group she gets the group's view, which a claim selects.
        try await alice.name(group: "email-app")
        #expect(try values(await alice.fetch("accounts", from: 0).records) == ["*"])
        for certificate in [nil, Principal.authenticated(user: "mallory"), .authenticated(user: "Alice")] {
            let other = test.connect(peer: "10.0.0.2", certificate: certificate)
            let answer = try await other.fetch("accounts", from: 0)
            #expect(answer.errorCode == .topicAuthorizationFailed)
            #expect(answer.records.isEmpty)
        }
    }

    /// A27: a name that looks like the administrator's is a user's.
    @Test func noCertificateIsTheAdministrator() async throws {
        let test = try await TestBroker.story()
        for name in ["Admin:local", "admin", "User:alice"] {
            let client = test.connect(peer: "10.0.0.1", certificate: .authenticated(user: name))
            let answer = try await client.fetch("accounts", from: 0)
            #expect(answer.errorCode == .topicAuthorizationFailed)
            #expect(answer.records.isEmpty)
        }
    }
}
