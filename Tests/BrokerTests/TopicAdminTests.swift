import KafkaMessages
import Testing

@testable import Broker

/// CreatePartitions, DeleteRecords, OffsetForLeaderEpoch and DescribeCluster, over requests.
@Suite struct TopicAdminTests {
    // MARK: CreatePartitions

    @Test(arguments: CreatePartitionsRequest.versions)
    func aTopicGrowsAndStaysSo(version: Int16) async throws {
        let folder = TemporaryFolder()
        let id: Uuid
        do {
            let test = try await TestBroker(folder: folder)
            id = try await test.createTopic("t", configs: ["retention.ms": "1000000"]).id
            let client = test.connect()
            _ = try await client.produce("t", batch("old"))
            let refusal = try await client.grow("t", to: 3, version: version)
            #expect(refusal.errorCode == .none)
            #expect(refusal.errorMessage == nil)
            #expect(try await client.produce("t", batch("new"), partition: 2).errorCode == .none)
            #expect(try await client.produce("t", batch("x"), partition: 3).errorCode == .unknownTopicOrPartition)
            let described = try await client.metadata("t")
            #expect(described.partitions.map(\.partitionIndex) == [0, 1, 2])
            #expect(described.topicId == id)
            await test.broker.close()
        }
        let again = try await TestBroker(folder: folder)
        let topic = try #require(again.broker.topics["t"])
        #expect(topic.id == id)
        #expect(topic.partitions.count == 3)
        #expect(topic.configuration.retentionMs == 1_000_000)
        #expect(try values(await again.connect().fetch("t", from: 0).records) == ["old"])
        #expect(try values(await again.connect().fetch("t", from: 0, partition: 2).records) == ["new"])
    }

