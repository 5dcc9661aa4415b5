import Broker
import KafkaClient
import KafkaMessages
import NIOCore
import Testing
import Views

@testable import sluice

private let wasm: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

private func topic(_ name: String) -> ClusterMetadata.Topic {
    ClusterMetadata.Topic(name: name, id: Uuid(high: 1, low: 2), partitions: [])
}

private func record(
    _ key: [UInt8], _ value: [UInt8]?, headers: [(key: String, value: [UInt8]?)] = [], topic: String = "t"
) -> ConsumedRecord {
    ConsumedRecord(topic: topic, partition: 0, offset: 0, timestamp: 0, key: key, value: value, headers: headers)
}

/// A policy with the module scrub-ssn@1 and these changes, written as the broker would.
private func policy(_ changes: [(PolicyKey, String?)] = []) throws -> PolicyState {
    let sha256 = Digest(hashing: wasm).description
    let headers = [
        "name": "scrub-ssn", "version": "1", "sha256": sha256, "abi": "sluice-1", "created-by": "Admin:local",
        "created-at": "2026-01-31T12:00:00.000Z",
    ].map { (key: $0.key, value: Optional(Array($0.value.utf8))) }
    var state = StoredPolicy.state(
        modules: [record(Array("scrub-ssn@1".utf8), wasm, headers: headers)], views: [])
    for (key, target) in changes {
        let value = target.map { Array(JSON.object(["target": .string($0), "v": 1]).text.utf8) }
        let plan = try state.planViews(
            [PolicyRecord(key: key.bytes, value: value)],
            author: PolicyAuthor(principal: .admin, timestamp: 1_769_860_800_000), topics: [])
        for stored in plan.records { state.applyView(stored, offset: state.number.views) }
    }
    return state
}

private func binding(_ group: String, on topic: String) -> PolicyKey {
    .binding(BindingKey(group: .exact(Name(group)), principal: .any, topic: .exact(Name(topic))))
}

private func readers(_ groups: [String], of topic: String, now: Int64 = 10_000_000) throws -> PresentReaders {
    let records = try groups.map { group in
        var key = OffsetCommitKey()
        key.group = group
        key.topic = topic
        var value = OffsetCommitValue()
        value.commitTimestamp = now - 1000
        let keyBytes = Array(try key.encode(version: 1).readableBytesView)
        return record(keyBytes, Array(try value.encode(version: 3).readableBytesView))
    }
    return PresentReaders(records, now: now)
}

