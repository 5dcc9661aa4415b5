import KafkaMessages

/// DeleteTopics v1–6, by name or id. Topics of the broker's own stay. Offsets that groups committed go with the topic.
/// Bindings and prefix defaults outlive a topic.
extension Broker {
    func handle(_ request: DeleteTopicsRequest, _ context: RequestContext) async -> DeleteTopicsResponse {
        var response = DeleteTopicsResponse()
        let byName = request.topicNames.map { name in
            var state = DeleteTopicsRequest.DeleteTopicState()
            state.name = name
            return state
        }
        for wanted in request.topics + byName {
            var answer = DeleteTopicsResponse.DeletableTopicResult()
            answer.name = wanted.name
            answer.topicId = wanted.topicId
            do throws(TopicError) {
                guard configuration.flag("delete.topic.enable") else {
                    throw TopicError(code: .topicDeletionDisabled, message: "delete.topic.enable is false")
                }
                let topic = try find(wanted, context)
                answer.name = topic.name
                answer.topicId = topic.id
                try await topicManager.delete(topic)
                adminLog.note("a topic was deleted", context.logFields, ["topic": topic.name])
                await groups.topicDeleted(topic.name)
            } catch {
                answer.errorCode = error.code
                answer.errorMessage = error.message
            }
            response.responses.append(answer)
        }
        return response
    }

    private func find(
        _ wanted: DeleteTopicsRequest.DeleteTopicState, _ context: RequestContext
    ) throws(TopicError) -> Topic {
        let found = wanted.name.map { topics[$0] } ?? topics[wanted.topicId]
        // Asked before whether there is one of that name.
        if let name = wanted.name ?? found?.name, !context.may(.topic, name) {
            throw TopicError(code: .topicAuthorizationFailed, message: "no right to delete this topic")
        }
        guard let topic = found else {
            let code: ErrorCode = wanted.name == nil ? .unknownTopicId : .unknownTopicOrPartition
            throw TopicError(code: code, message: "there is no such topic")
        }
        guard !Topic.isInternal(topic.name) else {
            throw TopicError(code: .policyViolation, message: "topics of the broker's own can't be deleted")
        }
        return topic
    }
}
