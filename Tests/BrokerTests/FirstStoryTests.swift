import KafkaMessages
import Synchronization
import Testing
import Views
import WasmRuntime

@testable import Broker

/// Raw in, masked out, and who gets what: view-security §5 by number, over requests. The module replaces a value that
/// begins with `s` by `*`.
@Suite struct FirstStoryTests {
    @Test func groupReadsTheViewNobodyElseReadsAndTheAdminReadsRaw() async throws {
        let test = try await TestBroker.story()
        let member = test.connect(peer: "10.0.0.1")
        try await member.name(group: "email-app")
        #expect(try values(await member.fetch("accounts", from: 0).records) == ["*"])

        let groupless = try await test.connect(peer: "10.0.0.2").fetch("accounts", from: 0)
        #expect(groupless.errorCode == .topicAuthorizationFailed)
        #expect(groupless.records.isEmpty)
        // A refused reader doesn't learn how much was written.
        #expect(groupless.highWatermark == -1)

        #expect(try values(await test.connect(isAdmin: true).fetch("accounts", from: 0).records) == ["secret"])
    }

    @Test func aWrittenDefaultOfRawOpensTheTopicAndTheGroupKeepsItsView() async throws {
        let test = try await TestBroker.story()
        try await test.connect(isAdmin: true).setDefault(topic: "accounts", to: "raw")
        #expect(try values(await test.connect(peer: "10.0.0.2").fetch("accounts", from: 0).records) == ["secret"])
        let member = test.connect(peer: "10.0.0.1")
        try await member.name(group: "email-app")
        #expect(try values(await member.fetch("accounts", from: 0).records) == ["*"])
    }

    /// A4: candidates that would see different outcomes wait, then are denied, and never get either view.
    @Test func twoGroupsOnOneConnection() async throws {
        let test = try await TestBroker.story(["attribution.wait.ms": "0"])
        try await test.connect(isAdmin: true).bind(group: "other", topic: "accounts", to: "deny")
        let client = test.connect(peer: "10.0.0.1")
        try await client.name(group: "email-app")
        #expect(try values(await client.fetch("accounts", from: 0).records) == ["*"])
        try await client.name(group: "other")
        let answer = try await client.fetch("accounts", from: 0)
        #expect(answer.errorCode == .topicAuthorizationFailed)
        #expect(answer.records.isEmpty)
    }

    @Test func ambiguityWaitsFirst() async throws {
        let test = try await TestBroker.story(["attribution.wait.ms": "600000"])
        try await test.connect(isAdmin: true).bind(group: "other", topic: "accounts", to: "deny")
        let client = test.connect(peer: "10.0.0.1")
        try await client.name(group: "email-app")
        try await client.name(group: "other")
        let answer = try await client.fetch("accounts", from: 0)
        #expect(answer.errorCode == .kafkaStorageError)
        #expect(answer.records.isEmpty)
    }

    /// A9: a long poll that was parked as a raw reader gets nothing raw after the topic has become protected.
    @Test func aParkedFetchResolvesAgain() async throws {
        let test = try await TestBroker()
        try await test.createTopic("accounts")
        let admin = test.connect(isAdmin: true)
        _ = try await admin.deploy("mask", try ReaderFixture.guest())
        async let parked = test.connect(peer: "10.0.0.2").fetch("accounts", from: 0, maxWaitMs: 20_000)
        try await admin.bind(group: "email-app", topic: "accounts", to: "mask")
        _ = try await test.connect().produce("accounts", batch("secret"))
        let answer = try await parked
        #expect(answer.errorCode == .topicAuthorizationFailed)
        #expect(answer.records.isEmpty)
    }

