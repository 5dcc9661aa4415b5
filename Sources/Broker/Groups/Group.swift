import Coordinators
import DequeModule
import KafkaRecords

extension GroupCoordinator {
    /// One group: its members and its offsets. Confined to the coordinator.
    final class Group {
        let id: String
        /// The partition of `__consumer_offsets` that holds its records.
        let partition: Int
        var machine: ConsumerGroup.StateMachine
        var offsets = CommittedOffsets()
        /// Wall clock; nil: it has members, never had any, or came with no time.
        var emptySinceMs: Int64?
        /// Writes on their way. What they bring isn't in `offsets` yet, so nothing may be thrown away meanwhile.
        var pendingWrites = 0
        /// The metadata has a record in the log, or will have.
        var isStored = false
        /// Its entry in the heap of deadlines; nil: none.
        var scheduledMs: Int64?

        init(id: String, partition: Int, machine: consuming ConsumerGroup.StateMachine) {
            self.id = id
            self.partition = partition
            self.machine = machine
        }

        /// Nothing would be lost without it.
        var isUnused: Bool {
            machine.stateName == .empty && machine.nextDeadline == nil && offsets.isEmpty && pendingWrites == 0
                && !isStored
        }
    }

    /// A request that waits for its answer.
    struct Waiter {
        enum Reply {
            case join(CheckedContinuation<ConsumerGroup.JoinAnswer, Never>)
            case sync(CheckedContinuation<ConsumerGroup.SyncAnswer, Never>)
        }

        let groupId: String
        let memberId: String
        let reply: Reply
    }

    /// Records on their way to the log, and what is to be done when they are there.
    struct PendingWrite {
        enum Completion {
            case metadata(ConsumerGroup.Write)
            case commit([(CommittedOffsets.Partition, CommittedOffsets.Entry)], CheckedContinuation<Bool, Never>)
            /// `isWhole`: the group goes, too. Whoever waits is told whether it is durable.
            case removal([CommittedOffsets.Partition], isWhole: Bool, (@Sendable (Bool) -> Void)?)
            /// Nothing of its own: told when what was to be written before it is.
            case afterOthers(CheckedContinuation<Void, Never>)
        }

        let group: Group
        let records: [Record]
        let completion: Completion
    }

    /// A partition of `__consumer_offsets`: writes go out one batch at a time, in order, each with all that came while
    /// the one before it was on its way.
    struct Lane {
        enum Phase {
            case loading
            case ready
            /// The log can't be read, so nothing is known of its groups.
            case failed
        }

        var phase = Phase.loading
        var pending: Deque<PendingWrite> = []
        var isDraining = false
    }

    struct Deadline: Comparable {
        let atMs: Int64
        let groupId: String

        static func < (left: Deadline, right: Deadline) -> Bool { left.atMs < right.atMs }
    }
}
