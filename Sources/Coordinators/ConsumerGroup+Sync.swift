extension ConsumerGroup.StateMachine {
    public enum SyncAction: Sendable, Equatable {
        /// Answer at once.
        case reply(ConsumerGroup.SyncAnswer)
        /// The answer comes in some event's effects, under the attempt's ticket.
        case wait
    }

    /// SyncGroup. The leader's brings the assignment, which is stored before anybody gets it.
    public mutating func sync(
        _ attempt: ConsumerGroup.SyncAttempt, now: Int64, into effects: inout ConsumerGroup.Effects
    ) -> SyncAction {
        switch consume state {
        case .dead:
            self = Self(configuration, .dead)
            return .reply(ConsumerGroup.SyncAnswer(error: .coordinatorNotAvailable))
        case .empty(let roster):
            self = Self(configuration, .empty(roster))
            return .reply(ConsumerGroup.SyncAnswer(error: .unknownMemberId))
        case .preparingRebalance(let group):
            let error = Self.fault(of: attempt, in: group.roster) ?? .rebalanceInProgress
            self = Self(configuration, .preparingRebalance(group))
            return .reply(ConsumerGroup.SyncAnswer(error: error))
        case .completingRebalance(let group):
            var action = SyncAction.wait
            self = Self(configuration, Self.sync(attempt, group, configuration, &action, into: &effects))
            return action
        case .stable(var group):
            let memberId = attempt.identity.memberId
            let answer: ConsumerGroup.SyncAnswer
            if let error = Self.fault(of: attempt, in: group.roster) {
                answer = ConsumerGroup.SyncAnswer(error: error)
            } else {
                group.roster.touch(memberId, now: now, into: &effects)
                group.syncs.memberIds.remove(memberId)
                answer = group.roster.syncAnswer(for: memberId)
            }
            self = Self(configuration, .stable(group))
            return .reply(answer)
        }
    }

    private static func sync(
        _ attempt: ConsumerGroup.SyncAttempt, _ group: consuming Completing,
        _ configuration: ConsumerGroup.Configuration, _ action: inout SyncAction,
        into effects: inout ConsumerGroup.Effects
    ) -> State {
        let memberId = attempt.identity.memberId
        let isLeader = memberId == group.roster.leaderId
        var error = fault(of: attempt, in: group.roster)
        if error == nil, isLeader {
            let bytesMax = configuration.assignmentBytesMax
            let byteCount = attempt.assignments.values.reduce(0) { $0 + $1.count }
            if byteCount > configuration.groupBytesMax
                || attempt.assignments.values.contains(where: { $0.count > bytesMax })
            {
                error = .invalidRequest
            }
        }
        if let error {
            action = .reply(ConsumerGroup.SyncAnswer(error: error))
            return .completingRebalance(group)
        }
        group.roster.awaitSync(memberId, ticket: attempt.ticket, into: &effects)
        group.syncs.memberIds.remove(memberId)
        // A leader that asks again while its assignment is being stored waits for that one.
        if isLeader, group.assignment == nil {
            let members = group.roster.members
            let assignment = attempt.assignments.filter { members[$0.key] != nil }
            group.assignment = assignment
            effects.writes.append(
                ConsumerGroup.Write(purpose: .assignment, snapshot: group.roster.snapshot(assignment: assignment)))
        }
        return .completingRebalance(group)
    }

    /// A `Write` of the effects is durable, or has failed. A write of a generation that is over is of no interest.
    public mutating func written(
        _ write: ConsumerGroup.Write, succeeded: Bool, now: Int64, into effects: inout ConsumerGroup.Effects
    ) {
        switch consume state {
        case .completingRebalance(var group):
            guard write.purpose == .assignment, write.snapshot.generation == group.roster.generation else {
                self = Self(configuration, .completingRebalance(group))
                return
            }
            group.roster.assign(
                group.assignment ?? [:], error: succeeded ? nil : .coordinatorNotAvailable, now: now,
                into: &effects)
            if succeeded {
                self = Self(configuration, .stable(Settled(roster: group.roster, syncs: group.syncs)))
            } else {
                self = Self(configuration, Self.prepare(group.roster, configuration, now: now, into: &effects))
            }
        case .stable(var group):
            if case .replacement(let replacement) = write.purpose {
                Self.answer(replacement, in: &group.roster, succeeded: succeeded, now: now, into: &effects)
            }
            self = Self(configuration, .stable(group))
        case .empty(let roster): self = Self(configuration, .empty(roster))
        case .preparingRebalance(let group): self = Self(configuration, .preparingRebalance(group))
        case .dead: self = Self(configuration, .dead)
        }
    }

    /// The JoinGroup of a static member that took its old place. A leader must not share out anew, since a Stable group
    /// would not pass it on: it is told so (KIP-814), or, where the version can't say it, that another leads.
    private static func answer(
        _ replacement: ConsumerGroup.Replacement, in roster: inout ConsumerGroup.Roster, succeeded: Bool, now: Int64,
        into effects: inout ConsumerGroup.Effects
    ) {
        let memberId = replacement.memberId
        var answer = ConsumerGroup.JoinAnswer(error: .coordinatorNotAvailable, memberId: memberId)
        if succeeded {
            answer = roster.joinAnswer(for: memberId)
            if replacement.skipsAssignment {
                answer.skipsAssignment = roster.leaderId == memberId
            } else {
                answer.leaderId = replacement.oldLeaderId
                answer.members = []
            }
        }
        roster.answerJoin(memberId, ticket: replacement.ticket, with: answer, now: now, into: &effects)
    }

    private static func fault(
        of attempt: ConsumerGroup.SyncAttempt, in roster: borrowing ConsumerGroup.Roster
    ) -> GroupError? {
        if let error = roster.fault(of: attempt.identity, generation: attempt.generation) { return error }
        if let type = attempt.protocolType, type != roster.protocolType { return .inconsistentGroupProtocol }
        if let name = attempt.protocolName, name != roster.protocolName { return .inconsistentGroupProtocol }
        return nil
    }
}
