import KafkaMessages
import SegmentLog

/// DescribeProducers v0: what partitions remember of idempotent producers. Differs from Apache Kafka: the time is that of
/// the broker's clock. A reader whose outcome for the topic is deny gets 29: sequences tell how much was written.
extension Broker {
    func handle(_ request: DescribeProducersRequest, _ context: RequestContext) async -> DescribeProducersResponse {
        var response = DescribeProducersResponse()
        for wanted in request.topics {
            var answer = DescribeProducersResponse.TopicResponse()
            answer.name = wanted.name
            let topic = topics[wanted.name]
            var isDenied = !context.may(.topic, wanted.name)
            if let topic, !isDenied { isDenied = await mayNotKnowOffsets(topic, context) }
            for index in wanted.partitionIndexes {
                var result = DescribeProducersResponse.PartitionResponse()
                result.partitionIndex = index
                if isDenied {
                    result.errorCode = .topicAuthorizationFailed
                } else if let partition = topic?.partition(index) {
                    result.activeProducers = await partition.producers().map(Self.describe)
                } else {
                    result.errorCode = .unknownTopicOrPartition
                    result.errorMessage = "there is no such topic or partition"
                }
                answer.partitions.append(result)
            }
            response.topics.append(answer)
        }
        return response
    }

    private static func describe(_ producer: ProducerSummary) -> DescribeProducersResponse.ProducerState {
        var state = DescribeProducersResponse.ProducerState()
        state.producerId = producer.producerId
        state.producerEpoch = Int32(producer.epoch)
        state.lastSequence = producer.lastSequence ?? -1
        state.lastTimestamp = producer.lastTimestamp
        state.coordinatorEpoch = producer.coordinatorEpoch
        state.currentTxnStartOffset = producer.transactionFirstOffset ?? -1
        return state
    }
}
