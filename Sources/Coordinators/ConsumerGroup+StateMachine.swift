extension ConsumerGroup {
    /// One group. Every event takes the monotonic time `now` in milliseconds, and `effects`, to which it adds what it
    /// brings about for others. `advance(to:)` must be called when `nextDeadline` has come; a deadline that comes
    /// early does no harm.
    ///
    ///     Empty ── member joins ──▶ PreparingRebalance ── all are here, or time is over ──▶ CompletingRebalance
    ///       ▲                        ▲    │                                                    │          │
    ///       └──── all have gone ─────┼────┘                     somebody comes, goes, changes ─┘          │ leader's
    ///                                │                                                                  ▼ assignment stored
    ///                                └────────────── somebody comes, goes, changes ─────────────────── Stable
    ///
    /// An Empty group can be deleted and is Dead then; a Dead one answers everything with COORDINATOR_NOT_AVAILABLE.
    public struct StateMachine: ~Copyable {
        enum State: ~Copyable {
            case empty(Roster)
            case preparingRebalance(Preparing)
            case completingRebalance(Completing)
            case stable(Settled)
            case dead
        }

        /// Joins are collected.
        struct Preparing: ~Copyable {
            var roster: Roster
            var deadline: Int64
            /// Set in the first rebalance of an empty group, which waits its time even if all members are here.
            var initialDelay: InitialDelay?
        }

        struct InitialDelay {
            /// What is left of the longest rebalance time-out.
            var remainingMs: Int64
            /// Somebody came since the delay was last set, so it is set again.
            var hasNewMember = false
        }

        /// The leader's assignment is awaited, or being stored.
        struct Completing: ~Copyable {
            var roster: Roster
            var syncs: AwaitedSyncs
            /// What the leader sent; non-nil while it is being stored.
            var assignment: [String: [UInt8]]?
        }

        /// Every member can have its assignment.
        struct Settled: ~Copyable {
            var roster: Roster
            var syncs: AwaitedSyncs
        }

        /// Members that have yet to send SyncGroup for the generation. They are removed at the deadline: a client that
        /// never asks for its assignment would hold partitions without reading them.
        struct AwaitedSyncs {
            var memberIds: Set<String>
            var deadline: Int64

            var nextDeadline: Int64 { memberIds.isEmpty ? .max : deadline }
        }

        let configuration: Configuration
        var state: State

        init(_ configuration: Configuration, _ state: consuming State) {
            self.configuration = configuration
            self.state = state
        }

        /// A group that nobody has joined yet.
        public init(configuration: Configuration) {
            self.configuration = configuration
            state = .empty(Roster())
        }

        /// A group as it was stored. Its members have their session time-out from `now` to be heard of.
        public init(
            reloading snapshot: Snapshot, configuration: Configuration, now: Int64, into effects: inout Effects
        ) {
            self.configuration = configuration
            var roster = Roster()
            roster.generation = max(0, snapshot.generation)
            roster.protocolType = snapshot.protocolType.isEmpty ? nil : snapshot.protocolType
            roster.protocolName = snapshot.protocolName
            for member in snapshot.members { roster.reload(member, now: now, into: &effects) }
            if let leaderId = snapshot.leaderId, roster.members[leaderId] != nil { roster.leaderId = leaderId }
            if roster.members.isEmpty {
                state = .empty(roster)
            } else if roster.members.count > configuration.membersMax {
                // The limit was lowered: a rebalance, which admits only so many.
                state = Self.prepare(roster, configuration, now: now, into: &effects)
            } else {
                state = .stable(Settled(roster: roster, syncs: AwaitedSyncs(memberIds: [], deadline: .max)))
            }
        }

        /// When `advance(to:)` has something to do at the earliest; nil: never, without another event.
        public var nextDeadline: Int64? {
            let deadline: Int64
            switch state {
            case .empty(let roster): deadline = roster.earliestDeadline
            case .preparingRebalance(let group):
                deadline = min(group.roster.earliestDeadline, group.deadline)
            case .completingRebalance(let group):
                deadline = min(group.roster.earliestDeadline, group.syncs.nextDeadline)
            case .stable(let group): deadline = min(group.roster.earliestDeadline, group.syncs.nextDeadline)
            case .dead: deadline = .max
            }
            return deadline == .max ? nil : deadline
        }

        // MARK: Transitions

        /// Begins a rebalance.
        static func prepare(
            _ roster: consuming Roster, isInitial: Bool = false, _ configuration: Configuration, now: Int64,
            into effects: inout Effects
        ) -> State {
            roster.beginRebalance(now: now, into: &effects)
            let timeoutMs = roster.rebalanceTimeoutMs
            guard isInitial else {
                return settle(Preparing(roster: roster, deadline: now + timeoutMs), now: now, into: &effects)
            }
            let delayMs = min(Int64(max(0, configuration.initialRebalanceDelayMs)), timeoutMs)
            if delayMs == 0 { return complete(roster, now: now, into: &effects) }
            return .preparingRebalance(
                Preparing(
                    roster: roster, deadline: now + delayMs,
                    initialDelay: InitialDelay(remainingMs: timeoutMs - delayMs)))
        }

        /// Ends the rebalance if nobody is waited for any more.
        static func settle(_ group: consuming Preparing, now: Int64, into effects: inout Effects) -> State {
            let canEnd = group.initialDelay == nil || group.roster.members.isEmpty
            guard canEnd, group.roster.isComplete else { return .preparingRebalance(group) }
            return complete(group.roster, now: now, into: &effects)
        }

        /// Ends the rebalance without those who aren't here.
        static func complete(_ roster: consuming Roster, now: Int64, into effects: inout Effects) -> State {
            guard roster.closeRebalance(into: &effects) else {
                // Static members only, none of them here: wait until they come or their sessions end.
                let pauseMs = max(roster.rebalanceTimeoutMs, 1_000)
                return .preparingRebalance(Preparing(roster: roster, deadline: now + pauseMs))
            }
            roster.beginGeneration(now: now, into: &effects)
            guard !roster.members.isEmpty else {
                effects.writes.append(Write(purpose: .emptied, snapshot: roster.snapshot()))
                return .empty(roster)
            }
            let syncs = AwaitedSyncs(
                memberIds: Set(roster.members.keys), deadline: now + max(roster.rebalanceTimeoutMs, 1_000))
            return .completingRebalance(Completing(roster: roster, syncs: syncs))
        }

        // MARK: Time

        public enum AdvanceAction: Sendable, Equatable {
            /// Nobody and nothing was due.
            case none
            /// Members or ids lapsed, or a rebalance went on.
            case changed
        }

        /// Does what is due at `now`.
        public mutating func advance(to now: Int64, into effects: inout Effects) -> AdvanceAction {
            switch consume state {
            case .dead:
                self = Self(configuration, .dead)
                return .none
            case .empty(var roster):
                let expired = roster.expire(now: now, into: &effects)
                self = Self(configuration, .empty(roster))
                return expired ? .changed : .none
            case .preparingRebalance(var group):
                let expired = group.roster.expire(now: now, into: &effects)
                guard group.deadline <= now else {
                    self = Self(configuration, Self.settle(group, now: now, into: &effects))
                    return expired ? .changed : .none
                }
                if let delay = group.initialDelay, delay.hasNewMember, delay.remainingMs > 0 {
                    let delayMs = min(Int64(max(0, configuration.initialRebalanceDelayMs)), delay.remainingMs)
                    group.initialDelay = InitialDelay(remainingMs: delay.remainingMs - delayMs)
                    group.deadline = now + delayMs
                    self = Self(configuration, Self.settle(group, now: now, into: &effects))
                } else {
                    self = Self(configuration, Self.complete(group.roster, now: now, into: &effects))
                }
                return .changed
            case .completingRebalance(var group):
                guard Self.removeLapsed(&group.roster, &group.syncs, now: now, into: &effects) else {
                    self = Self(configuration, .completingRebalance(group))
                    return .none
                }
                self = Self(configuration, Self.prepare(group.roster, configuration, now: now, into: &effects))
                return .changed
            case .stable(var group):
                guard Self.removeLapsed(&group.roster, &group.syncs, now: now, into: &effects) else {
                    self = Self(configuration, .stable(group))
                    return .none
                }
                self = Self(configuration, Self.prepare(group.roster, configuration, now: now, into: &effects))
                return .changed
            }
        }

        /// True if a member was removed, so that its work must be shared out anew.
        private static func removeLapsed(
            _ roster: inout Roster, _ syncs: inout AwaitedSyncs, now: Int64, into effects: inout Effects
        ) -> Bool {
            let count = roster.members.count
            _ = roster.expire(now: now, into: &effects)
            if syncs.nextDeadline <= now {
                for memberId in syncs.memberIds.sorted() { roster.remove(memberId, .expired, into: &effects) }
                syncs.memberIds = []
            }
            return roster.members.count < count
        }
    }
}
