import Coordinators
import DequeModule
import HeapModule

extension GroupCoordinator {
    /// Serves until `shutdown` is called or the task is cancelled: writes to the log, and does what is due.
    func run() async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.watchTime() }
            for await partition in dirtyLanes {
                tasks.addTask { await self.drain(partition) }
            }
            tasks.cancelAll()
        }
        end()
    }

    /// Answers who waits, stores what is on its way, and ends `run`. Requests are refused from now on.
    func shutdown() async {
        isStopping = true
        answerWaiters()
        while lanes.contains(where: { $0.isDraining || !$0.pending.isEmpty }), !isStopped {
            // Ends with the writes, which end with the log's answers.
            await withCheckedContinuation { idleWaiters.append($0) }
        }
        dirtyLanesInput.finish()
        sleeper?.cancel()
    }

    private func answerWaiters() {
        let waiting = waiters
        waiters = [:]
        for waiter in waiting.values { resume(waiter, with: .coordinatorNotAvailable) }
    }

    private func end() {
        isStopping = true
        isStopped = true
        answerWaiters()
        for partition in lanes.indices {
            while let write = lanes[partition].pending.popFirst() { finish(write, succeeded: false) }
            lanes[partition].isDraining = false
        }
        noteIdle()
    }

    /// A partition has nothing more to write.
    func noteIdle() {
        let waiting = idleWaiters
        idleWaiters = []
        for continuation in waiting { continuation.resume() }
    }

    // MARK: Deadlines

    /// Sees to it that the group is looked at when its next deadline comes. A deadline that has moved away is left
    /// where it is: it costs one look.
    func schedule(_ group: Group) {
        guard let deadline = group.machine.nextDeadline, deadline < group.scheduledMs ?? .max else { return }
        group.scheduledMs = deadline
        deadlines.insert(Deadline(atMs: deadline, groupId: group.id))
        if deadline < sleepingUntilMs { sleeper?.cancel() }
    }

    private func watchTime() async {
        while !Task.isCancelled, !isStopping {
            fireDue()
            await sleepUntilDue()
        }
    }

    private func sleepUntilDue() async {
        let deadline = min(deadlines.min?.atMs ?? .max, nextSweepMs)
        let sleeper = Task { [clock] in await clock.sleep(untilMs: deadline) }
        self.sleeper = sleeper
        sleepingUntilMs = deadline
        await withTaskCancellationHandler {
            await sleeper.value
        } onCancel: {
            sleeper.cancel()
        }
        self.sleeper = nil
        sleepingUntilMs = .max
    }

    /// Does all that is due now.
    func fireDue() {
        let now = clock.monotonicMs()
        while let next = deadlines.min, next.atMs <= now {
            deadlines.removeMin()
            guard let group = groups[next.groupId], group.scheduledMs == next.atMs else { continue }
            group.scheduledMs = nil
            var effects = ConsumerGroup.Effects()
            _ = group.machine.advance(to: now, into: &effects)
            apply(effects, to: group)
        }
        if nextSweepMs <= now {
            nextSweepMs = now + max(1, configuration.offsetsRetentionCheckIntervalMs)
            sweep()
        }
    }
}
