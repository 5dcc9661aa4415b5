import KafkaMessages
import KafkaRecords
import Testing

@testable import Broker

/// DescribeTopicPartitions, DescribeLogDirs, DescribeProducers, ListConfigResources, ElectLeaders, reassignments and
/// AlterReplicaLogDirs, over requests.
@Suite struct ClusterAdminTests {
    // MARK: DescribeTopicPartitions

    @Test func topicsInPages() async throws {
        let test = try await TestBroker(["node.id": "7"])
        try await test.createTopic("a", partitions: 2)
        let id = try await test.createTopic("b", partitions: 5).id
        try await test.createTopic("c")
        let client = test.connect()
        let all = try await client.describePages([], limit: 2000)
        #expect(all == [["a 0,1", "b 0,1,2,3,4", "c 0"]])
        #expect(try await client.describePages([], limit: 3) == [["a 0,1", "b 0"], ["b 1,2,3"], ["b 4", "c 0"]])
        #expect(try await client.describePages(["c", "a", "c"], limit: 1) == [["a 0"], ["a 1"], ["c 0"]])
        #expect(try await client.describePages([], limit: 2) == [["a 0,1"], ["b 0,1"], ["b 2,3"], ["b 4", "c 0"]])
        // A limit that makes no sense is the least one.
        for limit in [Int32(0), -1, .min] {
            #expect(try await client.describePages(["a"], limit: limit) == [["a 0"], ["a 1"]])
        }
        var request = DescribeTopicPartitionsRequest()
        request.topics = ["b"].map(Self.named)
        let topic = try await client.send(request, version: 0).topics[0]
        #expect(topic.topicId == id)
        #expect(!topic.isInternal)
        #expect(topic.partitions.map(\.leaderId) == [7, 7, 7, 7, 7])
        #expect(topic.partitions[0].isrNodes == [7])
        #expect(topic.partitions[0].replicaNodes == [7])
        #expect(topic.partitions[0].leaderEpoch == 0)
        // Null is allowed, and Java's client falls over it.
        #expect(topic.partitions[0].eligibleLeaderReplicas == [])
        #expect(topic.partitions[0].lastKnownElr == [])
    }

