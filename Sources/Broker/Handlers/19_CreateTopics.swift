import KafkaMessages
import Views

/// CreateTopics v2–7. Replication factors −1 and 1 are taken (others by `accept.any.replication.factor`), manual
/// assignments are refused, `view.default` is policy: it needs the right to write policy and is written before the topic
/// can be seen. Needs CREATE on the cluster or on the topic; what the topic's settings are is told to whom DESCRIBE_CONFIGS is
/// allowed.
extension Broker {
    func handle(_ request: CreateTopicsRequest, _ context: RequestContext) async -> CreateTopicsResponse {
        var response = CreateTopicsResponse()
        var counts: [String: Int] = [:]
        for topic in request.topics { counts[topic.name, default: 0] += 1 }
        for topic in request.topics {
            var answer = CreateTopicsResponse.CreatableTopicResult()
            answer.name = topic.name
            do throws(TopicError) {
                guard counts[topic.name] == 1 else {
                    throw TopicError(code: .invalidRequest, message: "the request names the topic more than once")
                }
                try await create(topic, validateOnly: request.validateOnly, context, &answer)
            } catch {
                answer.errorCode = error.code
                answer.errorMessage = error.message
            }
            response.topics.append(answer)
        }
        return response
    }

    private func create(
        _ topic: CreateTopicsRequest.CreatableTopic, validateOnly: Bool, _ context: RequestContext,
        _ answer: inout CreateTopicsResponse.CreatableTopicResult
    ) async throws(TopicError) {
        guard context.allowsCluster || context.may(.topic, topic.name) else {
            throw TopicError(code: .topicAuthorizationFailed, message: "no right to create this topic")
        }
        guard topic.assignments.isEmpty else {
            throw TopicError(
                code: .invalidReplicaAssignment,
                message: "one broker assigns its partitions itself: name a count instead")
        }
        guard
            topic.replicationFactor == 1 || topic.replicationFactor == -1
                || (configuration.flag("accept.any.replication.factor") && topic.replicationFactor > 0)
        else {
            throw TopicError(
                code: .invalidReplicationFactor,
                message: "replication factor \(topic.replicationFactor): there is one broker, so 1 or -1")
        }
        guard !Topic.isInternal(topic.name) else {
            throw TopicError(code: .topicAuthorizationFailed, message: "topics of that name are the broker's own")
        }
        let count = topic.numPartitions == -1 ? configuration.number("num.partitions") : Int(topic.numPartitions)
        var overrides: [String: String] = [:]
        var viewDefault: String?
        for config in topic.configs {
            guard let value = config.value else {
                throw TopicError(
                    code: .invalidConfig,
                    message: "Null value not supported for topic configs: \(config.name.prefix(100))")
            }
            let isRepeated =
                config.name == ConfigViews.topicDefault ? viewDefault != nil : overrides[config.name] != nil
            guard !isRepeated else {
                throw TopicError(
                    code: .invalidConfig, message: "the request sets \(config.name.prefix(100)) more than once")
            }
            if config.name == ConfigViews.topicDefault { viewDefault = value } else { overrides[config.name] = value }
        }
        let settings = try await topicManager.check(name: topic.name, partitionCount: count, overrides: overrides)
        if let viewDefault {
            try await setViewDefault(
                viewDefault, topic: topic.name, isCompacted: settings.isCompacted, validateOnly: validateOnly, context)
        }
        describe(settings, partitionCount: count, topic.name, context, &answer)
        let name = topic.name
        let made = try await policy.keepingViews(
            of: settings.isCompacted ? [TopicRef(id: (0, 0), name: name)] : []
        ) { () async throws(TopicError) in
            validateOnly
                ? nil : try await topicManager.create(name: name, partitionCount: count, overrides: overrides)
        }
        guard let made else { return }
        answer.topicId = made.id
        adminLog.note("a topic was made", context.logFields, ["topic": name, "partitions": String(count)])
    }

    private func describe(
        _ settings: TopicConfiguration, partitionCount: Int, _ name: String, _ context: RequestContext,
        _ answer: inout CreateTopicsResponse.CreatableTopicResult
    ) {
        guard context.access.allows(.describeConfigs, .topic, Name(name)) else {
            if context.apiVersion >= 5 { answer.topicConfigErrorCode = .topicAuthorizationFailed }
            return
        }
        answer.numPartitions = Int32(clamping: partitionCount)
        answer.replicationFactor = 1
        answer.configs = TopicConfiguration.table.definitions.map { definition in
            let layer = settings.layers(definition.name, broker: configuration).first
            var config = CreateTopicsResponse.CreatableTopicConfigs()
            config.name = definition.name
            config.value = layer?.scaledValue
            config.configSource = (layer?.source ?? .defaultValue).rawValue
            return config
        }
    }
}
