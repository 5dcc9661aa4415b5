import Metering
import SegmentLog
import Synchronization

/// Syncs what a lane's partitions wrote, on a thread of its own, one partition after the other. What is written while a
/// sync runs is covered by the next one, so the number of syncs doesn't grow with the number of requests.
///
/// Each sync costs one wake-up of either thread: the lane hands over a ticket, the sync thread gives it back, and the lane
/// takes the next partition's ticket in the same turn, which then covers all that has come meanwhile. `CommitSchedule` says
/// when.
final class GroupCommit: Sendable {
    private let schedule = Mutex(CommitSchedule<Partition>())
    private let writer: SerialThread
    let syncer: SerialThread
    private let clock: any BrokerClock
    private let metrics: BrokerMetrics

    /// `writer`: the lane's thread, whose alarms go by the same clock.
    init(index: Int, writer: SerialThread, clock: any BrokerClock, metrics: BrokerMetrics) {
        self.writer = writer
        self.clock = clock
        self.metrics = metrics
        syncer = SerialThread(name: "sync-\(index)", clock: clock)
    }

    /// Asks for a sync of `partition`; called on its lane after a write, once until the sync has begun.
    func request(_ partition: Partition) {
        let starts = schedule.withLock { $0.request(partition) }
        // Behind the writes that are in the lane's queue by now: the sync covers them, too.
        if starts { writer.run { [self] in next() } }
    }

    /// On the lane, after writes: the group that a sync waits for may be whole now.
    func written() {
        if schedule.withLock({ $0.isWaiting }) { next() }
    }

    func stop() { syncer.stop() }

    /// On the lane: hands the next ticket to the sync thread. None ends the run.
    private func next() {
        while true {
            let turn = schedule.withLock { schedule in
                schedule.turn(nowNs: clock.monotonicNs()) { $0.assumeIsolated { $0.hasWholeGroup } }
            }
            switch turn {
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
            let begin = clock.monotonicNs()
            do throws(LogError) {
                try ticket.run()
            } catch {
                // It is kept in the ticket, too, and the partition goes offline when that's handed back.
                metrics.flushFailures.add()
            }
            let ns = clock.monotonicNs() - begin
            metrics.flushSeconds.record(nanoseconds: ns)
            writer.run { [self] in
                schedule.withLock { $0.synced(inNs: ns) }
                partition.assumeIsolated { $0.endSync(ticket) }
                next()
            }
        }
    }
}
