import KafkaMessages
import NIOCore
import SegmentLog

@testable import Broker

/// One request of an API about topic and group, and the first error of its answer.
struct AccessProbe {
    let topic: Topic
    let group: String
    let client: TestConnection
    let version: Int16

    private func code<R: KafkaRequest>(_ request: R) async throws -> ErrorCode {
        try await client.send(request, version: version).firstError
    }

    private func code<R: KafkaRequest>(_ empty: R, _ fill: (inout R) -> Void) async throws -> ErrorCode {
        var request = empty
        fill(&request)
        return try await code(request)
    }

    /// The answer's first error to a request of that API.
    func ask(_ api: ApiKey) async throws -> ErrorCode {
        switch api {
        case .produce, .fetch, .listOffsets, .metadata, .offsetForLeaderEpoch, .describeProducers,
            .describeTopicPartitions, .deleteRecords, .initProducerId:
            return try await askOfRecords(api)
        case .createTopics, .deleteTopics, .createPartitions, .describeConfigs, .alterConfigs, .incrementalAlterConfigs,
            .electLeaders, .alterPartitionReassignments, .alterReplicaLogDirs, .describeLogDirs:
            return try await askOfTopic(api)
        case .offsetCommit, .offsetFetch, .findCoordinator, .joinGroup, .heartbeat, .leaveGroup, .syncGroup,
            .describeGroups, .deleteGroups, .offsetDelete:
            return try await askOfGroup(api)
        case .listGroups: return try await code(ListGroupsRequest())
        case .apiVersions: return try await code(ApiVersionsRequest())
        case .saslHandshake: return try await code(SaslHandshakeRequest())
        case .saslAuthenticate: return try await code(SaslAuthenticateRequest())
        case .describeCluster: return try await code(DescribeClusterRequest())
        case .listPartitionReassignments: return try await code(ListPartitionReassignmentsRequest())
        case .listConfigResources: return try await code(ListConfigResourcesRequest())
        case .describeAcls:
            return try await code(DescribeAclsRequest()) {
                ($0.resourceTypeFilter, $0.patternTypeFilter, $0.operation, $0.permissionType) = (1, 1, 1, 1)
            }
        case .createAcls: return try await code(CreateAclsRequest()) { $0.creations = [.init()] }
        case .deleteAcls: return try await code(DeleteAclsRequest()) { $0.filters = [.init()] }
        case .describeUserScramCredentials: return try await code(DescribeUserScramCredentialsRequest())
        case .describeClientQuotas: return try await code(DescribeClientQuotasRequest())
        case .alterClientQuotas: return try await code(AlterClientQuotasRequest()) { $0.entries = [.init()] }
        case .alterUserScramCredentials:
            return try await code(AlterUserScramCredentialsRequest()) { $0.upsertions = [.init()] }
        default: throw TestFailure("no request of \(api) is made here")
        }
    }

    private func askOfRecords(_ api: ApiKey) async throws -> ErrorCode {
        switch api {
        case .produce:
            var request = TestConnection.produceRequest(topic.name, batch("a"))
            request.topicData[0].topicId = version >= 13 ? topic.id : .zero
            if version >= 13 { request.topicData[0].name = "" }
            return try await code(request)
        case .fetch:
            var request = TestConnection.fetchRequest(topic.name, from: 0)
            request.topics[0].topicId = version >= 13 ? topic.id : .zero
            if version >= 13 { request.topics[0].topic = "" }
            if version >= 15 { request.replicaId = -1 }
            return try await code(request)
        case .listOffsets:
            return try await code(ListOffsetsRequest()) { request in
                var wanted = ListOffsetsRequest.ListOffsetsTopic()
                wanted.name = topic.name
                wanted.partitions = [.init()]
                wanted.partitions[0].timestamp = -1
                (request.replicaId, request.topics) = (-1, [wanted])
            }
        case .metadata:
            return try await code(MetadataRequest()) { request in
                var wanted = MetadataRequest.MetadataRequestTopic()
                wanted.name = topic.name
                request.topics = [wanted]
            }
        case .offsetForLeaderEpoch:
            return try await code(OffsetForLeaderEpochRequest()) { request in
                var wanted = OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
                wanted.topic = topic.name
                wanted.partitions = [.init()]
                request.topics = [wanted]
                if version >= 3 { request.replicaId = -1 }
            }
        case .describeProducers:
            return try await code(DescribeProducersRequest()) { request in
                var wanted = DescribeProducersRequest.TopicRequest()
                (wanted.name, wanted.partitionIndexes) = (topic.name, [0])
                request.topics = [wanted]
            }
        case .describeTopicPartitions:
            return try await code(DescribeTopicPartitionsRequest()) { request in
                request.topics = [.init()]
                request.topics[0].name = topic.name
            }
        case .deleteRecords:
            return try await code(DeleteRecordsRequest()) { request in
                var wanted = DeleteRecordsRequest.DeleteRecordsTopic()
                wanted.name = topic.name
                wanted.partitions = [.init()]
                request.topics = [wanted]
            }
        default: return try await code(InitProducerIdRequest()) { $0.transactionalId = nil }
        }
    }

