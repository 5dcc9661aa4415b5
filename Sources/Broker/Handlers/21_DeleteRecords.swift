import KafkaMessages
import SegmentLog

/// DeleteRecords v0–2. −1 stands for the high watermark. Topics of the broker's own, and those that delete nothing by age or size, are refused. A
/// reader whose outcome for the topic is deny gets 29, unlike in Apache Kafka: the answer tells how much was written.
extension Broker {
    func handle(_ request: DeleteRecordsRequest, _ context: RequestContext) async -> DeleteRecordsResponse {
        var response = DeleteRecordsResponse()
        for wanted in request.topics {
            var answer = DeleteRecordsResponse.DeleteRecordsTopicResult()
            answer.name = wanted.name
            let found = topics[wanted.name]
            let isDenied = !context.may(.topic, wanted.name)
            let refusal = isDenied ? .topicAuthorizationFailed : await refusalToDelete(from: found, context)
            for wanted in wanted.partitions {
                var result = DeleteRecordsResponse.DeleteRecordsPartitionResult()
                result.partitionIndex = wanted.partitionIndex
                result.lowWatermark = -1
                if let refusal {
                    result.errorCode = refusal
                } else if let partition = found?.partition(wanted.partitionIndex) {
                    do throws(LogError) {
                        result.lowWatermark = try await partition.deleteRecords(
                            before: wanted.offset == -1 ? nil : wanted.offset)
                    } catch {
                        result.errorCode = error.code
                    }
                } else {
                    result.errorCode = .unknownTopicOrPartition
                }
                answer.partitions.append(result)
            }
            response.topics.append(answer)
        }
        return response
    }

    /// Why no record of the topic may be dropped; nil if they may, or if there is no such topic.
    private func refusalToDelete(from topic: Topic?, _ context: RequestContext) async -> ErrorCode? {
        guard let topic else { return nil }
        if Topic.isInternal(topic.name) { return .invalidTopicException }
        if !topic.configuration.deletesOldSegments { return .policyViolation }
        return await mayNotKnowOffsets(topic, context) ? .topicAuthorizationFailed : nil
    }
}
