import DequeModule
import Metering
import SegmentLog
import Synchronization

/// Syncs what a lane's partitions wrote, on a thread of its own, one partition after the other. What is written while a
/// sync runs is covered by the next one, so the number of syncs doesn't grow with the number of requests.
///
/// Each sync costs one wake-up of either thread: the lane hands over a ticket, the sync thread gives it back, and the lane
/// takes the next partition's ticket in the same turn, which then covers all that has come meanwhile.
///
/// A sync waits a little for its group: those whose records the last one made durable are about to send again, and the first of
/// them would else have a sync for itself and the rest another (8 requests in flight: 2 to 4 a sync, with the wait 5 to 7). It waits
/// only where no other partition is to be synced, until as many have written as the last sync answered, and no longer than
/// that sync took.
final class GroupCommit: Sendable {
    private struct State {
        var dirty: Deque<Partition> = []
        var isRunning = false
        /// Set while a sync waits for its group.
        var waitsUntilNs: Int64?
        /// What the last sync took.
        var syncNs: Int64 = 0
    }

    private enum Turn {
        case sync(Partition)
        case wait(untilNs: Int64)
        case nothing
    }

    /// The longest wait for a group.
    private static let waitNsMax: Int64 = 2_000_000

    private let state = Mutex(State())
    private let writer: SerialThread
    let syncer: SerialThread
    private let metrics: BrokerMetrics

    /// `writer`: the lane's thread.
    init(index: Int, writer: SerialThread, metrics: BrokerMetrics) {
        self.writer = writer
        self.metrics = metrics
        syncer = SerialThread(name: "sync-\(index)")
    }

    /// Asks for a sync of `partition`; called on its lane after a write, once until the sync has begun.
    func request(_ partition: Partition) {
        let starts = state.withLock { state in
            state.dirty.append(partition)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        // Behind the writes that are in the lane's queue by now: the sync covers them, too.
        if starts { writer.run { [self] in next() } }
    }

    /// On the lane, after writes: the group that a sync waits for may be whole now.
    func written() {
        if state.withLock({ $0.waitsUntilNs != nil }) { next() }
    }

    func stop() { syncer.stop() }

    /// On the lane: hands the next ticket to the sync thread. None ends the run.
    private func next() {
        while true {
            switch turn() {
            case .nothing: return
            case .wait(let deadlineNs): return writer.setAlarm(atNs: deadlineNs) { [self] in written() }
            case .sync(let partition):
                guard let ticket = partition.assumeIsolated({ $0.beginSync() }) else { continue }
                return sync(partition, ticket)
            }
        }
    }

    private func sync(_ partition: Partition, _ ticket: FlushTicket<PosixFileSystem>) {
        syncer.run { [self] in
            let begin = SystemBrokerClock().monotonicNs()
            do throws(LogError) {
                try ticket.run()
            } catch {
                // It is kept in the ticket, too, and the partition goes offline when that's handed back.
                metrics.flushFailures.add()
            }
            let ns = SystemBrokerClock().monotonicNs() - begin
            metrics.flushSeconds.record(nanoseconds: ns)
            writer.run { [self] in
                state.withLock { $0.syncNs = ns }
                partition.assumeIsolated { $0.endSync(ticket) }
                next()
            }
        }
    }

    private func turn() -> Turn {
        state.withLock { state in
            guard let first = state.dirty.first else {
                state.isRunning = false
                state.waitsUntilNs = nil
                return .nothing
            }
            if state.dirty.count == 1, !first.assumeIsolated({ $0.hasWholeGroup }) {
                let now = SystemBrokerClock().monotonicNs()
                let deadline = state.waitsUntilNs ?? now + min(state.syncNs, Self.waitNsMax)
                if now < deadline {
                    state.waitsUntilNs = deadline
                    return .wait(untilNs: deadline)
                }
            }
            state.waitsUntilNs = nil
            state.dirty.removeFirst()
            return .sync(first)
        }
    }
}
