import KafkaMessages
import Testing
import Views

@testable import Broker

/// {every API key × version} × {anonymous, reader, owner, admin, another principal}: who is refused what, and with which code.
/// The expectation is written down here, after table 4 of the threat model and Kafka's own tables, not read off the code's.
@Suite struct AccessMatrixTests {
    enum Role: CaseIterable {
        case anonymous, reader, owner, admin, other
    }

    /// What the roles that have no right are told; the others aren't refused.
    struct Rule: Sendable {
        var code = ErrorCode.none
        var roles: Set<Role> = []

        static let open = Rule()
        /// READ or DESCRIBE on the topic.
        static let readers = Rule(code: .topicAuthorizationFailed, roles: [.anonymous, .other])
        static let owners = Rule(code: .topicAuthorizationFailed, roles: [.anonymous, .other, .reader])
        static let groupReaders = Rule(code: .groupAuthorizationFailed, roles: [.anonymous, .other])
        static let groupOwners = Rule(code: .groupAuthorizationFailed, roles: [.anonymous, .other, .reader])
        static let admins = Rule(code: .clusterAuthorizationFailed, roles: [.anonymous, .other, .reader, .owner])
        /// WRITE on some topic.
        static let producers = Rule(code: .clusterAuthorizationFailed, roles: [.anonymous, .other, .reader])
    }

    private static let rules: [ApiKey: Rule] = [
        .produce: .owners, .fetch: .readers, .listOffsets: .readers, .metadata: .readers, .offsetCommit: .groupReaders,
        .offsetFetch: .groupReaders, .findCoordinator: .groupReaders, .joinGroup: .groupReaders,
        .heartbeat: .groupReaders, .leaveGroup: .groupReaders, .syncGroup: .groupReaders,
        .describeGroups: .groupReaders, .listGroups: .open, .saslHandshake: .open, .apiVersions: .open,
        .createTopics: .owners, .deleteTopics: .owners, .deleteRecords: .owners, .initProducerId: .producers,
        .offsetForLeaderEpoch: .readers, .describeAcls: .admins, .createAcls: .admins, .deleteAcls: .admins,
        .describeConfigs: .owners, .alterConfigs: .owners, .alterReplicaLogDirs: .admins, .describeLogDirs: .admins,
        .saslAuthenticate: .open, .createPartitions: .owners, .deleteGroups: .groupOwners, .electLeaders: .admins,
        .incrementalAlterConfigs: .owners, .alterPartitionReassignments: .admins, .listPartitionReassignments: .admins,
        .offsetDelete: .groupOwners, .describeUserScramCredentials: .admins, .alterUserScramCredentials: .admins,
        .describeCluster: .open, .describeProducers: .readers, .listConfigResources: .admins,
        .describeTopicPartitions: .readers, .describeClientQuotas: .admins, .alterClientQuotas: .admins,
    ]

    private static let refusals: Set<ErrorCode> = [
        .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed,
        .transactionalIdAuthorizationFailed, .securityDisabled, .saslAuthenticationFailed,
    ]

    private static let acls = [
        Acl.allowing("reader", .read, .topic, "t"), Acl.allowing("reader", .read, .group, "g"),
        Acl.allowing("owner", .all, .topic, "t", .prefixed), Acl.allowing("owner", .all, .group, "g"),
        Acl.allowing("other", .read, .topic, "elsewhere"), Acl.allowing("other", .all, .group, "elsewhere"),
    ]

    @Test func everyApiHasARule() {
        #expect(Set(Self.rules.keys) == Set(SupportedApis.all.map(\.apiKey)))
        for api in ApiKey.allCases {
            let isOffered = SupportedApis.all.contains { $0.apiKey == api }
            #expect((ApiAccess(api).standing == .offered) == isOffered, "\(api)")
        }
        // The list of APIs that can carry records is closed.
        #expect(ApiKey.allCases.filter { ApiAccess($0).carriesRecords } == [.fetch])
    }

    @Test(arguments: SupportedApis.all) func everyVersionForEveryRole(api: SupportedApi) async throws {
        let test = try await TestBroker(["authorizer": "acl"])
        try await test.write(Self.acls)
        var topic = try await test.createTopic("t")
        let rule = try #require(Self.rules[api.apiKey])
        for version in api.versions where !(api.apiKey == .produce && version < 3) {
            for role in Role.allCases {
                if test.broker.topics["t"] == nil { topic = try await test.createTopic("t") }
                let probe = AccessProbe(topic: topic, group: "g", client: test.connect(role), version: version)
                let code = try await probe.ask(api.apiKey)
                if rule.roles.contains(role) {
                    #expect(code == rule.code, "\(api.name) \(version) \(role)")
                } else {
                    #expect(!Self.refusals.contains(code), "\(api.name) \(version) \(role): \(code)")
                }
            }
        }
        await test.broker.close()
    }

    /// Each API that refuses somebody says so in the log: who, what and from where.
    @Test(arguments: SupportedApis.all) func denialsHaveALine(api: SupportedApi) async throws {
        let rule = try #require(Self.rules[api.apiKey])
        if rule.roles.isEmpty { return }
        let lines = LogLines()
        let test = try await TestBroker(["authorizer": "acl"], securityLogger: lines.logger)
        try await test.write(Self.acls)
        let probe = AccessProbe(
            topic: try await test.createTopic("t"), group: "g", client: test.connect(.other),
            version: api.versions.upperBound)
        #expect(try await probe.ask(api.apiKey) == rule.code)
        let denials = lines.all.filter { $0.contains("no ACL allows it") }
        #expect(!denials.isEmpty && denials.count <= 2, "\(lines.all)")
        for part in ["api=\(api.apiKey)", "principal=User:other", "peer=127.0.0.1:", "operation=", "resource="] {
            #expect(denials.allSatisfy { $0.contains(part) }, "\(denials)")
        }
        await test.broker.close()
    }

    /// Where there is no authorizer nobody is refused what is refused by ACLs; what holds for the cluster is this machine's.
    @Test(arguments: SupportedApis.all) func withoutAnAuthorizerReadersAndWritersAreFree(api: SupportedApi) async throws
    {
        let test = try await TestBroker()
        let topic = try await test.createTopic("t")
        let isSecurity = [
            .describeAcls, .createAcls, .deleteAcls, .describeUserScramCredentials, .alterUserScramCredentials,
            .describeClientQuotas, .alterClientQuotas,
        ].contains(api.apiKey)
        let probe = AccessProbe(topic: topic, group: "g", client: test.connect(), version: api.versions.upperBound)
        #expect(Self.refusals.contains(try await probe.ask(api.apiKey)) == isSecurity)
        await test.broker.close()
    }
}

extension Acl {
    static func allowing(
        _ user: Name, _ operation: AclOperation, _ type: ResourceType, _ name: Name,
        _ kind: ResourcePattern.Kind = .literal, deny: Bool = false
    ) -> Acl {
        Acl(
            pattern: ResourcePattern(type: type, name: name, kind: kind), principal: .user(user), host: "*",
            operation: operation, isDeny: deny)
    }
}

extension TestBroker {
    func connect(_ role: AccessMatrixTests.Role) -> TestConnection {
        switch role {
        case .anonymous: connect()
        case .reader: connect(principal: "reader")
        case .owner: connect(principal: "owner")
        case .admin: connect(isAdmin: true)
        case .other: connect(principal: "other")
        }
    }

    /// A connection that has proven to be this user, however.
    func connect(principal: Name, peer: String = "127.0.0.1") -> TestConnection {
        let client = connect(peer: peer)
        (client.session as? BrokerSession)?.authenticated(as: .user(principal))
        return client
    }
}
