import KafkaRecords
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
    private nonisolated let waiters = CommitWaiters()
    private let log: PartitionLog<PosixFileSystem>
    private let flushesBeforeAnswer: Bool
    private var isSyncRequested = false
    private var isClosing = false
    private var isAbandoned = false
    /// `close` waits for the sync that runs.
    private var syncEnded: CheckedContinuation<Void, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe lane.writer.asUnownedSerialExecutor() }

    init(
        topicName: String, index: Int32, lane: LogLane, log: sending PartitionLog<PosixFileSystem>,
        flushesBeforeAnswer: Bool
    ) {
        self.topicName = topicName
        self.index = index
        self.lane = lane
        published = log.published
        self.log = log
        self.flushesBeforeAnswer = flushesBeforeAnswer
    }

    /// What readers see now.
    nonisolated var view: LogView<PosixFileSystem> { published.current }

    /// Writes whole, checked batches. They are durable once `committed(through:)` says so.
    func append(_ records: ByteBuffer, nowMs: Int64) throws(LogError) -> AppendResult {
        try appendBytes(records.readableBytesSpan, nowMs: nowMs)
    }

    /// The same for a batch of the broker's own.
    func append(_ batch: [UInt8], nowMs: Int64) throws(LogError) -> AppendResult {
        try appendBytes(batch.rawSpan, nowMs: nowMs)
    }

    private func appendBytes(_ bytes: RawSpan, nowMs: Int64) throws(LogError) -> AppendResult {
        if isClosing { throw .closed }
        let result: AppendResult
        do throws(LogError) {
            result = try log.append(bytes, leaderEpoch: 0, now: nowMs, options: .verified)
        } catch {
            // What others wait for will not come any more either.
            if case .offline = error { waiters.fail(error) }
            throw error
        }
        if flushesBeforeAnswer {
            requestSync()
        } else {
            watchers.wake()
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
        guard !isSyncRequested else { return }
        isSyncRequested = true
        lane.commit.request(self)
    }

    func beginSync() -> FlushTicket<PosixFileSystem>? {
        isSyncRequested = false
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
            waiters.fail(error)
        }
        watchers.wake()
        // What was written while the sync ran, and could not have a ticket of its own then.
        if log.flushedOffset < log.endOffset, !isClosing { requestSync() }
        syncEnded?.resume()
        syncEnded = nil
    }

    /// Retention, index upkeep and the recovery point.
    func maintain(nowMs: Int64) throws(LogError) {
        if !isAbandoned { _ = try log.maintain(now: nowMs) }
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

    /// Bytes of the log's segments.
    func byteCount() throws(LogError) -> Int { try log.byteCount() }

    /// Syncs what is left and closes the files.
    func close() async throws(LogError) {
        isClosing = true
        await flushToEnd()
        try log.close()
        waiters.fail(.closed)
        watchers.wake()
    }

    /// The topic is being deleted: nothing more is written or synced, and who waits is answered.
    func abandon() async {
        isAbandoned = true
        isClosing = true
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

/// Requests that wait until their records are durable.
private final class CommitWaiters: Sendable {
    private struct Waiter {
        let lastOffset: Int64
        let continuation: CheckedContinuation<Result<Void, LogError>, Never>
    }

    private let waiting = Mutex<(waiters: [Waiter], failure: LogError?)>(([], nil))

    func wait(for lastOffset: Int64, published: PublishedLogView<PosixFileSystem>) async throws(LogError) {
        let result = await withCheckedContinuation { continuation in
            let atOnce: Result<Void, LogError>? = waiting.withLock { state in
                if let failure = state.failure { return .failure(failure) }
                if published.current.highWatermark > lastOffset { return .success(()) }
                state.waiters.append(Waiter(lastOffset: lastOffset, continuation: continuation))
                return nil
            }
            if let atOnce { continuation.resume(returning: atOnce) }
        }
        try result.get()
    }

    /// Answers those that the published end has passed.
    func resume(published: PublishedLogView<PosixFileSystem>) {
        let end = published.current.highWatermark
        let ready = waiting.withLock { state in
            let ready = state.waiters.filter { $0.lastOffset < end }
            state.waiters.removeAll { $0.lastOffset < end }
            return ready
        }
        for waiter in ready { waiter.continuation.resume(returning: .success(())) }
    }

    func fail(_ error: LogError) {
        let all = waiting.withLock { state in
            defer { state = ([], error) }
            return state.waiters
        }
        for waiter in all { waiter.continuation.resume(returning: .failure(error)) }
    }
}
