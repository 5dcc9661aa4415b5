import KafkaMessages
import SegmentLog
import Views

/// ListOffsets v1–11: time search, −1 latest, −2 earliest, −3 max timestamp, −4 earliest local, −5 latest tiered (there
/// is no tier: −1). A reader whose outcome for the topic is deny gets 29: offsets tell how much was written.
extension Broker {
    func handle(_ request: ListOffsetsRequest, _ context: RequestContext) async -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        for topic in request.topics {
            var answer = ListOffsetsResponse.ListOffsetsTopicResponse()
            answer.name = topic.name
            let found = topics[topic.name]
            var isDenied = !context.may(.topic, topic.name)
            if let found, !isDenied { isDenied = await mayNotKnowOffsets(found, context) }
            for wanted in topic.partitions {
                var offset = ListOffsetsResponse.ListOffsetsPartitionResponse()
                offset.partitionIndex = wanted.partitionIndex
                offset.offset = -1
                offset.timestamp = -1
                offset.leaderEpoch = -1
                if request.replicaId != -1 || isDenied {
                    offset.errorCode = .topicAuthorizationFailed
                } else if let partition = found?.partition(wanted.partitionIndex) {
                    await look(up: wanted, in: partition, context, &offset)
                } else {
                    offset.errorCode = .unknownTopicOrPartition
                }
                answer.partitions.append(offset)
            }
            response.topics.append(answer)
        }
        return response
    }

    private func look(
        up wanted: ListOffsetsRequest.ListOffsetsPartition, in partition: Partition, _ context: RequestContext,
        _ answer: inout ListOffsetsResponse.ListOffsetsPartitionResponse
    ) async {
        guard wanted.currentLeaderEpoch <= 0 else {
            answer.errorCode = .unknownLeaderEpoch
            return
        }
        let view = partition.view
        let bound = configuration.decompressedBytesMax
        switch wanted.timestamp {
        case -1: answer.offset = view.highWatermark
        case -2, -4: answer.offset = view.logStartOffset
        case -5: answer.offset = -1
        case -3:
            guard context.apiVersion >= 7 else {
                answer.errorCode = .unsupportedVersion
                return
            }
            await search(&answer) { () throws(LogError) in try view.maxTimestampOffset(decompressedBytesMax: bound) }
        case let timestamp where timestamp >= 0:
            await search(&answer) { () throws(LogError) in
                try view.offset(forTimestamp: timestamp, decompressedBytesMax: bound)
            }
        default: answer.errorCode = .unsupportedVersion
        }
        if answer.errorCode == .none, answer.offset >= 0, context.apiVersion >= 4 { answer.leaderEpoch = 0 }
    }

    /// Looks in the files, on the read pool.
    private func search(
        _ answer: inout ListOffsetsResponse.ListOffsetsPartitionResponse,
        _ find: @Sendable () throws(LogError) -> TimestampedOffset?
    ) async {
        do throws(LogError) {
            guard let found = try await readPool.run(find) else { return }
            answer.offset = found.offset
            answer.timestamp = found.timestamp
        } catch {
            answer.errorCode = error.code
        }
    }
}
