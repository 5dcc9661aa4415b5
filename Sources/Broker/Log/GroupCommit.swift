import SegmentLog
import Synchronization

/// One thread per lane that syncs what the lane's partitions wrote. All that was written while a sync ran is covered by
/// the next one, so the number of syncs doesn't grow with the number of requests.
final class GroupCommit: Sendable {
    private struct State {
        var dirty: [Partition] = []
        var isRunning = false
    }

    private let state = Mutex(State())
    private let syncer: Syncer

    init(index: Int) {
        syncer = Syncer(thread: SerialThread(name: "sync-\(index)"))
    }

    /// Asks for a sync of `partition`; called on its lane after a write, once until the sync has begun.
    func request(_ partition: Partition) {
        let starts = state.withLock { state in
            state.dirty.append(partition)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        // Runs on this commit's own thread and ends when nothing is dirty: it carries no request's order.
        if starts { Task { [syncer] in await syncer.run(self) } }
    }

    func stop() { syncer.thread.stop() }

    /// The partitions that wait for a sync; none ends the run.
    fileprivate func takeDirty() -> [Partition] {
        state.withLock { state in
            let dirty = state.dirty
            state.dirty = []
            if dirty.isEmpty { state.isRunning = false }
            return dirty
        }
    }
}

/// Runs on the sync thread, where it may block.
private actor Syncer {
    nonisolated let thread: SerialThread

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(thread: SerialThread) {
        self.thread = thread
    }

    func run(_ commit: GroupCommit) async {
        while true {
            let dirty = commit.takeDirty()
            if dirty.isEmpty { return }
            for partition in dirty {
                guard let ticket = await partition.beginSync() else { continue }
                // A failure is kept in the ticket, and the partition goes offline when it's handed back.
                do throws(LogError) { try ticket.run() } catch {}
                await partition.endSync(ticket)
            }
        }
    }
}