    @Test func topicsThatAreNotThere() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        var request = DescribeTopicPartitionsRequest()
        request.topics = ["no such", "none", "t"].map(Self.named)
        let response = try await test.connect().send(request, version: 0)
        #expect(response.topics.map(\.errorCode) == [.invalidTopicException, .unknownTopicOrPartition, .none])
        // Topics of the broker's own are listed for the administrator.
        let client = test.connect()
        #expect(try await client.send(DescribeTopicPartitionsRequest(), version: 0).topics.map(\.name) == ["t"])
        let admin = try await test.connect(isAdmin: true).send(DescribeTopicPartitionsRequest(), version: 0)
        #expect(admin.topics.contains { $0.name == "__sluice_views" && $0.isInternal })
    }

    @Test(arguments: [("t", Int32(-1), ["t"]), ("other", 0, ["t"]), ("t", .min, [])])
    func cursorsThatCanNotBe(topic: String, partition: Int32, topics: [String]) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        var request = DescribeTopicPartitionsRequest()
        request.topics = topics.map(Self.named)
        request.cursor = Self.cursor(topic, partition)
        let response = try await test.connect().send(request, version: 0)
        #expect(response.topics.map(\.errorCode) == topics.map { _ in .invalidRequest })
        #expect(response.nextCursor == nil)
    }

    /// A topic that went, or lost nothing but the page behind the cursor: the next ones follow.
    @Test func cursorsBehindTheEnd() async throws {
        let test = try await TestBroker()
        try await test.createTopic("a")
        try await test.createTopic("c")
        var request = DescribeTopicPartitionsRequest()
        request.cursor = Self.cursor("b", 3)
        let gone = try await test.connect().send(request, version: 0)
        #expect(gone.topics.map(\.name) == ["c"])
        request.cursor = Self.cursor("c", .max)
        let behind = try await test.connect().send(request, version: 0)
        #expect(behind.topics.map(\.partitions.count) == [0])
        #expect(behind.nextCursor == nil)
    }

    static func named(_ name: String) -> DescribeTopicPartitionsRequest.TopicRequest {
        var topic = DescribeTopicPartitionsRequest.TopicRequest()
        topic.name = name
        return topic
    }

    static func cursor(_ topic: String, _ partition: Int32) -> DescribeTopicPartitionsRequest.Cursor {
        var cursor = DescribeTopicPartitionsRequest.Cursor()
        cursor.topicName = topic
        cursor.partitionIndex = partition
        return cursor
    }

    // MARK: DescribeLogDirs

    @Test(arguments: DescribeLogDirsRequest.versions) func theFolder(version: Int16) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", partitions: 2)
        let bytes = batch("a")
        _ = try await test.connect().produce("t", bytes, partition: 1)
        var request = DescribeLogDirsRequest()
        request.topics = nil
        let all = try await test.connect().send(request, version: version)
        #expect(all.errorCode == .none)
        let folder = try #require(all.results.first)
        #expect(folder.logDir == Volume.absolutePath(of: test.folder.path))
        #expect(folder.topics.map(\.name) == ["t"])
        #expect(folder.topics[0].partitions.map(\.partitionIndex) == [0, 1])
        #expect(folder.topics[0].partitions.map(\.partitionSize) == [0, Int64(bytes.count)])
        #expect(folder.totalBytes == -1)
        let admin = try await test.connect(isAdmin: true).send(request, version: version).results[0]
        #expect(admin.topics.map(\.name).contains("__sluice_views"))
        #expect(version < 4 || admin.totalBytes > admin.usableBytes)
        var wanted = DescribeLogDirsRequest.DescribableLogDirTopic()
        wanted.topic = "t"
        wanted.partitions = [1, 5, 1]
        var missing = DescribeLogDirsRequest.DescribableLogDirTopic()
        missing.topic = "none"
        missing.partitions = [0]
        request.topics = [wanted, missing, wanted]
        let some = try await test.connect().send(request, version: version).results[0]
        #expect(some.topics.map(\.name) == ["t"])
        #expect(some.topics[0].partitions.map(\.partitionIndex) == [1])
        request.topics = []
        #expect(try await test.connect().send(request, version: version).results[0].topics.isEmpty)
    }

    /// The size of a record that a reader doesn't get isn't told either.
    @Test func sizesOfProtectedTopicsAreTheAdministrators() async throws {
        let test = try await TestBroker.story()
        try await test.createTopic("open")
        var request = DescribeLogDirsRequest()
        request.topics = nil
        let stranger = test.connect(peer: "10.0.0.2")
        #expect(try await stranger.send(request, version: 4).results[0].topics.map(\.name) == ["open"])
        let member = test.connect(peer: "10.0.0.1")
        try await member.name(group: "email-app")
        #expect(try await member.send(request, version: 4).results[0].topics.map(\.name) == ["open"])
        let admin = try await test.connect(isAdmin: true).send(request, version: 4).results[0]
        #expect(admin.topics.map(\.name).contains("accounts"))
    }

    // MARK: DescribeProducers

    @Test func producersOfAPartition() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        let records = ["a", "b"].map {
            Record(key: nil, value: Array($0.utf8), headers: [], timestamp: 1_700_000_000_000)
        }
        var wanted = InitProducerIdRequest()
        wanted.transactionalId = nil
        let id = try await client.send(wanted, version: 4)
        for sequence in [Int32(0), 2] {
            let batch = RecordBatch.encode(
                records, producerId: id.producerId, producerEpoch: id.producerEpoch, baseSequence: sequence)
            #expect(try await client.produce("t", batch).errorCode == .none)
        }
        let found = try await client.producers("t")
        #expect(found.errorCode == .none)
        let producer = try #require(found.activeProducers.first)
        #expect(found.activeProducers.count == 1)
        #expect(producer.producerId == id.producerId)
        #expect(producer.producerEpoch == Int32(id.producerEpoch))
        #expect(producer.lastSequence == 3)
        #expect(producer.lastTimestamp > 1_700_000_000_000)
        #expect(producer.coordinatorEpoch == -1)
        #expect(producer.currentTxnStartOffset == -1)
        #expect(try await client.producers("t", partition: 1).errorCode == .unknownTopicOrPartition)
        #expect(try await client.producers("none").errorCode == .unknownTopicOrPartition)
    }

    @Test func producersAreNotToldToWhoIsDenied() async throws {
        let test = try await TestBroker.story()
        #expect(
            try await test.connect(peer: "10.0.0.2").producers("accounts").errorCode == .topicAuthorizationFailed)
        let own = try await test.connect().producers("__sluice_views")
        #expect(own.errorCode == .topicAuthorizationFailed)
        #expect(own.activeProducers.isEmpty)
    }

    // MARK: ListConfigResources

    @Test func whatHasSettings() async throws {
        let test = try await TestBroker.story(["node.id": "7"])
        try await test.createTopic("t")
        let client = test.connect()
        #expect(try await client.resources([2]) == ["2 accounts", "2 t"])
        #expect(try await client.resources([4, 8, 4]) == ["4 7"])
        #expect(try await client.resources([16]) == [])
        #expect(try await client.resources([32]) == ["32 email-app"])
        #expect(try await client.resources([]) == ["2 accounts", "2 t", "32 email-app", "4 7"])
        #expect(try await test.connect(isAdmin: true).resources([2]).contains("2 __sluice_views"))
        // v0 is about clients' metrics.
        #expect(try await client.resources([], version: 0) == [])
        var request = ListConfigResourcesRequest()
        for type in [Int8(0), 1, 3, -1, .max] {
            request.resourceTypes = [2, type]
            let refused = try await client.send(request, version: 1)
            #expect(refused.errorCode == .unsupportedVersion)
            #expect(refused.configResources.isEmpty)
        }
    }

    // MARK: ElectLeaders

    @Test(arguments: ElectLeadersRequest.versions) func noElectionIsNeeded(version: Int16) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        let results = try await client.elect([("t", [0, 1]), ("none", [0])], version: version)
        #expect(results.errorCode == .none)
        #expect(results.replicaElectionResults.map(\.topic) == ["t", "none"])
        #expect(
            results.replicaElectionResults.map { $0.partitionResult.map(\.errorCode) }
                == [[.electionNotNeeded, .unknownTopicOrPartition], [.unknownTopicOrPartition]])
        let all = try await client.elect(nil, version: version)
        #expect(all.errorCode == .none)
        #expect(all.replicaElectionResults.isEmpty)
        let far = try await test.connect(peer: "10.0.0.2").elect([("t", [0])], version: version)
        #expect(version == 0 || far.errorCode == .clusterAuthorizationFailed)
        #expect(far.replicaElectionResults[0].partitionResult.map(\.errorCode) == [.clusterAuthorizationFailed])
        if version >= 1 {
            #expect(try await client.elect([("t", [0])], type: 2, version: version).errorCode == .invalidRequest)
        }
    }

    // MARK: Reassignments

    @Test(arguments: AlterPartitionReassignmentsRequest.versions) func partitionsStayHere(version: Int16) async throws {
        let test = try await TestBroker(["node.id": "7"])
        try await test.createTopic("t", partitions: 6)
        let wanted: [(Int32, [Int32]?, ErrorCode)] = [
            (0, [7], .none), (1, nil, .noReassignmentInProgress), (2, [8], .invalidReplicaAssignment),
            (3, [], .invalidReplicaAssignment), (4, [7, 7], .invalidReplicaAssignment),
            (5, [7, 8], .invalidReplicaAssignment), (6, [7], .unknownTopicOrPartition),
        ]
        var topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
        topic.name = "t"
        topic.partitions = wanted.map { index, replicas, _ in
            var partition = AlterPartitionReassignmentsRequest.ReassignablePartition()
            partition.partitionIndex = index
            partition.replicas = replicas
            return partition
        }
        var missing = topic
        missing.name = "none"
        var request = AlterPartitionReassignmentsRequest()
        request.topics = [topic, missing]
        let response = try await test.connect().send(request, version: version)
        #expect(response.errorCode == .none)
        #expect(response.responses[0].partitions.map(\.errorCode) == wanted.map(\.2))
        #expect(response.responses[0].partitions[2].errorMessage == "replicas must be [7]: there is no other broker")
        #expect(response.responses[1].partitions.allSatisfy { $0.errorCode == .unknownTopicOrPartition })
        let far = try await test.connect(peer: "10.0.0.2").send(request, version: version)
        #expect(far.errorCode == .clusterAuthorizationFailed)
        #expect(far.responses.isEmpty)
        let listed = try await test.connect().send(ListPartitionReassignmentsRequest(), version: 0)
        #expect(listed.errorCode == .none)
        #expect(listed.topics.isEmpty)
    }

    @Test(arguments: AlterReplicaLogDirsRequest.versions) func thereIsOneFolder(version: Int16) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        var topic = AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic()
        topic.name = "t"
        topic.partitions = [0, 1]
        var request = AlterReplicaLogDirsRequest()
        request.dirs = [Volume.absolutePath(of: test.folder.path), "/elsewhere"].map { path in
            var folder = AlterReplicaLogDirsRequest.AlterReplicaLogDir()
            folder.path = path
            folder.topics = [topic]
            return folder
        }
        let response = try await test.connect().send(request, version: version)
        #expect(
            response.results.map { $0.partitions.map(\.errorCode) }
                == [[.none, .unknownTopicOrPartition], [.logDirNotFound, .logDirNotFound]])
        let far = try await test.connect(peer: "10.0.0.2").send(request, version: version)
        #expect(far.results.allSatisfy { $0.partitions.allSatisfy { $0.errorCode == .clusterAuthorizationFailed } })
    }

    // MARK: DeleteTopics

    @Test func topicsStayWhereTheyMayNotBeDeleted() async throws {
        let test = try await TestBroker(["delete.topic.enable": "false"])
        try await test.createTopic("t")
        var request = DeleteTopicsRequest()
        var topic = DeleteTopicsRequest.DeleteTopicState()
        topic.name = "t"
        request.topics = [topic]
        let response = try await test.connect().send(request, version: 6)
        #expect(response.responses.map(\.errorCode) == [.topicDeletionDisabled])
        #expect(test.broker.topics["t"] != nil)
    }

    /// A topic that is being deleted is there until its files are gone.
    @Test func creatingWhatIsBeingDeleted() async throws {
        let test = try await TestBroker()
        for round in 0..<10 {
            let topic = try await test.createTopic("t", partitions: 8)
            let manager = test.broker.topicManager
            async let deletion: Void = manager.delete(topic)
            var codes: Set<Int16> = []
            while true {
                do throws(TopicError) {
                    _ = try await manager.create(name: "t", partitionCount: 1, overrides: [:])
                    break
                } catch {
                    codes.insert(error.code.rawValue)
                }
            }
            try await deletion
            #expect(codes.isSubset(of: [ErrorCode.topicAlreadyExists.rawValue]), "round \(round)")
            try await manager.delete(#require(test.broker.topics["t"]))
        }
    }
}

