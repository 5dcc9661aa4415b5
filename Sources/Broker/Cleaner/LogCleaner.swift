import KafkaMessages
import Logging
import SegmentLog
import Synchronization

/// Compacts the logs whose topics ask for it: the dirtiest first, up to `log.cleaner.threads` at once, each on a
/// `CleanerThread`. This actor only looks for logs that are due, on a thread of its own: that may read files.
actor LogCleaner {
    private struct Key: Hashable {
        let topic: Uuid
        let partition: Int32
    }

    private struct Candidate: Sendable {
        let key: Key
        let partition: Partition
        let dirtyRatio: Double
    }

    private nonisolated let thread = CleanerThread.start(named: "cleaner")
    private nonisolated let workers = Mutex<[CleanerThread]>([])
    private nonisolated let state: CleanerState
    private let table: TopicTable
    private let live: LiveConfiguration
    private let clock: any BrokerClock
    private let logger: Logger
    /// What each partition's last compaction failed with: said once, and not tried again if it is lasting.
    private var failures: [Key: CompactionError] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(table: TopicTable, live: LiveConfiguration, clock: any BrokerClock, logger: Logger) {
        self.table = table
        self.live = live
        self.clock = clock
        self.logger = logger
        state = CleanerState(live: live)
    }

    /// What all compactions did since the start.
    nonisolated var totals: CleanerTotals { state.totals }

    /// Makes the compactions that run end soon, and begins no other.
    nonisolated func stop() { state.stop() }

    /// Ends the threads, once no sweep runs any more.
    nonisolated func stopThreads() {
        for worker in workers.withLock({ $0 }) { worker.thread.stop() }
        thread.stop()
    }

    /// Compacts until nothing is due. One sweep at a time.
    func sweep() async {
        var passed: Set<Key> = []
        var idle = workers.withLock { $0 }
        await withTaskGroup(of: (Candidate, CleanerThread, CleanerThread.Outcome).self) { group in
            var runningCount = 0
            while true {
                // The setting as it is now: a new number holds as compactions end.
                while runningCount < live.current.number("log.cleaner.threads"), !state.isStopped,
                    let next = dirtiest(except: passed)
                {
                    let worker = idle.popLast() ?? makeWorker()
                    // Out of the choice while it runs.
                    passed.insert(next.key)
                    runningCount += 1
                    state.count { $0.runningCount += 1 }
                    group.addTask { (next, worker, await worker.compact(next.partition)) }
                }
                guard let (candidate, worker, outcome) = await group.next() else { break }
                runningCount -= 1
                state.count { $0.runningCount -= 1 }
                idle.append(worker)
                // What didn't get on, or can't, has its turn in the next sweep.
                if note(outcome, of: candidate) { passed.remove(candidate.key) }
            }
        }
        let topics = table.snapshot.byId
        failures = failures.filter { topics[$0.key.topic] != nil }
        let lasting = failures.values.count(where: \.isLasting)
        state.count { $0.uncleanableCount = lasting }
    }

    // MARK: -

    private func makeWorker() -> CleanerThread {
        workers.withLock { workers in
            let worker = CleanerThread(index: workers.count, state: state, clock: clock, logger: logger)
            workers.append(worker)
            return worker
        }
    }

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

    /// Returns whether the log may be due again in the same sweep.
    private func note(_ outcome: CleanerThread.Outcome, of candidate: Candidate) -> Bool {
        switch outcome {
        case .done(let isFurther):
            failures[candidate.key] = nil
            return isFurther
        case .nothing: return false
        case .failed(let error):
            note(error, candidate)
            return false
        }
    }

    private func note(_ error: CompactionError, _ candidate: Candidate) {
        guard failures.updateValue(error, forKey: candidate.key) != error else { return }
        state.count { $0.failureCount += 1 }
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
