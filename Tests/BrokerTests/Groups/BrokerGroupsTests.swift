import KafkaMessages
import NIOCore
import Testing

@testable import Broker

/// Groups through a whole broker, on a real log.
@Suite struct BrokerGroupsTests {
    private static let settings = ["group.initial.rebalance.delay.ms": "0"]

    private func join(_ client: TestConnection) async throws -> JoinGroupResponse {
        var request = JoinGroupRequest()
        request.groupId = "email-app"
        request.sessionTimeoutMs = 30_000
        request.rebalanceTimeoutMs = 30_000
        request.protocolType = "consumer"
        var range = JoinGroupRequest.JoinGroupRequestProtocol()
        range.name = "range"
        request.protocols = [range]
        return try await client.send(request, version: 3)
    }

    private func sync(_ client: TestConnection, _ memberId: String, assigns: Bool) async throws -> SyncGroupResponse {
        var request = SyncGroupRequest()
        request.groupId = "email-app"
        request.memberId = memberId
        request.generationId = 1
        var assignment = SyncGroupRequest.SyncGroupRequestAssignment()
        assignment.memberId = memberId
        assignment.assignment = ByteBuffer(string: "everything")
        request.assignments = assigns ? [assignment] : []
        return try await client.send(request, version: 3)
    }

    private func commit(
        _ client: TestConnection, _ offset: Int64, member: String = "", generation: Int32 = -1
    ) async throws -> ErrorCode {
        var request = OffsetCommitRequest()
        request.groupId = "email-app"
        request.memberId = member
        request.generationIdOrMemberEpoch = generation
        var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
        topic.name = "t"
        var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
        partition.committedOffset = offset
        topic.partitions = [partition]
        request.topics = [topic]
        return try await client.send(request, version: 7).topics[0].partitions[0].errorCode
    }

    private func committed(_ client: TestConnection) async throws -> Int64 {
        var request = OffsetFetchRequest()
        request.groupId = "email-app"
        var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
        topic.name = "t"
        topic.partitionIndexes = [0]
        request.topics = [topic]
        return try await client.send(request, version: 7).topics[0].partitions[0].committedOffset
    }

    @Test func `members and offsets outlive the broker`() async throws {
        // The lock of the folder goes with the last reference to the broker.
        let folder = TemporaryFolder()
        let memberId: String
        do {
            let first = try await TestBroker(Self.settings, folder: folder)
            try await first.createTopic("t")
            let client = first.connect(peer: "10.1.2.3")
            let joined = try await join(client)
            memberId = joined.memberId
            #expect(joined.errorCode == .none)
            #expect(try await sync(client, memberId, assigns: true).errorCode == .none)
            #expect(try await commit(client, 5, member: memberId, generation: 1) == .none)
            await first.broker.close()
        }
        let second = try await TestBroker(Self.settings, folder: folder)
        let member = await second.broker.groups.describe("email-app")?.members.first
        #expect(member?.id == memberId && member?.clientId == "test")
        #expect(member?.clientHost == "10.1.2.3")
        let again = second.connect(peer: "10.1.2.3")
        #expect(try await committed(again) == 5)
        let synced = try await sync(again, memberId, assigns: false)
        #expect(synced.errorCode == .none && synced.assignment == ByteBuffer(string: "everything"))
        #expect(try await commit(again, 6, member: memberId, generation: 1) == .none)
        await second.broker.close()
    }

    @Test func `a topic of the same name doesn't inherit offsets`() async throws {
        let test = try await TestBroker(Self.settings)
        try await test.createTopic("t")
        let client = test.connect(isAdmin: true)
        #expect(try await commit(client, 5) == .none)
        var request = DeleteTopicsRequest()
        request.topicNames = ["t"]
        #expect(try await client.send(request, version: 5).responses[0].errorCode == .none)
        #expect(try await commit(client, 6) == .unknownTopicOrPartition)
        try await test.createTopic("t")
        #expect(try await committed(client) == -1)
        await test.broker.close()
    }

    @Test func `retention of offsets is a setting`() async throws {
        let test = try await TestBroker(["offsets.retention.minutes": "3", "offsets.retention.check.interval.ms": "9"])
        #expect(test.broker.groups.configuration.offsetsRetentionMs == 180_000)
        #expect(test.broker.groups.configuration.offsetsRetentionCheckIntervalMs == 9)
        await test.broker.close()
    }
}
