import CSluice
import KafkaMessages
import Logging
import SegmentLog
import Synchronization

/// Compacts the logs whose topics ask for it: one at a time, the dirtiest first, on a thread of its own that gives way to
/// all others and rests in between (`log.cleaner.io.max.bytes.per.second`). Appends wait for it only while the list of
/// segments is changed, on the lane; see `Partition.swap`.
actor LogCleaner {
    private struct Key: Hashable {
        let topic: Uuid
        let partition: Int32
    }

    private struct Candidate {
        let key: Key
        let partition: Partition
        let dirtyRatio: Double
    }

    /// How much lower than others' the thread's priority is.
    private static let niceness: Int32 = 10

    nonisolated let thread: SerialThread
    private let table: TopicTable
    private let live: LiveConfiguration
    private let clock: any BrokerClock
    private let logger: Logger
    private let settings: CompactorSettings
    private nonisolated let isStopped = Atomic(false)
    private nonisolated let counted = Mutex(CleanerTotals())
    /// What each partition's last compaction failed with: said once, and not tried again if it is lasting.
    private var failures: [Key: CompactionError] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(table: TopicTable, live: LiveConfiguration, clock: any BrokerClock, logger: Logger) {
        self.table = table
        self.live = live
        let configuration = live.current
        self.clock = clock
        self.logger = logger
        var settings = CompactorSettings()
        settings.keyTableByteCountMax = configuration.number("log.cleaner.dedupe.buffer.size")
        settings.decompressedBytesMax = configuration.decompressedBytesMax
        self.settings = settings
        thread = SerialThread(name: "cleaner")
        // Advice: without it the thread only is as good as the others.
        thread.run { _ = sluice_nice_thread(Self.niceness) }
    }

    /// What all compactions did since the start.
    nonisolated var totals: CleanerTotals { counted.withLock { $0 } }

    /// Makes the compaction that runs end soon, and begins no other.
    nonisolated func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Compacts until nothing is due.
    func sweep() async {
        var passed: Set<Key> = []
        while !isStopped.load(ordering: .relaxed), let next = dirtiest(except: passed) {
            // What didn't get on, or can't, has its turn in the next sweep.
            if await !compact(next) { passed.insert(next.key) }
        }
        let topics = table.snapshot.byId
        failures = failures.filter { topics[$0.key.topic] != nil }
        let lasting = failures.values.count(where: \.isLasting)
        counted.withLock { $0.uncleanableCount = lasting }
    }

    // MARK: -

    private func dirtiest(except passed: Set<Key>) -> Candidate? {
        let configuration = live.current
        var best: Candidate?
        for topic in table.snapshot.sorted where topic.configuration.isCompacted {
            for partition in topic.partitions {
                let log = topic.configuration.log(broker: configuration, partition: partition.index)
                let key = Key(topic: topic.id, partition: partition.index)
                if passed.contains(key) || failures[key]?.isLasting == true { continue }
                // A log that can't be read shows that to its readers, and to the compaction that it has coming.
                let estimate = try? partition.view.compactionEstimate(log, now: clock.wallMs())
                guard let estimate, log.compacts, estimate.isDue(log), estimate.dirtyRatio > best?.dirtyRatio ?? -1
                else { continue }
                best = Candidate(key: key, partition: partition, dirtyRatio: estimate.dirtyRatio)
            }
        }
        return best
    }

    /// Returns whether the log is further than before.
    private func compact(_ candidate: Candidate) async -> Bool {
        let partition = candidate.partition
        let start: Partition.CompactionStart?
        do throws(LogError) {
            start = try await partition.beginCompaction(nowMs: clock.wallMs())
        } catch {
            return false
        }
        guard let start else { return false }
        let before = partition.view.cleanedOffset ?? 0
        let startNs = clock.monotonicNs()
        do throws(CompactionError) {
            if let swap = start.unfinished { try await finish(swap, in: partition) }
            guard let plan = start.plan else {
                await partition.endCompaction(.success(before))
                return true
            }
            let compactor = makeCompactor(plan, for: partition)
            try await run(compactor, in: partition)
            await partition.endCompaction(.success(compactor.endOffset))
            failures[candidate.key] = nil
            note(compactor.statistics, of: partition, ms: (clock.monotonicNs() - startNs) / 1_000_000)
            return compactor.endOffset > before
        } catch {
            await partition.endCompaction(.failure(error))
            note(error, candidate)
            return false
        }
    }

    private func makeCompactor(
        _ plan: CompactionPlan<PosixFileSystem>, for partition: Partition
    ) -> LogCompactor<PosixFileSystem> {
        let pace = CleanerPace(bytesPerSecond: live.current.number("log.cleaner.io.max.bytes.per.second"))
        return LogCompactor(plan, settings) { [self] byteCount in
            counted.withLock { $0.byteCount += byteCount }
            return pace.rest(after: byteCount) {
                isStopped.load(ordering: .relaxed) || partition.compactionStop.load(ordering: .relaxed)
            }
        }
    }

    private func run(
        _ compactor: LogCompactor<PosixFileSystem>, in partition: Partition
    ) async throws(CompactionError) {
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

    private func note(_ statistics: CompactionStatistics, of partition: Partition, ms: Int64) {
        counted.withLock { totals in
            totals.compactionCount += 1
            totals.removedRecordCount += statistics.recordCountBefore - statistics.recordCountAfter
            totals.removedByteCount += statistics.byteCountBefore - statistics.byteCountAfter
            totals.keylessRecordCount += statistics.keylessCount
        }
        logger.debug(
            """
            \(partition.topicName)-\(partition.index): compacted \(statistics.recordCountBefore) records to \
            \(statistics.recordCountAfter), \(statistics.byteCountBefore) bytes to \(statistics.byteCountAfter), in \(ms) ms
            """)
    }

    private func note(_ error: CompactionError, _ candidate: Candidate) {
        guard error != .cancelled, failures.updateValue(error, forKey: candidate.key) != error else { return }
        counted.withLock { $0.failureCount += 1 }
        let name = "\(candidate.partition.topicName)-\(candidate.partition.index)"
        switch error {
        case .cancelled: break
        case .badBatch(let segment, let position):
            logger.error(
                """
                \(name): segment \(segment) is broken at byte \(position), see sluice log dump: the log isn't compacted \
                any more, and nothing of it is dropped
                """)
        case .file(let error):
            logger.warning(
                "\(name): compaction stopped, \(error.operation.rawValue) failed with error \(error.code); it is tried again"
            )
        case .stuck(let error):
            logger.error(
                """
                \(name): compaction stopped, \(error.operation.rawValue) failed with error \(error.code); the log isn't \
                compacted any more until the broker is started again
                """)
        }
    }
}

/// Counts of all compactions since the start.
struct CleanerTotals: Sendable, Equatable {
    var compactionCount = 0
    /// Read and written.
    var byteCount = 0
    var removedRecordCount = 0
    var removedByteCount = 0
    /// Records that went because they have no key.
    var keylessRecordCount = 0
    var failureCount = 0
    /// Partitions that aren't compacted any more until the broker is started again.
    var uncleanableCount = 0
}