    /// A11: a change that protects a topic is acknowledged when no raw byte of it is left to send.
    @Test func aChangeWaitsForRawBytesThatAreQueued() async throws {
        let test = try await TestBroker()
        try await test.createTopic("accounts")
        _ = try await test.connect().produce("accounts", batch("secret"))
        let admin = test.connect(isAdmin: true)
        _ = try await admin.deploy("mask", try ReaderFixture.guest())
        let reply = try await test.connect(peer: "10.0.0.2")
            .reply(to: TestConnection.fetchRequest("accounts", from: 0), version: 11)
        guard case .ready(let frame) = reply, let onSent = frame.onSent else {
            Issue.record("a raw answer isn't counted")
            return
        }
        let sent = Mutex(false)
        let change = Task {
            try await test.connect(isAdmin: true).bind(group: "email-app", topic: "accounts", to: "mask")
            let wasSent = sent.withLock { $0 }
            #expect(wasSent)
        }
        // The new policy holds at once, for everybody else.
        while test.broker.policy.currentState.bindings.isEmpty { await Task.yield() }
        #expect(
            try await test.connect(peer: "10.0.0.3").fetch("accounts", from: 0).errorCode == .topicAuthorizationFailed)
        sent.withLock { $0 = true }
        onSent()
        try await change.value
    }

    /// A10: bindings outlive a topic; one that is made again is born protected.
    @Test func aRecreatedTopicIsProtected() async throws {
        let test = try await TestBroker.story()
        var delete = DeleteTopicsRequest()
        delete.topicNames = ["accounts"]
        #expect(try await test.connect().send(delete, version: 4).responses[0].errorCode == .none)
        try await test.createTopic("accounts")
        _ = try await test.connect().produce("accounts", batch("secret"))
        #expect(
            try await test.connect(peer: "10.0.0.2").fetch("accounts", from: 0).errorCode == .topicAuthorizationFailed)
        let member = test.connect(peer: "10.0.0.1")
        try await member.name(group: "email-app")
        #expect(try values(await member.fetch("accounts", from: 0).records) == ["*"])
    }

    /// A15: a step that a reader brings along comes after its own outcome, and needs the right to write modules.
    @Test func adhocMapsNarrowAndNeverWiden() async throws {
        let test = try await TestBroker.story()
        var request = TestConnection.fetchRequest("accounts", from: 0)
        request.adhocModule = try .init(bytes: ReaderFixture.guest())
        func fetch(_ client: TestConnection) async throws -> FetchResponse.PartitionData {
            try await client.send(request, version: 12).responses[0].partitions[0]
        }
        #expect(try values(await fetch(test.connect(isAdmin: true)).records) == ["*"])
        #expect(try await fetch(test.connect()).errorCode == .topicAuthorizationFailed)
        #expect(try await fetch(test.connect(peer: "10.0.0.1")).errorCode == .topicAuthorizationFailed)
        // Also of what is open to everybody: the right is on modules.
        try await test.createTopic("open")
        _ = try await test.connect().produce("open", batch("secret"))
        request.topics[0].topic = "open"
        #expect(try await fetch(test.connect(peer: "10.0.0.1")).errorCode == .topicAuthorizationFailed)
        #expect(try values(await fetch(test.connect(isAdmin: true)).records) == ["*"])
    }

    /// A25: what is the broker's own is for the administrator.
    @Test(arguments: ["__sluice_modules", "__sluice_views", "__sluice_errors", "__consumer_offsets"])
    func internalTopics(name: String) async throws {
        let test = try await TestBroker.story()
        let partition: Int32 = 0
        let refused = try await test.connect().fetch(name, from: 0, partition: partition)
        #expect(refused.errorCode == .topicAuthorizationFailed)
        #expect(try await test.connect(isAdmin: true).fetch(name, from: 0, partition: partition).errorCode == .none)
        if PolicyTopic(name: name) == nil {
            let written = try await test.connect(isAdmin: true).produce(name, batch("x"), partition: partition)
            #expect(written.errorCode == .topicAuthorizationFailed)
        }
    }

    @Test func policyIsSetOverLoopbackOrTheAdminSocketOnly() async throws {
        let test = try await TestBroker.story()
        let answer = try await test.connect(peer: "10.0.0.1")
            .setPolicy(#"["default",["exact","accounts"]]"#, target: "raw")
        #expect(answer.errorCode == .topicAuthorizationFailed)
        #expect(
            try await test.connect(peer: "10.0.0.2").fetch("accounts", from: 0).errorCode == .topicAuthorizationFailed)
    }

    @Test func aPinnedListenerSpeaksForItsGroup() async throws {
        let test = try await TestBroker.story()
        let pinned = test.connect(peer: "10.0.0.1", pinnedGroup: "email-app")
        #expect(try values(await pinned.fetch("accounts", from: 0).records) == ["*"])
        // Another group there is refused and is evidence of nothing.
        var join = JoinGroupRequest()
        join.groupId = "other"
        join.sessionTimeoutMs = 10_000
        join.protocolType = "consumer"
        #expect(try await pinned.send(join, version: 5).errorCode == .groupAuthorizationFailed)
        var heartbeat = HeartbeatRequest()
        heartbeat.groupId = "other"
        #expect(try await pinned.send(heartbeat, version: 3).errorCode == .groupAuthorizationFailed)
        var find = FindCoordinatorRequest()
        find.key = "other"
        #expect(try await pinned.send(find, version: 2).errorCode == .groupAuthorizationFailed)
        var request = TestConnection.fetchRequest("accounts", from: 0)
        request.group = "other"
        #expect(try await pinned.send(request, version: 12).errorCode == .groupAuthorizationFailed)
        #expect(try values(await pinned.fetch("accounts", from: 0).records) == ["*"])
    }

    /// A listener that lets nothing raw out, or nothing at all, whatever the policy gives; it opens nothing.
    @Test(arguments: [ListenerRule.Cap.none, .noRaw, .deny]) func aListenerOnlyTightens(
        cap: ListenerRule.Cap
    ) async throws {
        let test = try await TestBroker.story()
        let view = cap == .deny ? ErrorCode.topicAuthorizationFailed : .none
        let raw = cap == .none ? ErrorCode.none : .topicAuthorizationFailed
        let grouped = test.connect(peer: "10.0.0.1", pinnedGroup: "email-app", cap: cap)
        #expect(try await grouped.fetch("accounts", from: 0).errorCode == view)
        let denied = test.connect(peer: "10.0.0.2", cap: cap)
        #expect(try await denied.fetch("accounts", from: 0).errorCode == .topicAuthorizationFailed)
        try await test.createTopic("open")
        _ = try await test.connect().produce("open", batch("x"))
        #expect(try await denied.fetch("open", from: 0).errorCode == raw)
        var offsets = ListOffsetsRequest()
        offsets.replicaId = -1
        offsets.topics = [.init()]
        offsets.topics[0].name = "open"
        offsets.topics[0].partitions = [.init()]
        offsets.topics[0].partitions[0].timestamp = -1
        #expect(try await denied.send(offsets, version: 5).firstError == raw)
    }

    @Test func policySurvivesARestart() async throws {
        let folder = TemporaryFolder()
        do {
            let first = try await TestBroker.story(folder: folder)
            await first.broker.close()
        }
        let second = try await TestBroker(folder: folder)
        let member = second.connect(peer: "10.0.0.1")
        try await member.name(group: "email-app")
        #expect(try values(await member.fetch("accounts", from: 0).records) == ["*"])
        #expect(
            try await second.connect(peer: "10.0.0.2").fetch("accounts", from: 0).errorCode
                == .topicAuthorizationFailed)
        await second.broker.close()
    }

    /// A19: a poison record stops one partition under `stop`; what came before it is delivered, and it's written down once.
    @Test func aPoisonRecordStopsItsPartition() async throws {
        let test = try await TestBroker.story()
        _ = try await test.connect().produce("accounts", batch("e"))
        let member = test.connect(peer: "10.0.0.1")
        try await member.name(group: "email-app")
        #expect(try values(await member.fetch("accounts", from: 0).records) == ["*"])
        for _ in 0..<3 {
            let answer = try await member.fetch("accounts", from: 1)
            #expect(answer.errorCode == .unknownServerError)
            #expect(answer.records.isEmpty)
        }
        let admin = test.connect(isAdmin: true)
        let errors = try await admin.fetch("__sluice_errors", from: 0, maxWaitMs: 10_000)
        let found = try values(errors.records)
        #expect(found.count == 1)
        #expect(found.first?.contains(#""class":"module_error""#) == true)
    }
}
