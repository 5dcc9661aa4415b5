import KafkaMessages
import NIOCore
import TestSupport
import Testing
import Views

@testable import Broker

/// What the matrix can't say: what is hidden, what else is needed, and that a change holds at the next request.
@Suite struct AuthorizationTests {
    private static func broker(
        _ settings: [String: String] = [:], acls: [Acl] = [], securityLogger: LogLines = LogLines(),
        clock: any BrokerClock = SystemBrokerClock()
    ) async throws -> TestBroker {
        let test = try await TestBroker(
            settings.merging(["authorizer": "acl"]) { own, _ in own }, clock: clock,
            securityLogger: securityLogger.logger)
        try await test.write(acls)
        return test
    }

    private static func names(_ client: TestConnection) async throws -> [String?] {
        try await client.send(MetadataRequest(topics: nil), version: 9).topics.map(\.name)
    }

    @Test func aChangeHoldsAtTheNextRequest() async throws {
        let test = try await Self.broker()
        try await test.createTopic("t")
        let client = test.connect(principal: "alice")
        #expect(try await client.fetch("t", from: 0).errorCode == .topicAuthorizationFailed)
        try await test.allow(.allowing("alice", .read, .topic, "t"))
        #expect(try await client.fetch("t", from: 0).errorCode == .none)
        try await test.allow(.allowing("alice", .all, .topic, "t", deny: true))
        #expect(try await client.fetch("t", from: 0).errorCode == .topicAuthorizationFailed)
        var request = DeleteAclsRequest()
        request.filters = [.init()]
        request.filters[0].resourceTypeFilter = 1
        request.filters[0].patternTypeFilter = 1
        request.filters[0].operation = 1
        request.filters[0].permissionType = 2
        request.filters[0].resourceNameFilter = nil
        request.filters[0].principalFilter = nil
        request.filters[0].hostFilter = nil
        let deleted = try await test.connect(isAdmin: true).send(request, version: 3)
        #expect(deleted.filterResults[0].matchingAcls.count == 1)
        #expect(try await client.fetch("t", from: 0).errorCode == .none)
    }

    @Test func aclsAreKept() async throws {
        let folder = TemporaryFolder()
        do {
            let first = try await TestBroker(["authorizer": "acl"], folder: folder)
            try await first.createTopic("t")
            try await first.allow(.allowing("alice", .read, .topic, "t"))
            await first.broker.close()
        }
        let test = try await TestBroker(["authorizer": "acl"], folder: folder)
        #expect(try await test.connect(principal: "alice").fetch("t", from: 0).errorCode == .none)
        #expect(try await test.connect(principal: "bob").fetch("t", from: 0).errorCode == .topicAuthorizationFailed)
        await test.broker.close()
    }

    @Test func listingsShowWhatMayBeDescribed() async throws {
        let test = try await Self.broker(acls: [
            .allowing("alice", .read, .topic, "a", .prefixed), .allowing("alice", .describe, .group, "ga"),
        ])
        for name in ["a1", "a2", "b"] { try await test.createTopic(name) }
        #expect(try await Self.names(test.connect(principal: "alice")) == ["a1", "a2"])
        #expect(try await Self.names(test.connect()) == [])
        let admin = test.connect(isAdmin: true)
        #expect(try await Self.names(admin).contains("b"))
        for group in ["ga", "gb"] {
            var commit = OffsetCommitRequest()
            commit.groupId = group
            commit.topics = [.init()]
            commit.topics[0].name = "a1"
            commit.topics[0].partitions = [.init()]
            #expect(try await admin.send(commit, version: 8).topics[0].partitions[0].errorCode == .none)
        }
        func groups(_ client: TestConnection) async throws -> [String] {
            try await client.send(ListGroupsRequest(), version: 4).groups.map(\.groupId).sorted()
        }
        #expect(try await groups(test.connect(principal: "alice")) == ["ga"])
        #expect(try await groups(test.connect()) == [])
        #expect(try await groups(admin) == ["ga", "gb"])
    }

