import KafkaMessages
import NIOCore
import SegmentLog
import Views

/// Fetch v4–18. What a reader gets is resolved anew in each round, under one policy snapshot a response: raw slices of the
/// log, which go to the socket by sendfile, or what the group's view makes of them. Differs from Apache Kafka: no fetch
/// sessions (the id is always 0), no followers (a replica id other than −1 gets no records), and error answers are held
/// back for up to 500 ms, since some clients ask again at once.
struct FetchHandler: Sendable {
    private struct PartitionKey: Hashable {
        let topic: Uuid
        let index: Int32
    }

    let broker: Broker
    let context: RequestContext
    let request: FetchRequest
    private static let errorDelayMs: Int64 = 500

    /// The answer and the slices that its `external` records stand for, by token.
    struct Answer: Sendable {
        var response: FetchResponse
        var slices: [RawSlice] = []
        /// To be called when the answer is sent or given up, if it holds records.
        var onSent: (@Sendable () -> Void)?
    }

    init(broker: Broker, context: RequestContext, request: FetchRequest) {
        self.broker = broker
        self.context = context
        self.request = request
    }

    func handle() async -> Answer {
        // A session that we would have to know: we keep none. Epoch 0 and -1 close it and ask for everything.
        if request.sessionId != 0, request.sessionEpoch > 0 { return failed(.fetchSessionIdNotFound) }
        if let group = request.group, !broker.attribution.reader(context).listener.admits(group: Name(group)) {
            return failed(.groupAuthorizationFailed)
        }
        let adhoc: AdhocStep?
        do throws(AdhocRefusal) {
            adhoc = try await broker.adhocStep(of: request, context)
        } catch {
            return failed(error.code, inEachPartition: true)
        }
        var targets = makeTargets()
        let start = broker.clock.monotonicMs()
        let maxWait = Int64(min(max(0, Int(request.maxWaitMs)), broker.configuration.number("fetch.max.wait.ms")))
        while true {
            let snapshot = broker.policy.snapshot
            let parts = await FetchRound(
                broker: broker, context: context, request: request, snapshot: snapshot, adhoc: adhoc
            ).run(&targets)
            // Counted before the policy is looked at again: a change that comes later waits for these bytes.
            let onSent = beginSend(targets, parts)
            // The answer must not be made under a policy that has been replaced while the round ran.
            if broker.policy.snapshot !== snapshot, !Task.isCancelled {
                onSent?()
                continue
            }
            let byteCount = parts.reduce(0) { $0 + $1.byteCount }
            let hasError = parts.contains { $0.errorCode != .none }
            let waitMs = hasError ? min(maxWait, Self.errorDelayMs) : maxWait
            let leftMs = start + waitMs - broker.clock.monotonicMs()
            let mustEnd = Task.isCancelled || broker.isStopping
            let isEnough = byteCount >= max(1, Int(request.minBytes)) || (hasError && byteCount > 0)
            if isEnough || leftMs <= 0 || mustEnd || request.minBytes <= 0 && !hasError {
                var answer = answer(parts)
                answer.onSent = onSent
                return answer
            }
            onSent?()
            await park(targets, hasError: hasError, ms: leftMs, snapshot)
        }
    }

    /// Waits for records, the policy or the time. An answer that says an error waits for its time only.
    private func park(_ targets: [FetchTarget], hasError: Bool, ms: Int64, _ snapshot: PolicySnapshot) async {
        let partitions = hasError ? [] : targets.compactMap { $0.refusal == nil ? $0.partition : nil }
        await broker.parking.park(on: partitions, ms: ms) {
            if broker.policy.snapshot !== snapshot || broker.isStopping { return true }
            return !hasError && targets.contains { $0.partition.map(\.view.highWatermark) ?? -1 > $0.seenEnd }
        }
    }

    /// Counts what the answer holds until it's sent: raw bytes by topic, the views' by their memory.
    private func beginSend(
        _ targets: [FetchTarget], _ parts: [FetchedPartition]
    ) -> (@Sendable () -> Void)? {
        var topics: [Topic] = []
        var encodedByteCount = 0
        for (target, part) in zip(targets, parts) {
            switch part.content {
            case .nothing: break
            case .raw: if let topic = target.topic { topics.append(topic) }
            case .encoded(let encoded): encodedByteCount += encoded.bytes.readableBytes
            }
        }
        let raw = topics.isEmpty ? nil : broker.rawSends.begin(topics, connection: context.connection)
        guard let encoded = broker.answerMemory.hold(encodedByteCount) else { return raw }
        guard let raw else { return encoded }
        return {
            raw()
            encoded()
        }
    }

    private func makeTargets() -> [FetchTarget] {
        let isFollower = request.replicaId != -1 || request.replicaState.replicaId != -1
        var targets: [FetchTarget] = []
        var seen = Set<PartitionKey>()
        for topicRequest in request.topics {
            let usesId = context.apiVersion >= 13
            let topic = usesId ? broker.topics[topicRequest.topicId] : broker.topics[topicRequest.topic]
            for wanted in topicRequest.partitions {
                let partition = topic?.partition(wanted.partition)
                var refusal: ErrorCode?
                if isFollower {
                    refusal = .topicAuthorizationFailed
                } else if partition == nil {
                    refusal = usesId && topic == nil ? .unknownTopicId : .unknownTopicOrPartition
                } else if wanted.currentLeaderEpoch > 0 {
                    refusal = .unknownLeaderEpoch
                } else if let topic, !seen.insert(PartitionKey(topic: topic.id, index: wanted.partition)).inserted {
                    // Asked twice: one answer is enough, and a request can't be made large by it.
                    refusal = .invalidRequest
                }
                targets.append(FetchTarget(wanted: wanted, topic: topic, partition: partition, refusal: refusal))
            }
        }
        return targets
    }

    private func failed(_ code: ErrorCode, inEachPartition: Bool = false) -> Answer {
        // Before v7 there is no other place for it.
        if inEachPartition || context.apiVersion < 7 {
            return answer(request.topics.flatMap(\.partitions).map { _ in FetchedPartition(errorCode: code) })
        }
        var response = FetchResponse()
        response.errorCode = code
        return Answer(response: response)
    }

    private func answer(_ parts: [FetchedPartition]) -> Answer {
        var answer = Answer(response: FetchResponse())
        answer.response.responses.reserveCapacity(request.topics.count)
        var index = 0
        for topicRequest in request.topics {
            var topic = FetchResponse.FetchableTopicResponse()
            topic.topic = topicRequest.topic
            topic.topicId = topicRequest.topicId
            topic.partitions.reserveCapacity(topicRequest.partitions.count)
            for wanted in topicRequest.partitions {
                var data = FetchResponse.PartitionData()
                data.partitionIndex = wanted.partition
                let part = parts[index]
                data.errorCode = part.errorCode
                data.highWatermark = part.highWatermark
                data.lastStableOffset = part.highWatermark
                data.logStartOffset = part.logStartOffset
                switch part.content {
                case .nothing: break
                case .encoded(let encoded): data.records = .bytes(encoded.bytes)
                case .raw(let raw):
                    data.records = .external(byteCount: raw.slice.byteCount, token: answer.slices.count)
                    answer.slices.append(raw)
                }
                topic.partitions.append(data)
                index += 1
            }
            answer.response.responses.append(topic)
        }
        return answer
    }
}
