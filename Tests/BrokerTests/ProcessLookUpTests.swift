import Synchronization
import Testing

@testable import Broker

/// What happens while the process behind a connection is looked for.
@Suite struct ProcessLookUpTests {
    /// Finds one process behind every connection, or cannot look; `meanwhile` runs during the first look-up.
    final class Lookup: PeerProcessLookup {
        let meanwhile = Mutex<(@Sendable () async -> Void)?>(nil)
        let isBusy = Atomic<Bool>(false)

        func owner(of connection: ConnectionInfo) async throws(PeerProcessUnknown) -> PeerProcess? {
            if isBusy.load(ordering: .relaxed) { throw PeerProcessUnknown() }
            if let meanwhile = meanwhile.withLock({ $0.take() }) { await meanwhile() }
            return PeerProcess(pid: 77, startTime: 99)
        }
    }

    /// Else the process would seem to be of no group, and read raw here.
    @Test func aGroupThatIsNamedMeanwhileCounts() async throws {
        let lookup = Lookup()
        let test = try await TestBroker.story(processes: lookup)
        try await test.connect(isAdmin: true).setDefault(topic: "accounts", to: "raw")
        lookup.meanwhile.withLock { $0 = { try? await test.connect().name(group: "email-app") } }
        #expect(try values(await test.connect().fetch("accounts", from: 0).records) == ["*"])
    }

    @Test func whoCantBeLookedForWaits() async throws {
        let lookup = Lookup()
        let test = try await TestBroker.story(processes: lookup)
        try await test.connect(isAdmin: true).setDefault(topic: "accounts", to: "raw")
        let member = test.connect()
        try await member.name(group: "email-app")
        lookup.isBusy.store(true, ordering: .relaxed)
        let answer = try await member.fetch("accounts", from: 0)
        #expect(answer.errorCode == .kafkaStorageError)
        #expect(answer.records.isEmpty)
        lookup.isBusy.store(false, ordering: .relaxed)
        #expect(try values(await member.fetch("accounts", from: 0).records) == ["*"])
    }
}