    @Test func refusalsOfMorePartitions() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", partitions: 2)
        let client = test.connect()
        let same = try await client.grow("t", to: 2)
        #expect(same.errorCode == .invalidPartitions)
        #expect(same.errorMessage == "Topic already has 2 partition(s).")
        #expect(try await client.grow("t", to: 1).errorCode == .invalidPartitions)
        #expect(try await client.grow("t", to: -1).errorCode == .invalidPartitions)
        #expect(try await client.grow("t", to: .max).errorCode == .invalidPartitions)
        #expect(try await client.grow("none", to: 3).errorCode == .unknownTopicOrPartition)
        for name in ["__sluice_views", "__consumer_offsets"] {
            #expect(try await test.connect(isAdmin: true).grow(name, to: 60).errorCode == .policyViolation)
        }
        var assignment = CreatePartitionsRequest.CreatePartitionsAssignment()
        assignment.brokerIds = [1]
        let assigned = try await client.grow("t", to: 3, assignments: [assignment])
        #expect(assigned.errorCode == .invalidReplicaAssignment)
        #expect(try await client.grow("t", to: 3, validateOnly: true).errorCode == .none)
        #expect(test.broker.topics["t"]?.partitions.count == 2)
    }

    @Test func namedTwiceIsRefusedForBoth() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        var request = CreatePartitionsRequest()
        request.topics = [Int32(3), 4].map { count in
            var topic = CreatePartitionsRequest.CreatePartitionsTopic()
            topic.name = "t"
            topic.count = count
            topic.assignments = nil
            return topic
        }
        let response = try await test.connect().send(request, version: 3)
        #expect(response.results.map(\.errorCode) == [.invalidRequest, .invalidRequest])
        #expect(test.broker.topics["t"]?.partitions.count == 1)
    }

    /// A crash before `topic.properties` counts the new partitions: they go at the next start, and growing works again.
    @Test func aCrashWhileGrowing() async throws {
        let folder = TemporaryFolder()
        do {
            let test = try await TestBroker(folder: folder)
            let topic = try await test.createTopic("t")
            var stored = StoredTopic(topic)
            stored.partitionCount = 3
            try TopicStore(directory: test.broker.directory).createPartitions(1..<3, of: stored)
            // Also without a restart: what an attempt has left is used.
            #expect(try await test.connect().grow("t", to: 2).errorCode == .none)
            await test.broker.close()
        }
        let again = try await TestBroker(folder: folder)
        #expect(again.broker.topics["t"]?.partitions.count == 2)
        let names = try again.broker.directory.partitions().filter { $0.topic == "t" }.map(\.partition).sorted()
        #expect(names == [0, 1])
        #expect(try await again.connect().grow("t", to: 4).errorCode == .none)
        #expect(try await again.connect().produce("t", batch("a"), partition: 3).errorCode == .none)
    }

    // MARK: DeleteRecords

    @Test(arguments: DeleteRecordsRequest.versions) func recordsGoAndStayGone(version: Int16) async throws {
        let folder = TemporaryFolder()
        do {
            let test = try await TestBroker(folder: folder)
            try await test.createTopic("t")
            let client = test.connect()
            for value in ["a", "b", "c"] { _ = try await client.produce("t", batch(value)) }
            let first = try await client.deleteRecords("t", before: 2, version: version)
            #expect(first.errorCode == .none)
            #expect(first.lowWatermark == 2)
            // What lies before the start already changes nothing.
            #expect(try await client.deleteRecords("t", before: 1, version: version).lowWatermark == 2)
            #expect(try await client.fetch("t", from: 1).errorCode == .offsetOutOfRange)
            #expect(try values(await client.fetch("t", from: 2).records) == ["c"])
            await test.broker.close()
        }
        let again = try await TestBroker(folder: folder)
        let client = again.connect()
        #expect(try await client.fetch("t", from: 1).errorCode == .offsetOutOfRange)
        #expect(try await client.deleteRecords("t", before: -1, version: version).lowWatermark == 3)
        #expect(try await client.fetch("t", from: 3).logStartOffset == 3)
        #expect(try await client.produce("t", batch("d")).baseOffset == 3)
        #expect(try values(await client.fetch("t", from: 3).records) == ["d"])
    }

    @Test func refusalsToDeleteRecords() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        _ = try await client.produce("t", batch("a"))
        for offset in [Int64(2), -2, .max, .min] {
            let answer = try await client.deleteRecords("t", before: offset)
            #expect(answer.errorCode == .offsetOutOfRange)
            #expect(answer.lowWatermark == -1)
        }
        #expect(try await client.deleteRecords("t", before: 0, partition: 1).errorCode == .unknownTopicOrPartition)
        #expect(try await client.deleteRecords("none", before: 0).errorCode == .unknownTopicOrPartition)
        let admin = test.connect(isAdmin: true)
        for name in ["__sluice_views", ViewErrorWriter.topicName, "__consumer_offsets"] {
            #expect(try await admin.deleteRecords(name, before: -1).errorCode == .invalidTopicException)
        }
        #expect(try values(await client.fetch("t", from: 0).records) == ["a"])
    }

    @Test func aDeniedReaderNeitherDeletesRecordsNorLearnsWhereTheyEnd() async throws {
        let test = try await TestBroker.story()
        let stranger = test.connect(peer: "10.0.0.2")
        let deletion = try await stranger.deleteRecords("accounts", before: -1)
        #expect(deletion.errorCode == .topicAuthorizationFailed)
        #expect(deletion.lowWatermark == -1)
        let end = try await stranger.endOfEpoch("accounts", 0)
        #expect(end.errorCode == .topicAuthorizationFailed)
        #expect(end.endOffset == -1)
        #expect(try await test.connect(isAdmin: true).deleteRecords("accounts", before: -1).lowWatermark == 1)
    }

    // MARK: OffsetForLeaderEpoch

    @Test(arguments: OffsetForLeaderEpochRequest.versions) func endOfTheOnlyEpoch(version: Int16) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        _ = try await client.produce("t", batch("a", "b"))
        let end = try await client.endOfEpoch("t", 0, version: version)
        #expect(end.errorCode == .none)
        #expect(end.leaderEpoch == 0)
        #expect(end.endOffset == 2)
        for epoch in [Int32(1), .max, -1, .min] {
            let unknown = try await client.endOfEpoch("t", epoch, version: version)
            #expect(unknown.errorCode == .none)
            #expect(unknown.leaderEpoch == -1)
            #expect(unknown.endOffset == -1)
        }
        let newer = try await client.endOfEpoch("t", 0, current: 1, version: version)
        #expect(newer.errorCode == .unknownLeaderEpoch)
        #expect(try await client.endOfEpoch("t", 0, current: 0, version: version).endOffset == 2)
        #expect(try await client.endOfEpoch("none", 0, version: version).errorCode == .unknownTopicOrPartition)
        if version >= 3 {
            for replica in [Int32(-2), 0, 1] {
                let refused = try await client.endOfEpoch("t", 0, replica: replica, version: version)
                #expect(refused.errorCode == .topicAuthorizationFailed)
                #expect(refused.endOffset == -1)
            }
        }
    }

    // MARK: DescribeCluster

    @Test(arguments: DescribeClusterRequest.versions) func theClusterIsThisBroker(version: Int16) async throws {
        let test = try await TestBroker(["node.id": "7"])
        let response = try await test.connect().send(DescribeClusterRequest(), version: version)
        #expect(response.errorCode == .none)
        #expect(response.clusterId == test.broker.clusterId)
        #expect(response.controllerId == 7)
        #expect(response.brokers.map(\.brokerId) == [7])
        #expect(response.brokers.map(\.host) == ["localhost"])
        #expect(response.brokers.map(\.port) == [9092])
        guard version >= 1 else { return }
        for (type, code) in [(Int8(2), ErrorCode.mismatchedEndpointType), (0, .unsupportedEndpointType)] {
            var request = DescribeClusterRequest()
            request.endpointType = type
            let refused = try await test.connect().send(request, version: version)
            #expect(refused.errorCode == code)
            #expect(refused.brokers.isEmpty)
        }
    }
}

