import KafkaMessages
import Logging
import Metering
import NIOCore
import SegmentLog
import Views
import WasmRuntime

/// One look at all partitions of a fetch, under one policy snapshot: resolves what the reader may have of each topic and
/// reads it, within the request's bounds.
struct FetchRound: Sendable {
    let broker: Broker
    let context: RequestContext
    let request: FetchRequest
    let snapshot: PolicySnapshot
    /// A step that the reader brings along, run after its own outcome.
    let adhoc: AdhocStep?

    /// What to do for a partition, decided before any file is read.
    private enum Plan {
        case done
        case raw(RawPermit)
        case view(ViewPlan, ViewMeter)
    }

    /// What the reader may have of a topic, and a number that stands for both.
    private struct TopicOutcome {
        let outcome: Outcome
        let source: Int

        init(_ outcome: Outcome, of topic: Topic) {
            var hasher = Hasher()
            hasher.combine(topic.id)
            if case .view(let view) = outcome { hasher.combine(view.digest) }
            self.outcome = outcome
            source = hasher.finalize()
        }
    }

    /// Reads of 32 MiB that one answer makes in search of a record that the view shows.
    private static let readsMax = 8

    /// Bytes of the whole answer.
    private var limit: Int {
        min(max(0, Int(request.maxBytes)), broker.configuration.number("fetch.max.bytes"))
    }

    func run(_ targets: inout FetchTargets) async -> [FetchedPartition] {
        var parts = [FetchedPartition](repeating: FetchedPartition(), count: targets.items.count)
        var plans = [Plan](repeating: .done, count: parts.count)
        var outcomes = [TopicOutcome?](repeating: nil, count: targets.topics.count)
        let denied = targets.topics.map { !mayRead($0) }
        for index in targets.items.indices {
            let target = targets.items[index]
            if denied[target.topicNumber] {
                parts[index].errorCode = .topicAuthorizationFailed
                continue
            }
            if let refusal = target.refusal {
                parts[index].errorCode = refusal
                continue
            }
            guard let topic = targets.topic(of: target), let partition = target.partition else { continue }
            let found: TopicOutcome
            if let known = outcomes[target.topicNumber] {
                found = known
            } else {
                found = TopicOutcome(await broker.attribution.outcome(topic: topic, context, snapshot), of: topic)
                outcomes[target.topicNumber] = found
            }
            parts[index].source = found.source
            plans[index] = await plan(found.outcome, partition, &targets.items[index], &parts[index])
        }
        var budget = limit
        await readRaw(targets, plans, &parts, &budget)
        for index in targets.items.indices {
            guard case .view(let plan, let meter) = plans[index], let topic = targets.topic(of: targets.items[index])
            else { continue }
            await readView(plan, meter, topic, targets.items[index], &parts[index], &budget)
        }
        return parts
    }

    /// READ on the topic, which is asked before whether there is one of that name. An id that nobody has names nothing that a
    /// right could be on.
    private func mayRead(_ named: FetchTargets.Named) -> Bool {
        if let topic = named.topic { return context.may(.topic, topic.name) }
        if case .name(let name) = named.key { return context.may(.topic, name) }
        return true
    }

    private func plan(
        _ outcome: Outcome, _ partition: Partition, _ target: inout FetchTarget, _ part: inout FetchedPartition
    ) async -> Plan {
        let view = partition.view
        target.seenEnd = view.highWatermark
        if case .deny = outcome {
            // No offsets either: they tell how much was written.
            part.errorCode = .topicAuthorizationFailed
            return .done
        }
        part.highWatermark = view.highWatermark
        part.logStartOffset = view.logStartOffset
        if case .wait = outcome {
            part.errorCode = .kafkaStorageError
            return .done
        }
        let offset = target.wanted.fetchOffset
        guard offset >= view.logStartOffset, offset <= view.highWatermark else {
            part.errorCode = .offsetOutOfRange
            return .done
        }
        guard offset < view.highWatermark else { return .done }
        switch outcome {
        case .raw(let permit): return adhoc.map { .view($0.after(nil), broker.metrics.views.other) } ?? .raw(permit)
        case .view(let view): return await plan(view, &part)
        case .deny, .wait: return .done
        }
    }

    /// The view, ready to run; without one that can be had, an error.
    private func plan(_ view: ViewTarget, _ part: inout FetchedPartition) async -> Plan {
        do throws(ViewReader.Failure) {
            let (plan, meter) = try await broker.reader.plan(for: view)
            return .view(adhoc?.after(plan) ?? plan, adhoc == nil ? meter : broker.metrics.views.other)
        } catch {
            switch error {
            case .module(let module):
                // From the next fetch on it denies, and says so.
                await broker.policy.moduleFailed(module, deniedBy: view.name)
                part.errorCode = .topicAuthorizationFailed
            case .temporary: part.errorCode = .kafkaStorageError
            }
            return .done
        }
    }

