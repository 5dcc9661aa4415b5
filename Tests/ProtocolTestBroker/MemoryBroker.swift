import KafkaMessages
import KafkaRecords
import NIOCore
import Synchronization
import Views

/// The least that a broker does, in memory: topics, produce, fetch, offsets, policy, and groups of one member.
package final class MemoryBroker: Sendable {
    package struct Partition {
        package var records: [Record] = []
        package var start: Int64 = 0
    }

    package struct State {
        package var topics: [String: [Partition]] = [:]
        package var ids: [String: Uuid] = [:]
        package var committed: [String: [String: Int64]] = [:]
        package var generation: Int32 = 0
        package var joinedMembers: Set<String> = []
        /// Members that tools see, by group.
        package var describedMembers: [String: [DescribeGroupsResponse.DescribedGroupMember]] = [:]
        package var fetchTags: [(group: String?, module: Int?)] = []
        /// Errors for the next fetches, one each.
        package var fetchErrors: [ErrorCode] = []
        /// The broker offers nothing above these versions.
        package var versionCaps: [ApiKey: Int16] = [:]
        package var isSluice = true
        /// Fetches that name a module are refused, as from a reader who may not write modules.
        package var refusesModules = false
        /// Settings that were changed, `NAME=VALUE` in the order of the requests; a deleted one is `null`.
        package var altered: [String] = []
        /// What `__sluice_modules` and `__sluice_views` make.
        package var policy = PolicyState()
        /// Users, logins and ACLs; nil: the broker offers nothing of it.
        package var security: MemorySecurity?
    }

    package let state = Mutex(State())
    static let memberId = "member-1"

    package init() {}

    package func add(topic: String, partitions: Int) {
        state.withLock { state in
            state.topics[topic] = Array(repeating: Partition(), count: partitions)
            state.ids[topic] = Uuid(high: 7, low: UInt64(state.ids.count + 1))
        }
    }

    package func values(_ topic: String) -> [[String]] {
        state.withLock { state in
            (state.topics[topic] ?? []).map { $0.records.map { String(decoding: $0.value ?? [], as: UTF8.self) } }
        }
    }

    package var script: FakeBroker.Script {
        { [self] request in
            try state.withLock { state in try Self.handle(request, &state) }
        }
    }

    static func handle(_ request: FakeRequest, _ state: inout State) throws -> FakeReply {
        if let reply = try secured(request, &state) { return reply }
        return switch request.header.apiKey {
        case .apiVersions: try request.answer(apiVersions(state))
        case .metadata: try request.answer(metadata(request.body(MetadataRequest.self), state))
        case .createTopics: try request.answer(createTopics(request.body(CreateTopicsRequest.self), &state))
        case .deleteTopics: try request.answer(deleteTopics(request.body(DeleteTopicsRequest.self), &state))
        case .describeConfigs: try request.answer(describeConfigs(request.body(DescribeConfigsRequest.self)))
        case .incrementalAlterConfigs:
            try request.answer(alterConfigs(request.body(IncrementalAlterConfigsRequest.self), &state))
        case .createPartitions:
            try request.answer(createPartitions(request.body(CreatePartitionsRequest.self), &state))
        case .produce: try request.answer(produce(request.body(ProduceRequest.self), &state))
        case .fetch: try request.answer(fetch(request.body(FetchRequest.self), &state))
        case .listOffsets: try request.answer(listOffsets(request.body(ListOffsetsRequest.self), state))
        case .findCoordinator: try request.answer(findCoordinator(request))
        case .joinGroup: try request.answer(joinGroup(request.body(JoinGroupRequest.self), &state))
        case .syncGroup: try request.answer(syncGroup(request.body(SyncGroupRequest.self), &state))
        case .heartbeat: try request.answer(HeartbeatResponse())
        case .leaveGroup: try request.answer(leaveGroup(request.body(LeaveGroupRequest.self), &state))
        case .offsetCommit: try request.answer(offsetCommit(request.body(OffsetCommitRequest.self), &state))
        case .offsetFetch: try request.answer(offsetFetch(request, state))
        case .describeGroups: try request.answer(describeGroups(request, state))
        case .listGroups: try request.answer(listGroups(request.body(ListGroupsRequest.self), state))
        case .deleteGroups: try request.answer(deleteGroups(request.body(DeleteGroupsRequest.self), &state))
        default: .closeConnection
        }
    }

    static func apiVersions(_ state: State) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        let offered: [(ApiKey, ClosedRange<Int16>)] = [
            (.apiVersions, ApiVersionsRequest.versions), (.metadata, MetadataRequest.versions),
            (.createTopics, CreateTopicsRequest.versions), (.deleteTopics, DeleteTopicsRequest.versions),
            (.describeConfigs, DescribeConfigsRequest.versions), (.produce, ProduceRequest.versions),
            (.fetch, FetchRequest.versions), (.listOffsets, ListOffsetsRequest.versions),
            (.findCoordinator, FindCoordinatorRequest.versions), (.joinGroup, JoinGroupRequest.versions),
            (.syncGroup, SyncGroupRequest.versions), (.heartbeat, HeartbeatRequest.versions),
            (.leaveGroup, LeaveGroupRequest.versions), (.offsetCommit, OffsetCommitRequest.versions),
            (.offsetFetch, OffsetFetchRequest.versions), (.describeGroups, DescribeGroupsRequest.versions),
            (.listGroups, ListGroupsRequest.versions), (.deleteGroups, DeleteGroupsRequest.versions),
            (.createPartitions, CreatePartitionsRequest.versions),
            (.incrementalAlterConfigs, IncrementalAlterConfigsRequest.versions),
        ]
        response.apiKeys = (offered + (state.security == nil ? [] : MemorySecurity.offered)).map { key, versions in
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = key.rawValue
            entry.minVersion = versions.lowerBound
            entry.maxVersion = min(versions.upperBound, state.versionCaps[key] ?? .max)
            return entry
        }
        response.sluiceFeatures = state.isSluice ? "1" : nil
        return response
    }

    static func metadata(_ request: MetadataRequest, _ state: State) -> MetadataResponse {
        var broker = MetadataResponse.MetadataResponseBroker()
        broker.nodeId = 1
        // An address that nobody can reach: a cluster of one broker is spoken to through the bootstrap connection.
        broker.host = "192.0.2.1"
        broker.port = 1
        var response = MetadataResponse()
        response.brokers = [broker]
        response.clusterId = "memory"
        response.controllerId = 1
        let names = request.topics?.map { $0.name ?? "" } ?? state.topics.keys.sorted()
        response.topics = names.map { name in
            var topic = MetadataResponse.MetadataResponseTopic()
            topic.name = name
            guard let partitions = state.topics[name] else {
                topic.errorCode = .unknownTopicOrPartition
                return topic
            }
            topic.topicId = state.ids[name] ?? .zero
            topic.isInternal = name.hasPrefix("__")
            topic.partitions = partitions.indices.map { index in
                var partition = MetadataResponse.MetadataResponsePartition()
                partition.partitionIndex = Int32(index)
                partition.leaderId = 1
                partition.replicaNodes = [1]
                partition.isrNodes = [1]
                return partition
            }
            return topic
        }
        return response
    }

    static func createTopics(_ request: CreateTopicsRequest, _ state: inout State) -> CreateTopicsResponse {
        var response = CreateTopicsResponse()
        response.topics = request.topics.map { topic in
            var result = CreateTopicsResponse.CreatableTopicResult()
            result.name = topic.name
            if state.topics[topic.name] != nil {
                result.errorCode = .topicAlreadyExists
                result.errorMessage = "topic \(topic.name) exists"
            } else {
                state.topics[topic.name] = Array(repeating: Partition(), count: max(1, Int(topic.numPartitions)))
                state.ids[topic.name] = Uuid(high: 7, low: UInt64(state.ids.count + 1))
            }
            return result
        }
        return response
    }

    static func deleteTopics(_ request: DeleteTopicsRequest, _ state: inout State) -> DeleteTopicsResponse {
        var response = DeleteTopicsResponse()
        for name in request.topicNames + request.topics.compactMap(\.name) {
            var result = DeleteTopicsResponse.DeletableTopicResult()
            result.name = name
            result.errorCode = state.topics.removeValue(forKey: name) == nil ? .unknownTopicOrPartition : .none
            response.responses.append(result)
        }
        return response
    }

    static func describeConfigs(_ request: DescribeConfigsRequest) -> DescribeConfigsResponse {
        var config = DescribeConfigsResponse.DescribeConfigsResourceResult()
        config.name = "retention.ms"
        config.value = "1000"
        config.configSource = 1
        var result = DescribeConfigsResponse.DescribeConfigsResult()
        result.resourceType = request.resources[0].resourceType
        result.resourceName = request.resources[0].resourceName
        result.configs = [config]
        var response = DescribeConfigsResponse()
        response.results = [result]
        return response
    }

    static func name(_ name: String, _ id: Uuid, _ state: State) -> String {
        name.isEmpty ? state.ids.first { $0.value == id }?.key ?? "" : name
    }

    static func produce(_ request: ProduceRequest, _ state: inout State) throws -> ProduceResponse {
        var response = ProduceResponse()
        for topic in request.topicData {
            let name = name(topic.name, topic.topicId, state)
            var result = ProduceResponse.TopicProduceResponse()
            result.name = topic.name
            result.topicId = topic.topicId
            for data in topic.partitionData {
                var answer = ProduceResponse.PartitionProduceResponse()
                answer.index = data.index
                guard case .bytes(let bytes) = data.records,
                    state.topics[name]?.indices.contains(Int(data.index)) == true
                else {
                    answer.errorCode = .unknownTopicOrPartition
                    result.partitionResponses.append(answer)
                    continue
                }
                let batch = try DecodedBatch(decoding: bytes.readableBytesSpan, bound: 1 << 24)
                let records = batch.records.indices.map { batch.record(at: $0) }
                if name.hasPrefix("__sluice_") {
                    writePolicy(records, to: name, &answer, &state)
                } else {
                    answer.baseOffset = Int64(state.topics[name]?[Int(data.index)].records.count ?? 0)
                    state.topics[name]?[Int(data.index)].records += records
                }
                result.partitionResponses.append(answer)
            }
            response.responses.append(result)
        }
        return response
    }

    static func fetch(_ request: FetchRequest, _ state: inout State) -> FetchResponse {
        state.fetchTags.append((request.group, request.adhocModule?.readableBytes))
        let error = state.fetchErrors.isEmpty ? ErrorCode.none : state.fetchErrors.removeFirst()
        var response = FetchResponse()
        for topic in request.topics {
            var result = FetchResponse.FetchableTopicResponse()
            result.topic = topic.topic
            result.topicId = topic.topicId
            let partitions = state.topics[name(topic.topic, topic.topicId, state)] ?? []
            for wanted in topic.partitions {
                let partition = partitions[Int(wanted.partition)]
                var data = FetchResponse.PartitionData()
                data.partitionIndex = wanted.partition
                data.highWatermark = Int64(partition.records.count)
                data.errorCode = error
                if request.adhocModule != nil, state.refusesModules { data.errorCode = .topicAuthorizationFailed }
                if wanted.fetchOffset < partition.start || wanted.fetchOffset > Int64(partition.records.count) {
                    data.errorCode = .offsetOutOfRange
                }
                // One batch with all records, as a broker that stored them as one: the client has to skip the first.
                if data.errorCode == .none, wanted.fetchOffset < Int64(partition.records.count) {
                    data.records = .bytes(ByteBuffer(bytes: RecordBatch.encode(partition.records)))
                }
                result.partitions.append(data)
            }
            response.responses.append(result)
        }
        return response
    }

    static func listOffsets(_ request: ListOffsetsRequest, _ state: State) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        response.topics = request.topics.map { topic in
            var result = ListOffsetsResponse.ListOffsetsTopicResponse()
            result.name = topic.name
            result.partitions = topic.partitions.map { wanted in
                let partition = state.topics[topic.name]?[Int(wanted.partitionIndex)] ?? Partition()
                var answer = ListOffsetsResponse.ListOffsetsPartitionResponse()
                answer.partitionIndex = wanted.partitionIndex
                switch wanted.timestamp {
                case -1: answer.offset = Int64(partition.records.count)
                case -2: answer.offset = partition.start
                case let time:
                    answer.offset = partition.records.firstIndex { $0.timestamp >= time }.map(Int64.init) ?? -1
                }
                return answer
            }
            return result
        }
        return response
    }
}
