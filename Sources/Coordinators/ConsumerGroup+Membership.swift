extension ConsumerGroup.StateMachine {
    public enum HeartbeatAction: Sendable, Equatable {
        case accept
        case reject(GroupError)
    }

    /// Heartbeat.
    public mutating func heartbeat(
        _ identity: ConsumerGroup.MemberIdentity, generation: Int32, now: Int64,
        into effects: inout ConsumerGroup.Effects
    ) -> HeartbeatAction {
        switch consume state {
        case .dead:
            self = Self(configuration, .dead)
            return .reject(.coordinatorNotAvailable)
        case .empty(let roster):
            self = Self(configuration, .empty(roster))
            return .reject(.unknownMemberId)
        case .preparingRebalance(var group):
            let error = Self.touch(&group.roster, identity, generation, now: now, into: &effects)
            self = Self(configuration, .preparingRebalance(group))
            return .reject(error ?? .rebalanceInProgress)
        case .completingRebalance(var group):
            // Clients send heartbeats as soon as they have the JoinGroup answer.
            let error = Self.touch(&group.roster, identity, generation, now: now, into: &effects)
            self = Self(configuration, .completingRebalance(group))
            return error.map { .reject($0) } ?? .accept
        case .stable(var group):
            let error = Self.touch(&group.roster, identity, generation, now: now, into: &effects)
            self = Self(configuration, .stable(group))
            return error.map { .reject($0) } ?? .accept
        }
    }

    private static func touch(
        _ roster: inout ConsumerGroup.Roster, _ identity: ConsumerGroup.MemberIdentity, _ generation: Int32,
        now: Int64, into effects: inout ConsumerGroup.Effects
    ) -> GroupError? {
        if let error = roster.fault(of: identity, generation: generation) { return error }
        roster.touch(identity.memberId, now: now, into: &effects)
        return nil
    }

    public enum LeaveAction: Sendable, Equatable {
        /// One answer for each member named, in the same order.
        case answers([ConsumerGroup.LeaveAnswer])
        case reject(GroupError)
    }

    /// LeaveGroup. A static member can be named by its instance id alone.
    public mutating func leave(
        _ leaving: [ConsumerGroup.MemberIdentity], now: Int64, into effects: inout ConsumerGroup.Effects
    ) -> LeaveAction {
        switch consume state {
        case .dead:
            self = Self(configuration, .dead)
            return .reject(.coordinatorNotAvailable)
        case .empty(var roster):
            let answers = Self.dismiss(leaving, from: &roster, into: &effects)
            self = Self(configuration, .empty(roster))
            return .answers(answers)
        case .preparingRebalance(var group):
            let answers = Self.dismiss(leaving, from: &group.roster, into: &effects)
            self = Self(configuration, Self.settle(group, now: now, into: &effects))
            return .answers(answers)
        case .completingRebalance(var group):
            let count = group.roster.members.count
            let answers = Self.dismiss(leaving, from: &group.roster, into: &effects)
            if group.roster.members.count == count {
                self = Self(configuration, .completingRebalance(group))
            } else {
                self = Self(configuration, Self.prepare(group.roster, configuration, now: now, into: &effects))
            }
            return .answers(answers)
        case .stable(var group):
            let count = group.roster.members.count
            let answers = Self.dismiss(leaving, from: &group.roster, into: &effects)
            if group.roster.members.count == count {
                self = Self(configuration, .stable(group))
            } else {
                self = Self(configuration, Self.prepare(group.roster, configuration, now: now, into: &effects))
            }
            return .answers(answers)
        }
    }

    private static func dismiss(
        _ leaving: [ConsumerGroup.MemberIdentity], from roster: inout ConsumerGroup.Roster,
        into effects: inout ConsumerGroup.Effects
    ) -> [ConsumerGroup.LeaveAnswer] {
        var answers: [ConsumerGroup.LeaveAnswer] = []
        answers.reserveCapacity(leaving.count)
        for identity in leaving {
            var error: GroupError?
            if identity.memberId.isEmpty, let instanceId = identity.instanceId {
                if let memberId = roster.staticIds[instanceId] {
                    roster.remove(memberId, .left, into: &effects)
                } else {
                    error = .unknownMemberId
                }
            } else if identity.instanceId == nil, roster.pending[identity.memberId] != nil {
                roster.removePending(identity.memberId)
            } else {
                error = roster.fault(of: identity)
                if error == nil { roster.remove(identity.memberId, .left, into: &effects) }
            }
            answers.append(ConsumerGroup.LeaveAnswer(identity: identity, error: error))
        }
        return answers
    }

    /// The connection on which the JoinGroup or SyncGroup of `ticket` waits has gone; its answer is of no use. A member
    /// that never got a generation is removed, since its client may not even know its id. Another stays in the
    /// rebalance, so that the others aren't held up, and has its session time-out to come back.
    public mutating func abandon(
        _ memberId: String, ticket: ConsumerGroup.Ticket, now: Int64, into effects: inout ConsumerGroup.Effects
    ) {
        switch consume state {
        case .dead: self = Self(configuration, .dead)
        case .empty(let roster): self = Self(configuration, .empty(roster))
        case .preparingRebalance(var group):
            let member = group.roster.members[memberId]
            let isLost = member?.joinTicket == ticket && member?.isNew == true && member?.instanceId == nil
            group.roster.abandon(memberId, ticket: ticket, now: now, into: &effects)
            if isLost { group.roster.remove(memberId, .left, into: &effects) }
            self = Self(configuration, Self.settle(group, now: now, into: &effects))
        case .completingRebalance(var group):
            group.roster.abandon(memberId, ticket: ticket, now: now, into: &effects)
            self = Self(configuration, .completingRebalance(group))
        case .stable(var group):
            group.roster.abandon(memberId, ticket: ticket, now: now, into: &effects)
            self = Self(configuration, .stable(group))
        }
    }

    public enum CommitAction: Sendable, Equatable {
        case accept
        case reject(GroupError)
    }

    /// May these offsets be committed? A commit of generation −1 without a member is that of a client that shares out
    /// its partitions itself, and is good for a group without members only. A transaction's commit needn't name a
    /// member either (KIP-447).
    public mutating func commit(
        _ identity: ConsumerGroup.MemberIdentity, generation: Int32, isTransactional: Bool = false, now: Int64,
        into effects: inout ConsumerGroup.Effects
    ) -> CommitAction {
        let isNamed = generation >= 0 || !identity.memberId.isEmpty || identity.instanceId != nil
        switch consume state {
        case .dead:
            self = Self(configuration, .dead)
            return .reject(.coordinatorNotAvailable)
        case .empty(let roster):
            let error = generation < 0 ? nil : roster.fault(of: identity, generation: generation)
            self = Self(configuration, .empty(roster))
            return error.map { .reject($0) } ?? .accept
        case .preparingRebalance(var group):
            // Still allowed: members commit what they have read before they join again.
            let error = Self.fault(
                ofCommitBy: identity, generation, isNamed, isTransactional, &group.roster, now: now, into: &effects)
            self = Self(configuration, .preparingRebalance(group))
            return error.map { .reject($0) } ?? .accept
        case .completingRebalance(var group):
            let error = Self.fault(
                ofCommitBy: identity, generation, isNamed, isTransactional, &group.roster, now: now, into: &effects)
            self = Self(configuration, .completingRebalance(group))
            if let error { return .reject(error) }
            return isTransactional ? .accept : .reject(.rebalanceInProgress)
        case .stable(var group):
            let error = Self.fault(
                ofCommitBy: identity, generation, isNamed, isTransactional, &group.roster, now: now, into: &effects)
            self = Self(configuration, .stable(group))
            return error.map { .reject($0) } ?? .accept
        }
    }

    private static func fault(
        ofCommitBy identity: ConsumerGroup.MemberIdentity, _ generation: Int32, _ isNamed: Bool,
        _ isTransactional: Bool, _ roster: inout ConsumerGroup.Roster, now: Int64,
        into effects: inout ConsumerGroup.Effects
    ) -> GroupError? {
        isNamed
            ? touch(&roster, identity, generation, now: now, into: &effects)
            : isTransactional ? nil : .unknownMemberId
    }

    public enum DeleteAction: Sendable, Equatable {
        case delete
        case reject(GroupError)
    }

    /// DeleteGroups, and the end of a group whose last offset has expired. The machine is Dead afterwards.
    public mutating func delete() -> DeleteAction {
        switch consume state {
        case .empty:
            self = Self(configuration, .dead)
            return .delete
        case .dead:
            self = Self(configuration, .dead)
            return .reject(.groupIdNotFound)
        case .preparingRebalance(let group): self = Self(configuration, .preparingRebalance(group))
        case .completingRebalance(let group): self = Self(configuration, .completingRebalance(group))
        case .stable(let group): self = Self(configuration, .stable(group))
        }
        return .reject(.nonEmptyGroup)
    }
}
