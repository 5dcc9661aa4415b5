import KafkaRecords
import Logging
import Metering
import NIOCore
import SegmentLog
import Synchronization

/// A partition of a topic: the actor that writes its log, on its lane. Readers don't come here: they take the immutable
/// `LogView` that is published when what was appended is durable.
actor Partition {
    nonisolated let topicName: String
    nonisolated let index: Int32
    nonisolated let lane: LogLane
    /// Who waits for new records.
    nonisolated let watchers = FetchWatchers()
    nonisolated let published: PublishedLogView<PosixFileSystem>
    private nonisolated let meter: TopicMeter
    private nonisolated let metrics: BrokerMetrics
    private nonisolated let logger: Logger
    private nonisolated let wentOffline = Atomic(false)
    private nonisolated let waiters = CommitWaiters()
    /// A compaction that runs is asked to end.
    nonisolated let compactionStop = Atomic(false)
    let log: PartitionLog<PosixFileSystem>
    private let flushesBeforeAnswer: Bool
    private var isSyncRequested = false
    /// Under `log.flush = os`: when the first record was written that isn't synced.
    private var firstUnsyncedMs: Int64?
    /// Appends that no sync has begun for, and those that the last one was for.
    private var appendsToSync = 0
    private var appendsSynced = 0
    private(set) var isClosing = false
    private var isAbandoned = false
    var isCompacting = false
    /// `close` waits for the compaction that runs.
    var compactionEnded: CheckedContinuation<Void, Never>?
    /// `close` waits for the sync that runs.
    private var syncEnded: CheckedContinuation<Void, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe lane.writer.asUnownedSerialExecutor() }

    init(
        topicName: String, index: Int32, lane: LogLane, log: sending PartitionLog<PosixFileSystem>,
        flushesBeforeAnswer: Bool, meter: TopicMeter, metrics: BrokerMetrics, logger: Logger
    ) {
        self.topicName = topicName
        self.index = index
        self.lane = lane
        published = log.published
        self.log = log
        self.flushesBeforeAnswer = flushesBeforeAnswer
        self.meter = meter
        self.metrics = metrics
        self.logger = logger
    }

    /// A write or sync has failed in a way that leaves unknown bytes behind: nothing is taken until the next start.
    nonisolated var isOffline: Bool { wentOffline.load(ordering: .relaxed) }

    /// What readers see now.
    nonisolated var view: LogView<PosixFileSystem> { published.current }

    /// Puts whole, checked batches on their way into the log, behind all that was submitted before on this lane.
    nonisolated func submit(_ records: ByteBuffer, nowMs: Int64, options: AppendOptions) -> PendingAppend {
        let pending = PendingAppend()
        lane.appends.submit(
            AppendQueue.Submission(
                partition: self, records: records, nowMs: nowMs, options: options, pending: pending))
        return pending
    }

    /// Returns when all that was submitted before on this lane is written. Durable it may not be yet.
    func settled() {}

    /// For the lane's queue.
    func write(_ submission: AppendQueue.Submission) {
        do throws(LogError) {
            let result = try appendBytes(
                submission.records.readableBytesSpan, nowMs: submission.nowMs, options: submission.options)
            if flushesBeforeAnswer {
                waiters.finish(submission.pending, result, published: published)
            } else {
                submission.pending.finish(.success(result))
            }
        } catch {
            submission.pending.finish(.failure(error))
        }
    }

    /// Writes a batch of the broker's own. It is durable once `committed(through:)` says so.
    func append(_ batch: [UInt8], nowMs: Int64) throws(LogError) -> AppendResult {
        try appendBytes(batch.rawSpan, nowMs: nowMs, options: .verified)
    }

    private func appendBytes(_ bytes: RawSpan, nowMs: Int64, options: AppendOptions) throws(LogError) -> AppendResult {
        if isClosing { throw .closed }
        let result: AppendResult
        do throws(LogError) {
            result = try log.append(bytes, leaderEpoch: 0, now: nowMs, options: options)
        } catch {
            metrics.appendFailures.add(AppendFailure(error).rawValue)
            // What others wait for will not come any more either.
            if case .offline = error { failed(error) }
            throw error
        }
        if result.isDuplicate {
            metrics.duplicateBatches.add()
        } else {
            meter.recordsIn.add(Int(result.lastOffset - result.baseOffset) + 1)
            meter.bytesIn.add(bytes.byteCount)
        }
        if flushesBeforeAnswer {
            appendsToSync += 1
            requestSync()
        } else {
            watchers.wake()
            if firstUnsyncedMs == nil { firstUnsyncedMs = nowMs }
            if log.endOffset - log.flushedOffset >= log.configuration.flushMessages { requestSync() }
        }
        return result
    }

    /// Returns once everything up to `lastOffset` is on disk (`log.flush = commit`) or was handed to the system (`os`).
    /// Throws if it can't be known to be: then the partition is offline.
    nonisolated func committed(through lastOffset: Int64) async throws(LogError) {
        if !flushesBeforeAnswer || published.current.highWatermark > lastOffset { return }
        try await waiters.wait(for: lastOffset, published: published)
    }

    private func requestSync() {
        // `endSync` asks again for what is written while a sync runs.
        guard !isSyncRequested, !log.isFlushing else { return }
        isSyncRequested = true
        lane.commit.request(self)
    }

    /// As many have written again as the last sync answered.
    var hasWholeGroup: Bool { appendsToSync >= appendsSynced }

    func beginSync() -> FlushTicket<PosixFileSystem>? {
        isSyncRequested = false
        appendsSynced = appendsToSync
        appendsToSync = 0
        if isAbandoned { return nil }
        if let ticket = log.beginFlush() { return ticket }
        // A roll has synced it already.
        waiters.resume(published: published)
        watchers.wake()
        return nil
    }

    /// Makes what `ticket` covers visible, or takes the partition offline if it could not be synced.
    func endSync(_ ticket: FlushTicket<PosixFileSystem>) {
        do throws(LogError) {
            try log.endFlush(ticket)
            waiters.resume(published: published)
        } catch {
            failed(error)
        }
        watchers.wake()
        // What was written while the sync ran, and could not have a ticket of its own then. Under `os` it waits for its turn.
        let isBehind = log.flushedOffset < log.endOffset
        if isBehind, flushesBeforeAnswer, !isClosing { requestSync() }
        if !isBehind { firstUnsyncedMs = nil }
        syncEnded?.resume()
        syncEnded = nil
    }

    private func failed(_ error: LogError) {
        if !wentOffline.exchange(true, ordering: .relaxed) {
            logger.error("\(topicName)-\(index): \(error.message); it takes nothing until the broker is started again")
        }
        waiters.fail(error)
    }

    /// Under `log.flush = os`: syncs what has waited for `flush.ms`.
    func syncIfDue(nowMs: Int64) {
        guard !flushesBeforeAnswer, !isClosing, let since = firstUnsyncedMs else { return }
        if nowMs &- since >= log.configuration.flushMs { requestSync() }
    }

    /// Retention, index upkeep and the recovery point.
    func maintain(nowMs: Int64) throws(LogError) {
        if isAbandoned { return }
        metrics.segmentsDeleted.add(try log.maintain(now: nowMs))
    }

    /// The settings of the log as they hold now.
    var configuration: LogConfiguration { log.configuration }

    /// Takes other settings, from now on.
    func configure(_ configuration: LogConfiguration) { log.configuration = configuration }

    /// Makes `offset` (nil: the high watermark) the first one that readers see, and returns the log start offset.
    func deleteRecords(before offset: Int64?) throws(LogError) -> Int64 {
        if isClosing { throw .closed }
        let start = try log.deleteRecords(before: offset ?? view.highWatermark)
        watchers.wake()
        return start
    }

    /// Everything below is on stable storage.
    var syncedOffset: Int64 { log.flushedOffset }

    /// What is remembered of producers.
    func producers() -> [ProducerSummary] { log.producerSummaries() }

    /// Bytes of the log's segments.
    func byteCount() throws(LogError) -> Int { try log.byteCount() }

    /// Syncs what is left and closes the files.
    func close() async throws(LogError) {
        isClosing = true
        await endCompacting()
        await flushToEnd()
        try log.close()
        waiters.fail(.closed)
        watchers.wake()
    }

    /// The topic is being deleted: nothing more is written or synced, and who waits is answered.
    func abandon() async {
        isAbandoned = true
        isClosing = true
        await endCompacting()
        await flushToEnd()
        waiters.fail(.closed)
        watchers.wake()
    }

    /// A log can't be closed while a sync of it runs on the other thread.
    private func flushToEnd() async {
        while log.isFlushing {
            await withCheckedContinuation { syncEnded = $0 }
        }
    }
}
