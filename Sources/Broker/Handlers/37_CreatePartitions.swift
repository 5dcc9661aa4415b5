import KafkaMessages

/// CreatePartitions v0–3: a topic only grows. Manual assignments and topics of the broker's own are refused. Kafka's keyed
/// records may go to another partition afterwards.
extension Broker {
    func handle(_ request: CreatePartitionsRequest, _ context: RequestContext) async -> CreatePartitionsResponse {
        var response = CreatePartitionsResponse()
        var counts: [String: Int] = [:]
        for topic in request.topics { counts[topic.name, default: 0] += 1 }
        for wanted in request.topics {
            var answer = CreatePartitionsResponse.CreatePartitionsTopicResult()
            answer.name = wanted.name
            do throws(TopicError) {
                guard counts[wanted.name] == 1 else {
                    throw TopicError(code: .invalidRequest, message: "the request names the topic more than once")
                }
                guard context.may(.topic, wanted.name) else {
                    throw TopicError(code: .topicAuthorizationFailed, message: "no right to change this topic")
                }
                try await grow(wanted, validateOnly: request.validateOnly, context)
            } catch {
                answer.errorCode = error.code
                answer.errorMessage = error.message
            }
            response.results.append(answer)
        }
        return response
    }

    private func grow(
        _ wanted: CreatePartitionsRequest.CreatePartitionsTopic, validateOnly: Bool, _ context: RequestContext
    ) async throws(TopicError) {
        guard let topic = topics[wanted.name] else {
            throw TopicError(code: .unknownTopicOrPartition, message: "the topic '\(wanted.name)' does not exist")
        }
        guard !Topic.isInternal(topic.name) else {
            throw TopicError(code: .policyViolation, message: "topics of the broker's own keep their partitions")
        }
        guard wanted.assignments == nil else {
            throw TopicError(
                code: .invalidReplicaAssignment,
                message: "one broker assigns its partitions itself: name a count instead")
        }
        try await topicManager.grow(topic, to: Int(wanted.count), validateOnly: validateOnly)
        guard !validateOnly else { return }
        adminLog.note(
            "a topic got more partitions", context.logFields, ["topic": topic.name, "partitions": String(wanted.count)])
    }
}
