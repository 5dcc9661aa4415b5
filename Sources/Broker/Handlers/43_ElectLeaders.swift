import KafkaMessages

/// ElectLeaders v0–2. One broker leads every partition that there is: no election is needed. For all partitions
/// (null), those that need none aren't listed, as in Apache Kafka.
extension Broker {
    func handle(_ request: ElectLeadersRequest, _ context: RequestContext) -> ElectLeadersResponse {
        var response = ElectLeadersResponse()
        var refusal: TopicError?
        do throws(TopicError) {
            try checkMayAdminister(context)
            guard request.electionType == 0 || request.electionType == 1 else {
                throw TopicError(
                    code: .invalidRequest,
                    message: "election type \(request.electionType) is not known: 0 preferred, 1 unclean")
            }
        } catch {
            refusal = error
            if context.apiVersion >= 1 { response.errorCode = error.code }
        }
        response.replicaElectionResults = (request.topicPartitions ?? []).map { wanted in
            var answer = ElectLeadersResponse.ReplicaElectionResult()
            answer.topic = wanted.topic
            answer.partitionResult = wanted.partitions.map { index in
                var result = ElectLeadersResponse.PartitionResult()
                result.partitionId = index
                let reason = refusal ?? outcome(of: wanted.topic, index)
                result.errorCode = reason.code
                result.errorMessage = reason.message
                return result
            }
            return answer
        }
        return response
    }

    private func outcome(of topic: String, _ index: Int32) -> TopicError {
        guard topics[topic]?.partition(index) != nil else {
            return TopicError(
                code: .unknownTopicOrPartition, message: "there is no partition \(index) of \(topic.prefix(249))")
        }
        return TopicError(code: .electionNotNeeded, message: "broker \(configuration.nodeId) leads it already")
    }
}
