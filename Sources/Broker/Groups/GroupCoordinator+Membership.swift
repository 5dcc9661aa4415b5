import Coordinators

extension GroupCoordinator {
    /// JoinGroup. Returns when the rebalance is through, or at once with an error. A task that is cancelled meanwhile
    /// stands for a client that has gone: see `ConsumerGroup.StateMachine.abandon`.
    /// `attempt`'s ticket and fresh member id are set here.
    func join(_ groupId: String, _ attempt: ConsumerGroup.JoinAttempt) async -> ConsumerGroup.JoinAnswer {
        let memberId = attempt.identity.memberId
        if let error = fault(of: groupId) { return ConsumerGroup.JoinAnswer(error: error, memberId: memberId) }
        guard groups[groupId] != nil || memberId.isEmpty else {
            return ConsumerGroup.JoinAnswer(error: .unknownMemberId, memberId: memberId)
        }
        guard waiters.count < configuration.waitersMax else {
            return ConsumerGroup.JoinAnswer(error: .coordinatorNotAvailable, memberId: memberId)
        }
        guard let group = groupOrNew(groupId) else {
            return ConsumerGroup.JoinAnswer(error: .groupMaxSizeReached, memberId: memberId)
        }
        var attempt = attempt
        attempt.ticket = nextTicket()
        attempt.freshMemberId = freshMemberId(for: attempt)
        let named = memberId.isEmpty ? attempt.freshMemberId : memberId
        return await withTaskCancellationHandler { [attempt] in
            await withCheckedContinuation { continuation in
                var effects = ConsumerGroup.Effects()
                switch group.machine.join(attempt, now: clock.monotonicMs(), into: &effects) {
                case .reply(let answer): continuation.resume(returning: answer)
                case .wait:
                    waiters[attempt.ticket] = Waiter(groupId: groupId, memberId: named, reply: .join(continuation))
                }
                apply(effects, to: group)
            }
        } onCancel: { [ticket = attempt.ticket] in
            Task { await self.abandon(ticket) }
        }
    }

    /// As Kafka's: the client's name in front, so that people can tell members apart. Cut, since clients choose it.
    private func freshMemberId(for attempt: ConsumerGroup.JoinAttempt) -> String {
        "\((attempt.identity.instanceId ?? attempt.clientId).prefix(128))-\(memberIdSuffix())"
    }

    /// SyncGroup. Returns when the leader's assignment is stored, or at once with an error. `attempt`'s ticket is set
    /// here.
    func sync(_ groupId: String, _ attempt: ConsumerGroup.SyncAttempt) async -> ConsumerGroup.SyncAnswer {
        if let error = fault(of: groupId) {
            // Old clients don't expect "loading" here. The rebalance that they are in is lost anyway.
            let told = error == .coordinatorLoadInProgress ? .rebalanceInProgress : error
            return ConsumerGroup.SyncAnswer(error: told)
        }
        guard let group = groups[groupId] else { return ConsumerGroup.SyncAnswer(error: .unknownMemberId) }
        guard waiters.count < configuration.waitersMax else {
            return ConsumerGroup.SyncAnswer(error: .coordinatorNotAvailable)
        }
        var attempt = attempt
        attempt.ticket = nextTicket()
        return await withTaskCancellationHandler { [attempt] in
            await withCheckedContinuation { continuation in
                var effects = ConsumerGroup.Effects()
                switch group.machine.sync(attempt, now: clock.monotonicMs(), into: &effects) {
                case .reply(let answer): continuation.resume(returning: answer)
                case .wait:
                    waiters[attempt.ticket] = Waiter(
                        groupId: groupId, memberId: attempt.identity.memberId, reply: .sync(continuation))
                }
                apply(effects, to: group)
            }
        } onCancel: { [ticket = attempt.ticket] in
            Task { await self.abandon(ticket) }
        }
    }

    /// The client of a waiting request has gone.
    private func abandon(_ ticket: ConsumerGroup.Ticket) {
        guard let waiter = waiters.removeValue(forKey: ticket) else { return }
        resume(waiter, with: .coordinatorNotAvailable)
        guard let group = groups[waiter.groupId] else { return }
        var effects = ConsumerGroup.Effects()
        group.machine.abandon(waiter.memberId, ticket: ticket, now: clock.monotonicMs(), into: &effects)
        apply(effects, to: group)
    }

    func resume(_ waiter: Waiter, with error: GroupError) {
        switch waiter.reply {
        case .join(let continuation):
            continuation.resume(returning: ConsumerGroup.JoinAnswer(error: error, memberId: waiter.memberId))
        case .sync(let continuation): continuation.resume(returning: ConsumerGroup.SyncAnswer(error: error))
        }
    }

    /// Heartbeat; nil: all is well.
    func heartbeat(_ groupId: String, _ identity: ConsumerGroup.MemberIdentity, generation: Int32) -> GroupError? {
        if let error = fault(of: groupId) {
            // A member that was there before the restart goes on when its group is loaded: nothing to tell it.
            return error == .coordinatorLoadInProgress ? nil : error
        }
        guard let group = groups[groupId] else { return .unknownMemberId }
        var effects = ConsumerGroup.Effects()
        let action = group.machine.heartbeat(
            identity, generation: generation, now: clock.monotonicMs(), into: &effects)
        apply(effects, to: group)
        return switch action {
        case .accept: nil
        case .reject(let error): error
        }
    }

    /// LeaveGroup: one answer for each member. Returns when the group's new state is stored, if it has one already: else
    /// who has left would be waited for after a crash, and be a candidate for other readers' connections.
    func leave(
        _ groupId: String, _ members: [ConsumerGroup.MemberIdentity]
    ) async -> Result<[ConsumerGroup.LeaveAnswer], GroupError> {
        if let error = fault(of: groupId) { return .failure(error) }
        guard let group = groups[groupId] else {
            return .success(members.map { ConsumerGroup.LeaveAnswer(identity: $0, error: .unknownMemberId) })
        }
        var effects = ConsumerGroup.Effects()
        let action = group.machine.leave(members, now: clock.monotonicMs(), into: &effects)
        apply(effects, to: group)
        if group.pendingWrites > 0 {
            await withCheckedContinuation { continuation in
                enqueue(PendingWrite(group: group, records: [], completion: .afterOthers(continuation)))
            }
        }
        return switch action {
        case .answers(let answers): .success(answers)
        case .reject(let error): .failure(error)
        }
    }
}
