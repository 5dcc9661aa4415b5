import KafkaMessages
import Metering
import NIOCore
import SegmentLog
import Views

/// Fetch v4–18. What a reader gets is resolved anew in each round, under one policy snapshot a response: raw slices of the
/// log, which go to the socket by sendfile, or what the group's view makes of them. Differs from Apache Kafka: a fetch
/// session can be gone on with on its own connection only, and lasts as long; no followers (a replica id other than −1
/// gets no records); error answers are held back for up to 500 ms, since some clients ask again at once.
struct FetchHandler: Sendable {
    let broker: Broker
    let context: RequestContext
    let request: FetchRequest
    /// The fetch session that the request names is of this client, as attribution knows it.
    let isOwnSession: Bool
    private static let errorDelayMs: Int64 = 500

    /// The answer and the slices that its `external` records stand for, by token.
    struct Answer: Sendable {
        var response: FetchResponse
        var slices: [RawSlice] = []
        /// Bytes of records in it.
        var byteCount = 0
        /// What was done for it, in nanoseconds, without the time that it was parked.
        var workNs: Int64 = 0
        /// To be called when the answer is sent or given up, if it holds records.
        var onSent: (@Sendable () -> Void)?
    }

    private var byId: Bool { context.apiVersion >= 13 }

    private var owner: FetchSessionCache.Owner {
        FetchSessionCache.Owner(connection: context.connection.id, principal: context.principal)
    }

    func handle() async -> Answer {
        let start = broker.clock.monotonicMs()
        if !mayReadNamedGroup { return failed(.groupAuthorizationFailed) }
        let adhoc: AdhocStep?
        do throws(AdhocRefusal) {
            adhoc = try await broker.adhocStep(of: request, context)
        } catch {
            return failed(error.code, inEachPartition: true)
        }
        let scope = broker.fetchSessions.begin(
            request, owner: owner, isSameClient: isOwnSession, usesTopicIds: byId, now: start)
        var targets: FetchTargets
        switch scope {
        case .refused(let code): return failed(code)
        case .once, .opening: targets = FetchTargets(request, byId: byId, broker.topics)
        case .session(let handle):
            targets = FetchTargets(handle, isFollower: request.isOfFollower, broker.topics)
        }
        let maxWait = Int64(min(max(0, Int(request.maxWaitMs)), broker.configuration.number("fetch.max.wait.ms")))
        let countsTime = broker.quotas.has(.requestTime)
        var workNs: Int64 = 0
        while true {
            let roundNs = countsTime ? broker.clock.monotonicNs() : 0
            let snapshot = broker.policy.snapshot
            let rights = broker.security.version
            let parts = await FetchRound(
                broker: broker, context: context, request: request, snapshot: snapshot, adhoc: adhoc
            ).run(&targets)
            // Counted before the policy is looked at again: a change that comes later waits for these bytes.
            let onSent = beginSend(targets, parts)
            // The answer must not be made under policy or rights that have been replaced while the round ran.
            if broker.policy.snapshot !== snapshot || broker.security.version != rights, !Task.isCancelled {
                onSent?()
                continue
            }
            if countsTime { workNs += broker.clock.monotonicNs() - roundNs }
            let byteCount = parts.reduce(0) { $0 + $1.byteCount }
            let hasError = parts.contains { $0.errorCode != .none }
            let waitMs = hasError ? min(maxWait, Self.errorDelayMs) : maxWait
            let leftMs = start + waitMs - broker.clock.monotonicMs()
            let mustEnd = Task.isCancelled || broker.isStopping || targets.items.isEmpty
            let isEnough = byteCount >= max(1, Int(request.minBytes)) || (hasError && byteCount > 0)
            if isEnough || leftMs <= 0 || mustEnd || request.minBytes <= 0 && !hasError {
                count(targets, parts)
                var answer = answer(targets, parts, scope)
                answer.onSent = onSent
                (answer.byteCount, answer.workNs) = (byteCount, workNs)
                return answer
            }
            onSent?()
            await park(targets, hasError: hasError, ms: leftMs, snapshot)
            targets.refresh(broker.topics)
        }
    }

    /// READ on the group that the listener or the request names, and no other group than the listener's.
    private var mayReadNamedGroup: Bool {
        let pinned = context.connection.listener.pinnedGroup
        if let pinned, !context.may(.group, pinned) { return false }
        guard let group = request.group else { return true }
        return broker.attribution.reader(context).listener.admits(group: Name(group)) && context.may(.group, group)
    }

    /// Waits for records, the policy or the time. An answer that says an error waits for its time only.
    private func park(_ targets: FetchTargets, hasError: Bool, ms: Int64, _ snapshot: PolicySnapshot) async {
        let partitions = hasError ? [] : targets.items.compactMap { $0.refusal == nil ? $0.partition : nil }
        await broker.parking.park(on: partitions, ms: ms) {
            if broker.policy.snapshot !== snapshot || broker.isStopping { return true }
            return !hasError && targets.items.contains { $0.partition.map(\.view.highWatermark) ?? -1 > $0.seenEnd }
        }
    }

    /// Counts what the answer holds until it's sent: raw bytes by topic, the views' by their memory.
    private func beginSend(
        _ targets: FetchTargets, _ parts: [FetchedPartition]
    ) -> (@Sendable () -> Void)? {
        var topics: [Topic] = []
        var encodedByteCount = 0
        for (target, part) in zip(targets.items, parts) {
            switch part.content {
            case .nothing: break
            case .raw: if let topic = targets.topic(of: target) { topics.append(topic) }
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

    /// Counts what goes out, by topic.
    private func count(_ targets: FetchTargets, _ parts: [FetchedPartition]) {
        for (target, part) in zip(targets.items, parts) where part.byteCount > 0 {
            targets.topic(of: target)?.meter.bytesOut.add(part.byteCount)
        }
    }

    private func failed(_ code: ErrorCode, inEachPartition: Bool = false) -> Answer {
        // Before v7 there is no other place for it.
        if inEachPartition || context.apiVersion < 7 {
            let targets = FetchTargets(request, byId: byId, broker.topics)
            return answer(targets, targets.items.map { _ in FetchedPartition(errorCode: code) }, .once)
        }
        var response = FetchResponse()
        response.errorCode = code
        return Answer(response: response)
    }

    /// The answer; in a session, of what the client doesn't know yet.
    private func answer(
        _ targets: FetchTargets, _ parts: [FetchedPartition], _ scope: FetchSessions.Scope
    ) -> Answer {
        var builder = FetchAnswerBuilder(targets, byId: byId)
        switch scope {
        case .once, .refused:
            for index in parts.indices { builder.add(index, parts[index]) }
        case .opening:
            for index in parts.indices { builder.add(index, parts[index]) }
            builder.answer.response.sessionId = openSession(targets, parts)
        case .session(let handle):
            let news = handle.news(targets, parts)
            for index in news.indices { builder.add(index, parts[index]) }
            builder.answer.response.sessionId = news.isOpen ? handle.id : 0
        }
        return builder.finish()
    }

    private func openSession(_ targets: FetchTargets, _ parts: [FetchedPartition]) -> Int32 {
        if request.isOfFollower { return 0 }
        let id = broker.fetchSessions.open(
            targets, parts, owner: owner, usesTopicIds: byId, now: broker.clock.monotonicMs())
        if id != 0 { broker.attribution.sessionOpened(context, sessionId: id) }
        return id
    }
}