extension TestConnection {
    /// Each page of a description: topics with their partitions.
    fileprivate func describePages(_ topics: [String], limit: Int32) async throws -> [[String]] {
        var request = DescribeTopicPartitionsRequest()
        request.topics = topics.map(ClusterAdminTests.named)
        request.responsePartitionLimit = limit
        var pages: [[String]] = []
        while pages.count < 20 {
            let response = try await send(request, version: 0)
            pages.append(
                response.topics.map { topic in
                    "\(topic.name ?? "") " + topic.partitions.map { "\($0.partitionIndex)" }.joined(separator: ",")
                })
            guard let next = response.nextCursor else { break }
            request.cursor = ClusterAdminTests.cursor(next.topicName, next.partitionIndex)
        }
        return pages
    }

    fileprivate func producers(
        _ topic: String, partition: Int32 = 0
    ) async throws -> DescribeProducersResponse.PartitionResponse {
        var wanted = DescribeProducersRequest.TopicRequest()
        wanted.name = topic
        wanted.partitionIndexes = [partition]
        var request = DescribeProducersRequest()
        request.topics = [wanted]
        return try await send(request, version: 0).topics[0].partitions[0]
    }

    fileprivate func resources(_ types: [Int8], version: Int16 = 1) async throws -> [String] {
        var request = ListConfigResourcesRequest()
        request.resourceTypes = types
        let response = try await send(request, version: version)
        #expect(response.errorCode == .none)
        return response.configResources.map { "\($0.resourceType) \($0.resourceName)" }.sorted()
    }

    fileprivate func elect(
        _ topics: [(String, [Int32])]?, type: Int8 = 0, version: Int16
    ) async throws -> ElectLeadersResponse {
        var request = ElectLeadersRequest()
        request.electionType = type
        request.topicPartitions = topics?.map { name, partitions in
            var topic = ElectLeadersRequest.TopicPartitions()
            topic.topic = name
            topic.partitions = partitions
            return topic
        }
        return try await send(request, version: version)
    }
}
