import DequeModule
import SegmentLog
import Synchronization

/// Syncs what a lane's partitions wrote, on a thread of its own, one partition after the other. What is written while a
/// sync runs is covered by the next one, so the number of syncs doesn't grow with the number of requests.
///
/// Each sync costs one wake-up of either thread: the lane hands over a ticket, the sync thread gives it back, and the lane
/// takes the next partition's ticket in the same turn, which then covers all that has come meanwhile.
final class GroupCommit: Sendable {
    private struct State {
        var dirty: Deque<Partition> = []
        var isRunning = false
    }

    private let state = Mutex(State())
    private let writer: SerialThread
    private let syncer: SerialThread

    /// `writer`: the lane's thread.
    init(index: Int, writer: SerialThread) {
        self.writer = writer
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

    func stop() { syncer.stop() }

    /// On the lane: hands the next ticket to the sync thread. None ends the run.
    private func next() {
        while let partition = takeDirty() {
            guard let ticket = partition.assumeIsolated({ $0.beginSync() }) else { continue }
            syncer.run { [self] in
                // A failure is kept in the ticket, and the partition goes offline when it's handed back.
                do throws(LogError) { try ticket.run() } catch {}
                writer.run { [self] in
                    partition.assumeIsolated { $0.endSync(ticket) }
                    next()
                }
            }
            return
        }
    }

    private func takeDirty() -> Partition? {
        state.withLock { state in
            let partition = state.dirty.popFirst()
            if partition == nil { state.isRunning = false }
            return partition
        }
    }
}
