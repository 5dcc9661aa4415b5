import KafkaMessages
import KafkaRecords
import NIOCore
import SegmentLog
import Views

/// Produce v3–13 (0–2 are offered, for the sake of older librdkafka, and refused). Records are validated, appended to the
/// page cache in the order of the requests, on the lanes of their partitions, and acknowledged after the group commit. Differs from Apache Kafka: acks=1 and
/// acks=all are alike, and both wait for the disk under `log.flush = commit`. Needs WRITE on the topic; what a transactional id
/// needs is asked of any request that names one.
struct ProduceHandler: Sendable {
    let broker: Broker

    /// A request whose records are on their way.
    struct Started: Sendable {
        /// Waits for them and makes the answer.
        let answer: @Sendable () async -> ProduceResponse
        /// Where they go.
        let partitions: [Partition]
    }

    /// One partition's part of the answer: known at once, or as soon as the disk has it.
    private enum Part: Sendable {
        case known(ProduceResponse.PartitionProduceResponse)
        case pending(Partition, PendingAppend)
    }

    private struct TopicParts {
        var name: String
        var id: Uuid
        var parts: [Part]
    }

    /// Submits the records, in the order of the request.
    func handle(_ request: ProduceRequest, _ context: RequestContext) async -> Started {
        var partitions: [Partition] = []
        var topics: [TopicParts] = []
        topics.reserveCapacity(request.topicData.count)
        for data in request.topicData {
            let topic = context.apiVersion >= 13 ? broker.topics[data.topicId] : broker.topics[data.name]
            let denial = denial(topic?.name ?? data.name, isKnown: topic != nil, request, context)
            var parts: [Part] = []
            parts.reserveCapacity(data.partitionData.count)
            for partitionData in data.partitionData {
                if let denial {
                    parts.append(.known(refuse(partitionData.index, denial, nil)))
                    continue
                }
                let part = await append(partitionData, to: topic, request, context)
                if case .pending(let partition, _) = part { partitions.append(partition) }
                parts.append(part)
            }
            topics.append(TopicParts(name: data.name, id: data.topicId, parts: parts))
        }
        return Started(answer: { [topics] in await answer(topics) }, partitions: partitions)
    }

    /// Why nothing may be written to the topic. Policy has a rule of its own (`writeInternal`).
    private func denial(
        _ topic: String, isKnown: Bool, _ request: ProduceRequest, _ context: RequestContext
    ) -> ErrorCode? {
        if let id = request.transactionalId, !context.may(.transactionalId, id) {
            return .transactionalIdAuthorizationFailed
        }
        // An id that nobody has names nothing that a right could be on.
        if context.apiVersion >= 13, !isKnown { return nil }
        return PolicyTopic(name: topic) != nil || context.may(.topic, topic) ? nil : .topicAuthorizationFailed
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
        switch part {
        case .known(let answer): return answer
        case .pending(let partition, let append):
            do throws(LogError) {
                let result = try await append.value()
                var answer = ProduceResponse.PartitionProduceResponse()
                answer.index = partition.index
                answer.baseOffset = result.baseOffset
                answer.logAppendTimeMs = result.appendTime
                answer.logStartOffset = result.logStartOffset
                return answer
            } catch {
                return refuse(partition.index, error.code, error.message)
            }
        }
    }

    private func append(
        _ data: ProduceRequest.PartitionProduceData, to topic: Topic?, _ request: ProduceRequest,
        _ context: RequestContext
    ) async -> Part {
        guard let topic, let partition = topic.partition(data.index) else {
            let isUnknownId = context.apiVersion >= 13 && topic == nil
            return .known(refuse(data.index, isUnknownId ? .unknownTopicId : .unknownTopicOrPartition, nil))
        }
        guard request.acks == 0 || request.acks == 1 || request.acks == -1 else {
            return .known(refuse(data.index, .invalidRequiredAcks, "acks is 0, 1 or -1"))
        }
        guard case .bytes(let records) = data.records else {
            return .known(refuse(data.index, .invalidRecord, "there is no record batch"))
        }
        if Topic.isInternal(topic.name) { return await writeInternal(records, topic, data.index, context) }
        let nowMs = broker.clock.wallMs()
        do throws(BatchValidator.Refusal) {
            let validator = validator(topic, context, nowMs: nowMs)
            let (batch, isVerified) =
                validator.mayRecompress
                ? try await broker.readPool.run { () throws(BatchValidator.Refusal) in try validator.validate(records) }
                : try validator.validate(records)
            return .pending(
                partition, partition.submit(batch, nowMs: nowMs, options: AppendOptions(isVerified: isVerified)))
        } catch {
            return .known(refuse(data.index, error.code, error.message, records: error.records))
        }
    }

    private func validator(_ topic: Topic, _ context: RequestContext, nowMs: Int64) -> BatchValidator {
        BatchValidator(
            topic.configuration, apiVersion: context.apiVersion,
            hasViews: Resolution.hasViews(broker.policy.snapshot, topic: topic.reference),
            decompressedBytesMax: broker.configuration.decompressedBytesMax, nowMs: nowMs)
    }

    /// Policy is written by producing to its topics; the others of the broker's own take nothing from clients.
    private func writeInternal(
        _ records: ByteBuffer, _ topic: Topic, _ index: Int32, _ context: RequestContext
    ) async -> Part {
        guard let policyTopic = PolicyTopic(name: topic.name) else {
            return .known(refuse(index, .topicAuthorizationFailed, "\(topic.name) is written by the broker only"))
        }
        return .known(await broker.writePolicy(records, policyTopic, index, context))
    }

    private func refuse(
        _ index: Int32, _ code: ErrorCode, _ message: String?, records: [Int] = []
    ) -> ProduceResponse.PartitionProduceResponse {
        var answer = ProduceResponse.PartitionProduceResponse()
        answer.index = index
        answer.errorCode = code
        answer.errorMessage = message
        answer.recordErrors = records.map { place in
            var error = ProduceResponse.BatchIndexAndErrorMessage()
            error.batchIndex = Int32(place)
            error.batchIndexErrorMessage = message
            return error
        }
        answer.baseOffset = -1
        return answer
    }
}
