import CSluice
import Logging
import SegmentLog
import Synchronization

/// Compacts one log at a time, on a thread of its own that gives way to all others and rests in between
/// (`log.cleaner.io.max.bytes.per.second`). Appends wait for it only while the list of segments is changed, on the lane; see
/// `Partition.swap`.
actor CleanerThread {
    /// How a compaction ended.
    enum Outcome: Sendable {
        /// It came to its end; whether the log is further than before.
        case done(isFurther: Bool)
        /// There was nothing to do, or it was asked to end.
        case nothing
        case failed(CompactionError)
    }

    /// How much lower than others' the thread's priority is.
    private static let niceness: Int32 = 10

    nonisolated let thread: SerialThread
    private let state: CleanerState
    private let clock: any BrokerClock
    private let logger: Logger

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(index: Int, state: CleanerState, clock: any BrokerClock, logger: Logger) {
        thread = Self.start(named: "cleaner-\(index)")
        self.state = state
        self.clock = clock
        self.logger = logger
    }

    static func start(named name: String) -> SerialThread {
        let thread = SerialThread(name: name)
        // Advice: without it the thread only is as good as the others.
        thread.run { _ = sluice_nice_thread(niceness) }
        return thread
    }

    func compact(_ partition: Partition) async -> Outcome {
        let start: Partition.CompactionStart?
        do throws(LogError) {
            start = try await partition.beginCompaction(nowMs: clock.wallMs())
        } catch {
            return .nothing
        }
        guard let start else { return .nothing }
        let before = partition.view.cleanedOffset ?? 0
        let startNs = clock.monotonicNs()
        do throws(CompactionError) {
            if let swap = start.unfinished { try await finish(swap, in: partition) }
            guard let plan = start.plan else {
                await partition.endCompaction(.success(before))
                return .done(isFurther: true)
            }
            let compactor = makeCompactor(plan, for: partition)
            try await run(compactor, in: partition)
            await partition.endCompaction(.success(compactor.endOffset))
            note(compactor.statistics, of: partition, ns: clock.monotonicNs() - startNs)
            return .done(isFurther: compactor.endOffset > before)
        } catch {
            await partition.endCompaction(.failure(error))
            return error == .cancelled ? .nothing : .failed(error)
        }
    }

    private func makeCompactor(
        _ plan: CompactionPlan<PosixFileSystem>, for partition: Partition
    ) -> LogCompactor<PosixFileSystem> {
        LogCompactor(plan, state.compactorSettings) { [state] byteCount in
            state.rest(after: byteCount) { partition.compactionStop.load(ordering: .relaxed) }
        }
    }

    private func run(
        _ compactor: LogCompactor<PosixFileSystem>, in partition: Partition
    ) async throws(CompactionError) {
        defer { state.count { $0.byteCount += compactor.turnByteCount } }
        try compactor.readKeys()
        while let swap = try compactor.next() {
            guard await partition.swap(swap) else {
                // Retention, or other settings, came first.
                try swap.abandon()
                throw .cancelled
            }
            try await finish(swap, in: partition)
        }
        try compactor.writeCheckpoint()
    }

    private func finish(
        _ swap: SegmentSwap<PosixFileSystem>, in partition: Partition
    ) async throws(CompactionError) {
        do throws(FileError) {
            try swap.finish()
        } catch {
            await partition.endSwap(swap, failure: error)
            throw .file(error)
        }
        await partition.endSwap(swap, failure: nil)
    }

    private func note(_ statistics: CompactionStatistics, of partition: Partition, ns: Int64) {
        state.count { totals in
            totals.compactionCount += 1
            totals.nanoseconds += ns
            totals.lastNanoseconds = ns
            totals.removedRecordCount += statistics.recordCountBefore - statistics.recordCountAfter
            totals.removedByteCount += statistics.byteCountBefore - statistics.byteCountAfter
            totals.keylessRecordCount += statistics.keylessCount
        }
        logger.debug(
            """
            \(partition.topicName)-\(partition.index): compacted \(statistics.recordCountBefore) records to \
            \(statistics.recordCountAfter), \(statistics.byteCountBefore) bytes to \(statistics.byteCountAfter), in \
            \(ns / 1_000_000) ms
            """)
    }
}