@Suite struct PolicyTests {
    @Test func firstBindingClosesTheTopicToOthers() throws {
        let change = PolicyRecord(
            key: binding("email-app", on: "accounts").bytes, value: Array(#"{"target":"scrub-ssn","v":1}"#.utf8))
        let preview = try PolicyPreview(
            policy(), change, on: .exact("accounts"), topics: [topic("accounts"), topic("other")],
            readers: readers(["billing", "email-app"], of: "accounts"), now: 0)
        #expect(preview.closedTopics == ["accounts"])
        #expect(
            preview.effects.map(\.text) == [
                "group billing on accounts: raw → deny", "group email-app on accounts: raw → scrub-ssn@1",
            ])
        #expect(preview.effects.map(\.isLoss) == [true, false])
    }

    @Test func nothingChangesForThoseWhoKeepTheirView() throws {
        let state = try policy([(binding("email-app", on: "accounts"), "scrub-ssn")])
        let change = PolicyRecord(
            key: PolicyKey.topicDefault(.exact("accounts")).bytes, value: Array(#"{"target":"raw","v":1}"#.utf8))
        let preview = try PolicyPreview(
            state, change, on: .exact("accounts"), topics: [topic("accounts")],
            readers: readers(["email-app"], of: "accounts"), now: 0)
        #expect(preview.effects.isEmpty)
        #expect(preview.closedTopics.isEmpty)
    }

    @Test func whatTheBrokerWouldRefuseIsRefused() throws {
        let change = PolicyRecord(
            key: binding("audit", on: "accounts").bytes, value: Array(#"{"target":"scrub-snn","v":1}"#.utf8))
        let refusal = #expect(throws: PolicyRefusal.self) {
            try PolicyPreview(
                policy(), change, on: .exact("accounts"), topics: [topic("accounts")],
                readers: PresentReaders([], now: 0), now: 0)
        }
        #expect(refusal?.message.contains("scrub-snn") == true)
    }

    @Test func oldCommitsAreNoPresentReaders() throws {
        let now: Int64 = 10_000_000
        #expect(try readers(["g"], of: "t", now: now).groupsOfTopic == ["t": ["g"]])
        var key = OffsetCommitKey()
        key.group = "g"
        key.topic = "t"
        var value = OffsetCommitValue()
        value.commitTimestamp = now - 3_600_001
        let old = record(
            Array(try key.encode(version: 1).readableBytesView), Array(try value.encode(version: 3).readableBytesView))
        #expect(PresentReaders([old, record([1], [2])], now: now).groupsOfTopic.isEmpty)
    }

    @Test func membersArePresentReaders() throws {
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = ["t"]
        var member = GroupMetadataValue.MemberMetadata()
        member.subscription = try subscription.encode(version: 0)
        var value = GroupMetadataValue()
        value.members = [member]
        var key = GroupMetadataKey()
        key.group = "g"
        let stored = record(
            Array(try key.encode(version: 2).readableBytesView), Array(try value.encode(version: 3).readableBytesView))
        #expect(PresentReaders([stored], now: 0).groupsOfTopic == ["t": ["g"]])
    }

    @Test func listsWhatIsStored() throws {
        let state = try policy([
            (binding("email-app", on: "accounts"), "scrub-ssn"), (.topicDefault(.prefix("pii.")), "deny"),
        ])
        let listing = PolicyListing(state)
        #expect(
            listing.table.contains("email-app  any        accounts  scrub-ssn@1  2026-01-31T12:00:00.000Z  Admin:local")
        )
        #expect(listing.table.contains("pii.*  deny"))
        #expect(listing.table.contains("scrub-ssn@1  scrub-ssn@1  stop      ready"))
        #expect(
            listing.json.text.contains(
                #""bindings":[{"at":"2026-01-31T12:00:00.000Z","by":"Admin:local","group":"email-app","rev":1,"target":"scrub-ssn@1","topic":"accounts"}]"#
            ))
        #expect(listing.json.text.contains(#""topic_prefix":"pii.""#))
        #expect(PolicyListing(PolicyState()).table.hasPrefix("no policy"))
    }

    @Test func listsModules() throws {
        let listing = ModuleListing(try policy())
        #expect(listing.table.contains("scrub-ssn@1  sluice-1      8"))
        #expect(listing.json.text.contains(#""module":"scrub-ssn@1""#))
        #expect(listing.json.text.contains(#""damaged":false"#))
    }

    @Test(arguments: [
        ("--topic accounts --group email-app", "scrub-ssn@1"), ("--topic accounts", "deny"),
        ("--topic accounts --as Admin:local", "raw"),
        ("--topic accounts --client-id consumer-email-app-1", "scrub-ssn@1"),
        ("--topic other", "raw"), ("--topic accounts --pinned-group email-app", "scrub-ssn@1"),
        ("--topic other --listener-views no-raw", "deny"),
        ("--topic accounts --group email-app --listener-views no-raw", "scrub-ssn@1"),
        ("--topic accounts --group email-app --listener-views deny", "deny"),
    ])
    func explains(flags: String, outcome: String) throws {
        let command = try #require(
            try Sluice.parseAsRoot(["view", "explain"] + flags.split(separator: " ").map(String.init)) as? ViewExplain)
        let state = try policy([(binding("email-app", on: "accounts"), "scrub-ssn")])
        let explanation = command.explanation(state, topic(command.topic))
        #expect(explanation.decision.outcome.name == outcome)
        #expect(!explanation.steps.isEmpty)
        #expect(explanation.text.contains("→ \(outcome)"))
        #expect(explanation.json.text.contains("\"outcome\":\"\(outcome)\""))
    }

    /// Who may READ what is asked of the ACLs by the authorizer's own decision.
    @Test(arguments: [
        ("--topic accounts --group email-app --as User:alice", "scrub-ssn@1"),
        ("--topic accounts --group audit --as User:alice", "deny"),
        ("--topic accounts --group email-app --as User:bob", "deny"),
        ("--topic accounts --group email-app --as User:bob --host 10.0.0.9", "scrub-ssn@1"),
        ("--topic accounts --group email-app --as User:carol", "deny"),
        ("--topic accounts --group email-app", "deny"),
        ("--topic accounts --group email-app --as User:root", "scrub-ssn@1"),
        ("--topic accounts --as Admin:local", "raw"),
    ])
    func explainsWithAcls(flags: String, outcome: String) throws {
        let command = try #require(
            try Sluice.parseAsRoot(["view", "explain"] + flags.split(separator: " ").map(String.init)) as? ViewExplain)
        func entry(
            _ type: Int8, _ name: String, _ user: String, _ host: String = "*", allows: Bool = true
        ) -> ReadRights.Entry {
            ReadRights.Entry(
                resourceType: type, name: name, patternType: 3, principal: user, host: host, operation: 3,
                permissionType: allows ? 3 : 2)
        }
        let entries = [
            entry(2, "accounts", "User:alice"), entry(3, "email-app", "User:alice"),
            entry(2, "accounts", "User:bob", "10.0.0.9"), entry(3, "*", "User:bob"),
            entry(2, "*", "User:carol"), entry(2, "accounts", "User:carol", allows: false), entry(3, "*", "User:carol"),
        ]
        let settings = ["authorizer": "acl", "super.users": "User:root"]
        let state = try policy([
            (binding("email-app", on: "accounts"), "scrub-ssn"), (binding("audit", on: "accounts"), "scrub-ssn"),
        ])
        let rights = try #require(ReadRights(settings: settings, entries: entries))
        #expect(command.explanation(state, topic(command.topic), rights).decision.outcome.name == outcome)
        #expect(ReadRights(settings: ["authorizer": "none"], entries: entries) == nil)
    }
}