    private func askOfTopic(_ api: ApiKey) async throws -> ErrorCode {
        switch api {
        case .createTopics:
            return try await code(CreateTopicsRequest()) { request in
                var wanted = CreateTopicsRequest.CreatableTopic()
                (wanted.name, wanted.numPartitions, wanted.replicationFactor) = (topic.name, 1, 1)
                request.topics = [wanted]
            }
        case .deleteTopics:
            return try await code(DeleteTopicsRequest()) { request in
                guard version >= 6 else {
                    request.topicNames = [topic.name]
                    return
                }
                request.topics = [.init()]
                request.topics[0].topicId = topic.id
            }
        case .createPartitions:
            return try await code(CreatePartitionsRequest()) { request in
                var wanted = CreatePartitionsRequest.CreatePartitionsTopic()
                (wanted.name, wanted.count, wanted.assignments) = (topic.name, 1, nil)
                request.topics = [wanted]
            }
        case .describeConfigs:
            return try await code(DescribeConfigsRequest()) { request in
                request.resources = [.init()]
                (request.resources[0].resourceType, request.resources[0].resourceName) = (2, topic.name)
                request.resources[0].configurationKeys = nil
            }
        case .alterConfigs:
            return try await code(AlterConfigsRequest()) { request in
                request.resources = [.init()]
                (request.resources[0].resourceType, request.resources[0].resourceName) = (2, topic.name)
                request.validateOnly = true
            }
        case .incrementalAlterConfigs:
            return try await code(IncrementalAlterConfigsRequest()) { request in
                request.resources = [.init()]
                (request.resources[0].resourceType, request.resources[0].resourceName) = (2, topic.name)
                request.validateOnly = true
            }
        case .electLeaders:
            return try await code(ElectLeadersRequest()) { request in
                var wanted = ElectLeadersRequest.TopicPartitions()
                (wanted.topic, wanted.partitions) = (topic.name, [0])
                request.topicPartitions = [wanted]
            }
        case .alterPartitionReassignments:
            return try await code(AlterPartitionReassignmentsRequest()) { request in
                var wanted = AlterPartitionReassignmentsRequest.ReassignableTopic()
                wanted.name = topic.name
                wanted.partitions = [.init()]
                request.topics = [wanted]
            }
        case .alterReplicaLogDirs:
            return try await code(AlterReplicaLogDirsRequest()) { request in
                var wanted = AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic()
                (wanted.name, wanted.partitions) = (topic.name, [0])
                request.dirs = [.init()]
                request.dirs[0].topics = [wanted]
            }
        default:
            let response = try await client.send(DescribeLogDirsRequest(topics: nil), version: version)
            // Before v3 the answer has no place for an error.
            let isEmpty = version < 3 && response.results.isEmpty
            return isEmpty ? .clusterAuthorizationFailed : response.firstError
        }
    }

    private func askOfGroup(_ api: ApiKey) async throws -> ErrorCode {
        switch api {
        case .offsetCommit:
            return try await code(OffsetCommitRequest()) { request in
                var wanted = OffsetCommitRequest.OffsetCommitRequestTopic()
                if version < 10 { wanted.name = topic.name } else { wanted.topicId = topic.id }
                wanted.partitions = [.init()]
                (request.groupId, request.topics) = (group, [wanted])
            }
        case .offsetFetch:
            return try await code(OffsetFetchRequest()) { request in
                guard version >= 8 else {
                    var wanted = OffsetFetchRequest.OffsetFetchRequestTopic()
                    (wanted.name, wanted.partitionIndexes) = (topic.name, [0])
                    (request.groupId, request.topics) = (group, [wanted])
                    return
                }
                var wanted = OffsetFetchRequest.OffsetFetchRequestTopics()
                if version < 10 { wanted.name = topic.name } else { wanted.topicId = topic.id }
                wanted.partitionIndexes = [0]
                request.groups = [.init()]
                (request.groups[0].groupId, request.groups[0].topics) = (group, [wanted])
            }
        case .findCoordinator:
            return try await code(FindCoordinatorRequest()) { request in
                if version < 4 { request.key = group } else { request.coordinatorKeys = [group] }
            }
        case .joinGroup: return try await code(JoinGroupRequest()) { $0.groupId = group }
        case .heartbeat: return try await code(HeartbeatRequest()) { $0.groupId = group }
        case .leaveGroup:
            return try await code(LeaveGroupRequest()) { request in
                request.groupId = group
                if version >= 3 { request.members = [.init()] }
            }
        case .syncGroup: return try await code(SyncGroupRequest()) { $0.groupId = group }
        case .describeGroups: return try await code(DescribeGroupsRequest()) { $0.groups = [group] }
        case .deleteGroups: return try await code(DeleteGroupsRequest()) { $0.groupsNames = [group] }
        default:
            return try await code(OffsetDeleteRequest()) { request in
                var wanted = OffsetDeleteRequest.OffsetDeleteRequestTopic()
                wanted.name = topic.name
                wanted.partitions = [.init()]
                (request.groupId, request.topics) = (group, [wanted])
            }
        }
    }
}

extension DescribeLogDirsRequest {
    fileprivate init(topics: [DescribableLogDirTopic]?) {
        self.init()
        self.topics = topics
    }
}
