import KafkaMessages
import SegmentLog

/// OffsetForLeaderEpoch v2–4. There is one epoch, 0, and it ends at the high watermark. A replica id other than −1 and a
/// reader whose outcome for the topic is deny get 29: offsets tell how much was written.
extension Broker {
    func handle(
        _ request: OffsetForLeaderEpochRequest, _ context: RequestContext
    ) async -> OffsetForLeaderEpochResponse {
        var response = OffsetForLeaderEpochResponse()
        // v2 has no replica id: it is for consumers only.
        let isReplica = context.apiVersion >= 3 && request.replicaId != -1
        for wanted in request.topics {
            var answer = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
            answer.topic = wanted.topic
            let found = topics[wanted.topic]
            var isDenied = isReplica || !context.may(.topic, wanted.topic)
            if let found, !isDenied { isDenied = await mayNotKnowOffsets(found, context) }
            for wanted in wanted.partitions {
                var end = OffsetForLeaderEpochResponse.EpochEndOffset()
                end.partition = wanted.partition
                if isDenied {
                    end.errorCode = .topicAuthorizationFailed
                } else if let partition = found?.partition(wanted.partition) {
                    if wanted.currentLeaderEpoch > 0 {
                        end.errorCode = .unknownLeaderEpoch
                    } else if wanted.leaderEpoch == 0 {
                        end.leaderEpoch = 0
                        end.endOffset = partition.view.highWatermark
                    }
                    // Any other epoch never was: -1 and -1 without an error, as from Apache Kafka.
                } else {
                    end.errorCode = .unknownTopicOrPartition
                }
                answer.partitions.append(end)
            }
            response.topics.append(answer)
        }
        return response
    }
}