extension TestConnection {
    func grow(
        _ topic: String, to count: Int32, assignments: [CreatePartitionsRequest.CreatePartitionsAssignment]? = nil,
        validateOnly: Bool = false, version: Int16 = 3
    ) async throws -> CreatePartitionsResponse.CreatePartitionsTopicResult {
        var wanted = CreatePartitionsRequest.CreatePartitionsTopic()
        wanted.name = topic
        wanted.count = count
        wanted.assignments = assignments
        var request = CreatePartitionsRequest()
        request.topics = [wanted]
        request.validateOnly = validateOnly
        return try await send(request, version: version).results[0]
    }

    func deleteRecords(
        _ topic: String, before offset: Int64, partition: Int32 = 0, version: Int16 = 2
    ) async throws -> DeleteRecordsResponse.DeleteRecordsPartitionResult {
        var wanted = DeleteRecordsRequest.DeleteRecordsPartition()
        wanted.partitionIndex = partition
        wanted.offset = offset
        var wantedTopic = DeleteRecordsRequest.DeleteRecordsTopic()
        wantedTopic.name = topic
        wantedTopic.partitions = [wanted]
        var request = DeleteRecordsRequest()
        request.topics = [wantedTopic]
        return try await send(request, version: version).topics[0].partitions[0]
    }

    func endOfEpoch(
        _ topic: String, _ epoch: Int32, current: Int32 = -1, replica: Int32 = -1, version: Int16 = 4
    ) async throws -> OffsetForLeaderEpochResponse.EpochEndOffset {
        var wanted = OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
        wanted.currentLeaderEpoch = current
        wanted.leaderEpoch = epoch
        var wantedTopic = OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
        wantedTopic.topic = topic
        wantedTopic.partitions = [wanted]
        var request = OffsetForLeaderEpochRequest()
        request.replicaId = replica
        request.topics = [wantedTopic]
        return try await send(request, version: version).topics[0].partitions[0]
    }

    func metadata(_ topic: String) async throws -> MetadataResponse.MetadataResponseTopic {
        var wanted = MetadataRequest.MetadataRequestTopic()
        wanted.name = topic
        var request = MetadataRequest()
        request.topics = [wanted]
        return try await send(request, version: 12).topics[0]
    }
}
