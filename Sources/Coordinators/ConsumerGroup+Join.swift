extension ConsumerGroup.StateMachine {
    public enum JoinAction: Sendable, Equatable {
        /// Answer at once.
        case reply(ConsumerGroup.JoinAnswer)
        /// The answer comes in some event's effects, under the attempt's ticket.
        case wait
    }

    /// What a JoinGroup is to the group, whatever its state.
    private enum Admission {
        case refused(ConsumerGroup.JoinAnswer)
        /// A new member.
        case added
        /// A static member under its new id.
        case replaced(oldLeaderId: String, memberId: String)
        /// A member that the group has already.
        case known
    }

    /// JoinGroup.
    public mutating func join(
        _ attempt: ConsumerGroup.JoinAttempt, now: Int64, into effects: inout ConsumerGroup.Effects
    ) -> JoinAction {
        let memberId = attempt.identity.memberId
        if let error = attempt.fault(under: configuration) {
            return .reply(ConsumerGroup.JoinAnswer(error: error, memberId: memberId))
        }
        switch consume state {
        case .dead:
            self = Self(configuration, .dead)
            return .reply(ConsumerGroup.JoinAnswer(error: .coordinatorNotAvailable, memberId: memberId))
        case .empty(var roster):
            let admission = Self.admit(
                attempt, to: &roster, isPreparing: false, configuration, now: now, into: &effects)
            if case .refused(let answer) = admission {
                self = Self(configuration, .empty(roster))
                return .reply(answer)
            }
            self = Self(configuration, Self.prepare(roster, isInitial: true, configuration, now: now, into: &effects))
            return .wait
        case .preparingRebalance(let group):
            var action = JoinAction.wait
            self = Self(configuration, Self.join(attempt, group, configuration, &action, now: now, into: &effects))
            return action
        case .completingRebalance(let group):
            var action = JoinAction.wait
            self = Self(configuration, Self.join(attempt, group, configuration, &action, now: now, into: &effects))
            return action
        case .stable(let group):
            var action = JoinAction.wait
            self = Self(configuration, Self.join(attempt, group, configuration, &action, now: now, into: &effects))
            return action
        }
    }

    private static func join(
        _ attempt: ConsumerGroup.JoinAttempt, _ group: consuming Preparing,
        _ configuration: ConsumerGroup.Configuration, _ action: inout JoinAction, now: Int64,
        into effects: inout ConsumerGroup.Effects
    ) -> State {
        switch admit(attempt, to: &group.roster, isPreparing: true, configuration, now: now, into: &effects) {
        case .refused(let answer):
            action = .reply(answer)
        case .added:
            // Kafka's rule: only before the first generation does a newcomer lengthen the delay.
            if group.roster.generation == 0 { group.initialDelay?.hasNewMember = true }
        case .replaced(_, let memberId):
            group.roster.markJoined(memberId)
        case .known:
            group.roster.rejoin(attempt.identity.memberId, attempt, now: now, into: &effects)
            group.roster.markJoined(attempt.identity.memberId)
        }
        return settle(group, now: now, into: &effects)
    }

    private static func join(
        _ attempt: ConsumerGroup.JoinAttempt, _ group: consuming Completing,
        _ configuration: ConsumerGroup.Configuration, _ action: inout JoinAction, now: Int64,
        into effects: inout ConsumerGroup.Effects
    ) -> State {
        let memberId = attempt.identity.memberId
        switch admit(attempt, to: &group.roster, isPreparing: false, configuration, now: now, into: &effects) {
        case .refused(let answer):
            action = .reply(answer)
            return .completingRebalance(group)
        case .known where group.roster.members[memberId]?.protocols == attempt.protocols:
            // It may not have got the answer to its first JoinGroup.
            group.roster.touch(memberId, now: now, into: &effects)
            let answer = group.roster.joinAnswer(for: memberId)
            action = .reply(answer)
            return .completingRebalance(group)
        case .known:
            group.roster.rejoin(memberId, attempt, now: now, into: &effects)
        case .added, .replaced:
            break
        }
        return prepare(group.roster, configuration, now: now, into: &effects)
    }

    private static func join(
        _ attempt: ConsumerGroup.JoinAttempt, _ group: consuming Settled,
        _ configuration: ConsumerGroup.Configuration, _ action: inout JoinAction, now: Int64,
        into effects: inout ConsumerGroup.Effects
    ) -> State {
        let memberId = attempt.identity.memberId
        switch admit(attempt, to: &group.roster, isPreparing: false, configuration, now: now, into: &effects) {
        case .refused(let answer):
            action = .reply(answer)
            return .stable(group)
        case .replaced(let oldLeaderId, let newId) where group.roster.electProtocol() == group.roster.protocolName:
            // Nothing changes for the others, so nobody rebalances: the member gets the old assignment by SyncGroup,
            // once the log knows its new id.
            effects.writes.append(
                ConsumerGroup.Write(
                    purpose: .replacement(
                        ConsumerGroup.Replacement(
                            memberId: newId, ticket: attempt.ticket, oldLeaderId: oldLeaderId,
                            skipsAssignment: attempt.supportsSkippingAssignment)),
                    snapshot: group.roster.snapshot()))
            return .stable(group)
        case .known
        where group.roster.leaderId != memberId && group.roster.members[memberId]?.protocols == attempt.protocols:
            group.roster.touch(memberId, now: now, into: &effects)
            let answer = group.roster.joinAnswer(for: memberId)
            action = .reply(answer)
            return .stable(group)
        case .known:
            // Changed metadata, or the leader, which joins to have changes outside of the group shared out.
            group.roster.rejoin(memberId, attempt, now: now, into: &effects)
        case .added, .replaced:
            break
        }
        return prepare(group.roster, configuration, now: now, into: &effects)
    }

    /// The part of a JoinGroup that is the same in all states: may it come in, and as whom?
    private static func admit(
        _ attempt: ConsumerGroup.JoinAttempt, to roster: inout ConsumerGroup.Roster, isPreparing: Bool,
        _ configuration: ConsumerGroup.Configuration, now: Int64, into effects: inout ConsumerGroup.Effects
    ) -> Admission {
        let identity = attempt.identity
        guard hasRoom(for: identity, in: roster, isPreparing: isPreparing, configuration) else {
            roster.remove(identity.memberId, .left, into: &effects)
            return .refused(ConsumerGroup.JoinAnswer(error: .groupMaxSizeReached, memberId: ""))
        }
        guard hasMemory(for: attempt, in: roster, configuration) else {
            return .refused(ConsumerGroup.JoinAnswer(error: .groupMaxSizeReached, memberId: identity.memberId))
        }
        guard roster.supports(type: attempt.protocolType, protocols: attempt.protocols) else {
            return .refused(
                ConsumerGroup.JoinAnswer(error: .inconsistentGroupProtocol, memberId: identity.memberId))
        }
        guard identity.memberId.isEmpty else {
            return admitKnown(attempt, to: &roster, configuration, now: now, into: &effects)
        }
        let newId = attempt.freshMemberId
        if let instanceId = identity.instanceId {
            guard let oldId = roster.staticIds[instanceId] else {
                roster.add(attempt, id: newId, until: now + joinTimeout(configuration), into: &effects)
                return .added
            }
            let oldLeaderId = roster.leaderId ?? ""
            roster.replace(oldId, by: newId, now: now, into: &effects)
            roster.rejoin(newId, attempt, now: now, into: &effects)
            return .replaced(oldLeaderId: oldLeaderId, memberId: newId)
        }
        if attempt.requiresKnownMemberId {
            // Not longer than a member may take to join, however long its session is: an id costs its client nothing.
            roster.addPending(newId, until: now + min(Int64(attempt.sessionTimeoutMs), joinTimeout(configuration)))
            return .refused(ConsumerGroup.JoinAnswer(error: .memberIdRequired, memberId: newId))
        }
        roster.add(attempt, id: newId, until: now + joinTimeout(configuration), into: &effects)
        return .added
    }

    private static func admitKnown(
        _ attempt: ConsumerGroup.JoinAttempt, to roster: inout ConsumerGroup.Roster,
        _ configuration: ConsumerGroup.Configuration, now: Int64, into effects: inout ConsumerGroup.Effects
    ) -> Admission {
        let identity = attempt.identity
        if identity.instanceId == nil, roster.pending[identity.memberId] != nil {
            roster.add(attempt, id: identity.memberId, until: now + joinTimeout(configuration), into: &effects)
            return .added
        }
        if let error = roster.fault(of: identity) {
            return .refused(ConsumerGroup.JoinAnswer(error: error, memberId: identity.memberId))
        }
        return .known
    }

    private static func hasMemory(
        for attempt: ConsumerGroup.JoinAttempt, in roster: borrowing ConsumerGroup.Roster,
        _ configuration: ConsumerGroup.Configuration
    ) -> Bool {
        let identity = attempt.identity
        let knownId =
            identity.memberId.isEmpty ? identity.instanceId.flatMap { roster.staticIds[$0] } : identity.memberId
        let known = knownId.flatMap { roster.members[$0]?.metadataByteCount } ?? 0
        return roster.metadataByteCount - known + attempt.metadataByteCount <= configuration.groupBytesMax
    }

    private static func joinTimeout(_ configuration: ConsumerGroup.Configuration) -> Int64 {
        Int64(max(1, configuration.newMemberJoinTimeoutMs))
    }

    /// In a rebalance those that are here count, so that a group that was too large shrinks; else all members and those
    /// that were promised a place.
    private static func hasRoom(
        for identity: ConsumerGroup.MemberIdentity, in roster: borrowing ConsumerGroup.Roster, isPreparing: Bool,
        _ configuration: ConsumerGroup.Configuration
    ) -> Bool {
        let memberId = identity.memberId
        let membersMax = configuration.membersMax
        if memberId.isEmpty, let instanceId = identity.instanceId, roster.staticIds[instanceId] != nil { return true }
        if roster.pending[memberId] != nil { return roster.members.count < membersMax }
        guard let member = roster.members[memberId] else {
            let count = (isPreparing ? roster.joinedCount : roster.members.count) + roster.pending.count
            return count < membersMax
        }
        if !isPreparing { return true }
        return roster.joinedCount - (member.hasJoined ? 1 : 0) < membersMax
    }
}