    /// Whether there is a topic isn't told to who may not know of it.
    @Test func whatIsntThereIsDeniedLikeWhatIs() async throws {
        let test = try await Self.broker()
        try await test.createTopic("t")
        let client = test.connect(principal: "alice")
        for name in ["t", "nowhere"] {
            #expect(try await client.fetch(name, from: 0).errorCode == .topicAuthorizationFailed)
            #expect(try await client.produce(name, batch("a")).errorCode == .topicAuthorizationFailed)
            var metadata = MetadataRequest()
            metadata.topics = [.init()]
            metadata.topics?[0].name = name
            let answer = try await client.send(metadata, version: 12).topics[0]
            #expect(answer.errorCode == .topicAuthorizationFailed && answer.topicId == .zero)
            var deletion = DeleteTopicsRequest()
            deletion.topicNames = [name]
            #expect(
                try await client.send(deletion, version: 4).responses[0].errorCode == .topicAuthorizationFailed)
        }
    }

    @Test func policyNeedsItsOwnRight() async throws {
        let test = try await Self.broker(acls: [
            .allowing("owner", .all, .topic, "*"), .allowing("owner", .all, .group, "*"),
            .allowing("owner", .all, .cluster, ResourceType.clusterName),
            .allowing("officer", .write, .topic, "__sluice_views"), .allowing("officer", .alterConfigs, .topic, "t"),
        ])
        try await test.createTopic("t")
        func setDefault(_ user: Name) async throws -> ErrorCode {
            var request = IncrementalAlterConfigsRequest()
            request.resources = [.init()]
            request.resources[0].resourceType = 2
            request.resources[0].resourceName = "t"
            request.resources[0].configs = [.init()]
            request.resources[0].configs[0].name = "view.default"
            request.resources[0].configs[0].value = "deny"
            // From afar: with an authorizer the address gives no right, and takes none.
            return try await test.connect(principal: user, peer: "10.0.0.9").send(request, version: 1).responses[0]
                .errorCode
        }
        #expect(try await setDefault("owner") == .topicAuthorizationFailed)
        #expect(try await test.connect(principal: "owner").fetch("t", from: 0).errorCode == .none)
        #expect(try await setDefault("officer") == .none)
        #expect(try await test.connect(principal: "owner").fetch("t", from: 0).errorCode == .topicAuthorizationFailed)
        // On this machine nobody who isn't the administrator is more than elsewhere.
        let local = try await test.connect().produce("__sluice_views", batch("x"))
        #expect(local.errorCode == .topicAuthorizationFailed)
    }

    /// A group selects only for who may READ it.
    @Test func aGroupThatMayNotBeReadIsNoEvidence() async throws {
        let test = try await Self.broker(acls: [
            .allowing("alice", .read, .topic, "t"), .allowing("alice", .read, .group, "hers"),
        ])
        try await test.createTopic("t", configs: ["view.default": "deny"])
        var request = IncrementalAlterConfigsRequest()
        request.resources = [.init()]
        request.resources[0].resourceType = 2
        request.resources[0].resourceName = "t"
        request.resources[0].configs = [.init()]
        request.resources[0].configs[0].name = "view.default"
        request.resources[0].configs[0].value = "raw"
        _ = try await test.connect(isAdmin: true).send(request, version: 1)
        let client = test.connect(principal: "alice")
        var fetch = TestConnection.fetchRequest("t", from: 0)
        fetch.group = "theirs"
        #expect(try await client.send(fetch, version: 12).errorCode == .groupAuthorizationFailed)
        fetch.group = "hers"
        #expect(try await client.send(fetch, version: 12).errorCode == .none)
        // The same of the group that a listener is pinned to.
        fetch.group = nil
        for (group, code) in [("theirs", ErrorCode.groupAuthorizationFailed), ("hers", .none)] {
            let pinned = test.connect(pinnedGroup: group)
            (pinned.session as? BrokerSession)?.authenticated(as: .user("alice"))
            #expect(try await pinned.send(fetch, version: 12).errorCode == code)
        }
    }

    @Test func createdOnTheFlyOnlyByWhoMayCreate() async throws {
        let test = try await Self.broker(
            ["auto.create.topics.enable": "true"],
            acls: [
                .allowing("alice", .write, .topic, "a", .prefixed),
                .allowing("alice", .create, .topic, "ab", .prefixed),
            ])
        func create(_ name: String) async throws -> ErrorCode {
            var metadata = MetadataRequest()
            metadata.topics = [.init()]
            metadata.topics?[0].name = name
            metadata.allowAutoTopicCreation = true
            return try await test.connect(principal: "alice").send(metadata, version: 9).topics[0].errorCode
        }
        #expect(try await create("a1") == .topicAuthorizationFailed)
        #expect(try await create("ab1") == .none)
        #expect(test.broker.topics["a1"] == nil && test.broker.topics["ab1"] != nil)
    }

    @Test func operationsAreSaid() async throws {
        let test = try await Self.broker(acls: [
            .allowing("alice", .read, .topic, "t"), .allowing("alice", .describe, .cluster, ResourceType.clusterName),
        ])
        try await test.createTopic("t")
        var metadata = MetadataRequest(topics: nil)
        metadata.includeTopicAuthorizedOperations = true
        metadata.includeClusterAuthorizedOperations = true
        let answer = try await test.connect(principal: "alice").send(metadata, version: 8)
        // READ 3 and DESCRIBE 8.
        #expect(answer.topics.map(\.topicAuthorizedOperations) == [1 << 3 | 1 << 8])
        #expect(answer.clusterAuthorizedOperations == 1 << 8)
        #expect(try await test.connect().send(metadata, version: 8).clusterAuthorizedOperations == 0)
    }

    @Test func superUsersAndTheOpenResources() async throws {
        let test = try await Self.broker([
            "super.users": "User:root; User:boss", "allow.everyone.if.no.acl.found": "true",
        ])
        for name in ["t", "u"] { try await test.createTopic(name) }
        try await test.allow(.allowing("alice", .read, .topic, "t"))
        #expect(try await test.connect(principal: "bob").fetch("t", from: 0).errorCode == .topicAuthorizationFailed)
        #expect(try await test.connect(principal: "bob").fetch("u", from: 0).errorCode == .none)
        #expect(try await test.connect(principal: "boss").fetch("t", from: 0).errorCode == .none)
        let policy = try await test.connect(principal: "bob").produce("__sluice_views", batch("x"))
        #expect(policy.errorCode == .topicAuthorizationFailed)
        #expect(throws: ConfigError.self) { try BrokerConfiguration(["super.users": "root"]) }
        #expect(throws: ConfigError.self) { try BrokerConfiguration(["super.users": "User:ANONYMOUS"]) }
    }

    /// A record that this version can't read may be a denial.
    @Test func nothingIsAllowedUnderARecordThatCantBeRead() {
        var state = SecurityState()
        state.apply(
            key: SecurityKey.acl(.allowing("alice", .read, .topic, "t")).bytes,
            value: SecurityValue().bytes(author: .admin, atMs: 0))
        #expect(SecuritySnapshot(version: 1, state).isReadable)
        state.apply(key: Array(#"["acl2","x"]"#.utf8), value: Array("{}".utf8))
        #expect(!SecuritySnapshot(version: 2, state).isReadable)
        state.apply(key: Array(#"["acl2","x"]"#.utf8), value: nil)
        #expect(SecuritySnapshot(version: 3, state).isReadable)
    }

    @Test func aDenialIsLoggedOnceWithoutPayload() async throws {
        let lines = LogLines()
        let test = try await Self.broker(securityLogger: lines)
        try await test.createTopic("t")
        let client = test.connect(principal: "mallory", peer: "10.0.0.9")
        for _ in 0..<3 {
            #expect(try await client.produce("t", batch("CANARY")).errorCode == .topicAuthorizationFailed)
        }
        #expect(lines.all.count == 1)
        let line = try #require(lines.all.first)
        for part in ["principal=User:mallory", "operation=WRITE", "resource=TOPIC:t", "api=produce", "peer=10.0.0.9:"] {
            #expect(line.contains(part), "\(line)")
        }
        #expect(!line.contains("CANARY"))
        // A listing that leaves something out is no denial.
        _ = try await Self.names(client)
        #expect(lines.all.count == 1)
    }

    /// Whoever is denied much hides nobody else's denial, and none of its own for good.
    @Test func manyDenialsHideNone() async throws {
        let lines = LogLines()
        let clock = ShiftedClock()
        let test = try await Self.broker(securityLogger: lines, clock: clock)
        let loud = test.connect(principal: "loud")
        clock.advance(ms: 1000 - clock.monotonicNs() / 1_000_000 % 1000)
        for index in 0..<20 { _ = try await loud.fetch("t\(index)", from: 0) }
        _ = try await test.connect(principal: "quiet").fetch("t", from: 0)
        #expect(lines.all.filter { $0.contains("User:loud") }.count < 20)
        #expect(lines.all.filter { $0.contains("User:quiet") }.count == 1)
        clock.advance(ms: 1000)
        _ = try await loud.fetch("t19", from: 0)
        let last = try #require(lines.all.last)
        #expect(last.contains("resource=TOPIC:t19") && last.contains("User:loud"))
        #expect(lines.all.contains { $0.contains("suppressed=") })
    }
}

extension MetadataRequest {
    fileprivate init(topics: [MetadataRequestTopic]?) {
        self.init()
        self.topics = topics
    }
}
