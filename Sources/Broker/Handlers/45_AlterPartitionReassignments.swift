import KafkaMessages

/// AlterPartitionReassignments v0–1. Partitions are on the one broker: to put them there changes nothing, to put them
/// elsewhere can't be, and no move is under way that could be cancelled.
extension Broker {
    func handle(
        _ request: AlterPartitionReassignmentsRequest, _ context: RequestContext
    ) -> AlterPartitionReassignmentsResponse {
        var response = AlterPartitionReassignmentsResponse()
        response.allowReplicationFactorChange = request.allowReplicationFactorChange
        do throws(TopicError) {
            try checkMayAdminister(context)
        } catch {
            response.errorCode = error.code
            response.errorMessage = error.message
            return response
        }
        response.responses = request.topics.map { wanted in
            var answer = AlterPartitionReassignmentsResponse.ReassignableTopicResponse()
            answer.name = wanted.name
            answer.partitions = wanted.partitions.map { wanted in
                var result = AlterPartitionReassignmentsResponse.ReassignablePartitionResponse()
                result.partitionIndex = wanted.partitionIndex
                do throws(TopicError) {
                    try check(wanted, of: topics[answer.name])
                } catch {
                    result.errorCode = error.code
                    result.errorMessage = error.message
                }
                return result
            }
            return answer
        }
        return response
    }

    private func check(
        _ wanted: AlterPartitionReassignmentsRequest.ReassignablePartition, of topic: Topic?
    ) throws(TopicError) {
        guard topic?.partition(wanted.partitionIndex) != nil else {
            throw TopicError(code: .unknownTopicOrPartition, message: "there is no such topic or partition")
        }
        guard let replicas = wanted.replicas else {
            throw TopicError(
                code: .noReassignmentInProgress, message: "there is no move of the partition to be cancelled")
        }
        guard replicas == [configuration.nodeId] else {
            throw TopicError(
                code: .invalidReplicaAssignment,
                message: "replicas must be [\(configuration.nodeId)]: there is no other broker")
        }
    }
}
