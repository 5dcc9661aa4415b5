import KafkaMessages
import KafkaRecords
import NIOCore
import SegmentLog
import Views

/// Produce v3–13 (0–2 are offered, for the sake of older librdkafka, and refused). Records are validated, appended to the
/// page cache in the order of the requests and acknowledged after the group commit. Differs from Apache Kafka: acks=1 and
/// acks=all are alike, and both wait for the disk under `log.flush = commit`.
struct ProduceHandler: Sendable {
    let broker: Broker

    /// One partition's part of the answer: known at once, or as soon as the disk has it.
    private struct Part {
        var answer: ProduceResponse.PartitionProduceResponse
        var pending: (partition: Partition, lastOffset: Int64)?
    }

    private struct TopicParts {
        var name: String
        var id: Uuid
        var parts: [Part]
    }

    /// Appends, and returns what waits for the commit and makes the answer.
    func handle(
        _ request: ProduceRequest, _ context: RequestContext
    ) async -> @Sendable () async -> ProduceResponse {
        var topics: [TopicParts] = []
        topics.reserveCapacity(request.topicData.count)
        for data in request.topicData {
            let topic = data.topicId == .zero ? broker.topics[data.name] : broker.topics[data.topicId]
            var parts: [Part] = []
            parts.reserveCapacity(data.partitionData.count)
            for partitionData in data.partitionData {
                parts.append(await append(partitionData, to: topic, request, data, context))
            }
            topics.append(TopicParts(name: data.name, id: data.topicId, parts: parts))
        }
        return { [topics] in await answer(topics) }
    }

    private func answer(_ topics: [TopicParts]) async -> ProduceResponse {
        var response = ProduceResponse()
        response.responses.reserveCapacity(topics.count)
        for topic in topics {
            var answer = ProduceResponse.TopicProduceResponse()
            answer.name = topic.name
            answer.topicId = topic.id
            for part in topic.parts { answer.partitionResponses.append(await finish(part)) }
            response.responses.append(answer)
        }
        return response
    }

    private func finish(_ part: Part) async -> ProduceResponse.PartitionProduceResponse {
        guard let (partition, lastOffset) = part.pending else { return part.answer }
        do throws(LogError) {
            try await partition.committed(through: lastOffset)
            return part.answer
        } catch {
            return refuse(part.answer.index, error.code, error.message)
        }
    }

    private func append(
        _ data: ProduceRequest.PartitionProduceData, to topic: Topic?, _ request: ProduceRequest,
        _ topicData: ProduceRequest.TopicProduceData, _ context: RequestContext
    ) async -> Part {
        guard let topic, let partition = topic.partition(data.index) else {
            let code: ErrorCode = topicData.topicId == .zero ? .unknownTopicOrPartition : .unknownTopicId
            return Part(answer: refuse(data.index, code, nil))
        }
        guard request.acks == 0 || request.acks == 1 || request.acks == -1 else {
            return Part(answer: refuse(data.index, .invalidRequiredAcks, "acks is 0, 1 or -1"))
        }
        guard case .bytes(let records) = data.records else {
            return Part(answer: refuse(data.index, .invalidRecord, "there is no record batch"))
        }
        if Topic.isInternal(topic.name) { return await writeInternal(records, topic, data.index, context) }
        do throws(BatchValidator.Refusal) {
            _ = try validator(topic, context).validate(records)
        } catch {
            return Part(answer: refuse(data.index, error.code, error.message))
        }
        do throws(LogError) {
            let result = try await partition.append(records, nowMs: broker.clock.wallMs())
            var answer = ProduceResponse.PartitionProduceResponse()
            answer.index = data.index
            answer.baseOffset = result.baseOffset
            answer.logAppendTimeMs = result.appendTime
            answer.logStartOffset = result.logStartOffset
            return Part(answer: answer, pending: (partition, result.lastOffset))
        } catch {
            return Part(answer: refuse(data.index, error.code, error.message))
        }
    }

    private func validator(_ topic: Topic, _ context: RequestContext) -> BatchValidator {
        BatchValidator(
            apiVersion: context.apiVersion, maxMessageBytes: topic.configuration.maxMessageBytes,
            isDeep: Resolution.hasViews(broker.policy.snapshot, topic: topic.reference),
            decompressedBytesMax: broker.configuration.decompressedBytesMax)
    }

    /// Policy is written by producing to its topics; the others of the broker's own take nothing from clients.
    private func writeInternal(
        _ records: ByteBuffer, _ topic: Topic, _ index: Int32, _ context: RequestContext
    ) async -> Part {
        guard let policyTopic = PolicyTopic(name: topic.name) else {
            return Part(answer: refuse(index, .topicAuthorizationFailed, "\(topic.name) is written by the broker only"))
        }
        return Part(answer: await broker.writePolicy(records, policyTopic, index, context))
    }

    private func refuse(
        _ index: Int32, _ code: ErrorCode, _ message: String?
    ) -> ProduceResponse.PartitionProduceResponse {
        var answer = ProduceResponse.PartitionProduceResponse()
        answer.index = index
        answer.errorCode = code
        answer.errorMessage = message
        answer.baseOffset = -1
        return answer
    }
}
