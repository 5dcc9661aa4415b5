import KafkaMessages
import Views

/// Metadata v0–13. One broker, one leader a partition, leader epoch 0. Unlike Apache Kafka a topic of the broker's own is
/// listed only for the administrator, and auto-creation is off unless `auto.create.topics.enable` says so. Who asks for all topics
/// sees those with DESCRIBE; CREATE on topic or cluster lets a request create one.
extension Broker {
    func handle(_ request: MetadataRequest, _ context: RequestContext) async -> MetadataResponse {
        var response = MetadataResponse()
        var node = MetadataResponse.MetadataResponseBroker()
        node.nodeId = configuration.nodeId
        node.host = context.connection.listener.advertisedHost
        node.port = Int32(clamping: context.connection.listener.advertisedPort)
        response.brokers = [node]
        response.clusterId = clusterId
        response.controllerId = configuration.nodeId
        response.topics = await metadataTopics(request, context)
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = clusterOperations(context)
        }
        return response
    }

    private func metadataTopics(
        _ request: MetadataRequest, _ context: RequestContext
    ) async -> [MetadataResponse.MetadataResponseTopic] {
        // v0 has no null: there an empty list asks for all topics.
        let describe = { (topic: Topic) in
            self.describe(topic, operations: request.includeTopicAuthorizedOperations ? context.access : nil)
        }
        guard let wanted = request.topics, !(context.apiVersion == 0 && wanted.isEmpty) else {
            return visibleTopics(context).filter { context.allows(.topic, $0.name) }.map(describe)
        }
        var answers: [MetadataResponse.MetadataResponseTopic] = []
        answers.reserveCapacity(wanted.count)
        for topic in wanted {
            if topic.topicId != .zero {
                guard let found = topics[topic.topicId] else {
                    answers.append(unknown(topic, .unknownTopicId))
                    continue
                }
                let isDenied = !context.may(.topic, found.name)
                answers.append(isDenied ? unknown(topic, .topicAuthorizationFailed) : describe(found))
                continue
            }
            guard let name = topic.name else {
                answers.append(unknown(topic, .invalidRequest))
                continue
            }
            if !context.may(.topic, name) {
                answers.append(unknown(topic, .topicAuthorizationFailed))
            } else if let found = topics[name] {
                answers.append(describe(found))
            } else if Topic.nameProblem(name) != nil {
                answers.append(unknown(topic, .invalidTopicException))
            } else if mayAutoCreate(name, request) {
                guard hasRightToCreate(name, context) else {
                    answers.append(unknown(topic, .topicAuthorizationFailed))
                    continue
                }
                answers.append(await autoCreate(name).map(describe) ?? unknown(topic, .unknownTopicOrPartition))
            } else {
                answers.append(unknown(topic, .unknownTopicOrPartition))
            }
        }
        return answers
    }

    private func mayAutoCreate(_ name: String, _ request: MetadataRequest) -> Bool {
        configuration.flag("auto.create.topics.enable") && request.allowAutoTopicCreation && !Topic.isInternal(name)
    }

    private func hasRightToCreate(_ name: String, _ context: RequestContext) -> Bool {
        let (access, topic) = (context.access, Name(name))
        if access.allows(.create, .cluster, ResourceType.clusterName) || access.allows(.create, .topic, topic) {
            return true
        }
        access.authorizer.denials.note(.create, .topic, topic, context)
        return false
    }

    private func autoCreate(_ name: String) async -> Topic? {
        do throws(TopicError) {
            let isCompacted = configuration.text("log.cleanup.policy").split(separator: ",").contains("compact")
            return try await policy.keepingViews(
                of: isCompacted ? [TopicRef(id: (0, 0), name: name)] : []
            ) { () async throws(TopicError) in
                try await topicManager.create(
                    name: name, partitionCount: configuration.number("num.partitions"), overrides: [:])
            }
        } catch {
            // Another connection may have made it in the meantime.
            return topics[name]
        }
    }

    private func unknown(
        _ topic: MetadataRequest.MetadataRequestTopic, _ code: ErrorCode
    ) -> MetadataResponse.MetadataResponseTopic {
        var answer = MetadataResponse.MetadataResponseTopic()
        answer.errorCode = code
        answer.name = topic.name ?? (topic.topicId == .zero ? "" : nil)
        answer.topicId = topic.topicId
        return answer
    }

    private func describe(_ topic: Topic, operations: AccessCache?) -> MetadataResponse.MetadataResponseTopic {
        var answer = MetadataResponse.MetadataResponseTopic()
        answer.name = topic.name
        answer.topicId = topic.id
        answer.isInternal = Topic.isInternal(topic.name)
        if let operations { answer.topicAuthorizedOperations = operations.operations(on: .topic, topic.name) }
        answer.partitions = topic.partitions.map { partition in
            var description = MetadataResponse.MetadataResponsePartition()
            description.partitionIndex = partition.index
            description.leaderId = configuration.nodeId
            description.leaderEpoch = 0
            description.replicaNodes = [configuration.nodeId]
            description.isrNodes = [configuration.nodeId]
            return description
        }
        return answer
    }
}