    /// Finds the slices of all raw partitions in one visit to the read pool.
    private func readRaw(
        _ targets: FetchTargets, _ plans: [Plan], _ parts: inout [FetchedPartition], _ budget: inout Int
    ) async {
        var wanted: [(index: Int, permit: RawPermit, view: LogView<PosixFileSystem>, isVerified: Bool)] = []
        let items = targets.items
        for index in items.indices {
            guard case .raw(let permit) = plans[index], let partition = items[index].partition else { continue }
            let isVerified = targets.topic(of: items[index])?.configuration.verifiesFetches ?? false
            wanted.append((index, permit, partition.view, isVerified))
        }
        if wanted.isEmpty { return }
        let bytesMax = budget
        let dialect = AnswerDialect(fetchVersion: context.apiVersion)
        let decompressedMax = broker.configuration.decompressedBytesMax
        let found = await broker.readPool.run { [wanted] in
            var left = bytesMax
            var isFirst = true
            var results: [(index: Int, result: Result<FetchedPartition.Content, LogError>)] = []
            for (index, permit, view, isVerified) in wanted {
                let target = items[index].wanted
                do throws(LogError) {
                    let bound = min(left, max(0, Int(target.bytesMax)))
                    guard isFirst || bound > 0 else { continue }
                    if HolelessReader.isNeeded(view, dialect) {
                        let encoded = try HolelessReader(
                            view: view, permit: permit, bytesMax: bound, sendsFirstWhole: isFirst,
                            decompressedMax: decompressedMax
                        ).read(from: target.fetchOffset)
                        left = max(0, left - encoded.bytes.readableBytes)
                        if encoded.bytes.readableBytes > 0 { isFirst = false }
                        results.append((index, .success(.encoded(encoded))))
                        continue
                    }
                    let slice = try view.slice(from: target.fetchOffset, maxBytes: bound)
                    // The first batch comes whole whatever the bounds say, but only once in an answer (KIP-74).
                    guard let slice, isFirst || slice.byteCount <= bound else { continue }
                    if isVerified { try slice.verify() }
                    left = max(0, left - slice.byteCount)
                    isFirst = false
                    results.append((index, .success(.raw(RawSlice(slice, permit: permit)))))
                } catch {
                    results.append((index, .failure(error)))
                }
            }
            return results
        }
        for (index, result) in found {
            switch result {
            case .success(.encoded(let encoded)) where encoded.hidesEnd:
                parts[index].highWatermark = items[index].wanted.fetchOffset
            case .success(let content):
                parts[index].content = content
                budget = max(0, budget - parts[index].byteCount)
            case .failure(let error): parts[index].errorCode = error.code
            }
        }
    }

    /// Reads one partition through a view, on a guest's thread.
    private func readView(
        _ plan: ViewPlan, _ meter: ViewMeter, _ topic: Topic, _ target: FetchTarget, _ part: inout FetchedPartition,
        _ budget: inout Int
    ) async {
        guard let partition = target.partition else { return }
        let isFirst = budget == limit
        let bound = broker.answerMemory.bound(min(budget, max(0, Int(target.wanted.bytesMax))))
        guard isFirst || bound > 0 else { return }
        var quarantined: Set<Int64> = []
        if let digest = Digest(bytes: plan.digest.bytes) {
            quarantined = Set(
                snapshot.quarantinedOffsets(
                    topicId: topic.reference.id, partition: partition.index, digest: digest))
        }
        var reading = ReaderRequest(
            topicId: topic.id, topic: topic.name, partition: partition.index, leaderEpoch: 0,
            fetchOffset: target.wanted.fetchOffset, bytesMax: bound, sendsFirstWhole: isFirst, plan: plan,
            dialect: AnswerDialect(fetchVersion: context.apiVersion), quarantined: quarantined,
            decompressedMax: broker.configuration.decompressedBytesMax,
            recordMax: topic.configuration.maxMessageBytes, meter: meter)
        let view = partition.view
        for _ in 0..<Self.readsMax {
            guard let encoded = await broker.reader.read(reading, view: view) else {
                part.errorCode = .kafkaStorageError
                return
            }
            if let code = encoded.error {
                part.errorCode = code
                return
            }
            if encoded.bytes.readableBytes > 0 {
                part.content = .encoded(encoded)
                budget = max(0, budget - encoded.bytes.readableBytes)
                return
            }
            if encoded.isAtEnd {
                if encoded.hidesEnd { part.highWatermark = target.wanted.fetchOffset }
                return
            }
            // All that was read is left out, and the client can't be shown that: read on for it.
            reading.fetchOffset = encoded.nextOffset
        }
        part.highWatermark = target.wanted.fetchOffset
    }
}
