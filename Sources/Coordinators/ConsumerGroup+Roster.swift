extension ConsumerGroup {
    /// Who is in a group: members, static members' ids, and members that were given an id and have yet to join with it.
    /// Keeps the counts that would otherwise need a walk over all members for each request.
    struct Roster: ~Copyable {
        private(set) var members: [String: Member] = [:]
        /// Group instance id → member id.
        private(set) var staticIds: [String: String] = [:]
        /// Member id → when the id lapses.
        private(set) var pending: [String: Int64] = [:]
        /// How many members can do a protocol; one that all can do may be chosen.
        private var supporters: [String: Int] = [:]
        private(set) var joinedCount = 0
        /// Bytes of the metadata of all members.
        private(set) var metadataByteCount = 0
        private var nextSequence: UInt64 = 0
        /// No member or pending id lapses before this; `Int64.max`: none ever does. Heartbeats only move deadlines
        /// away, so this stays right without a look at the others.
        private(set) var earliestDeadline = Int64.max

        var generation: Int32 = 0
        var protocolType: String?
        var protocolName: String?
        var leaderId: String?

        init() {}

        /// Everybody is here for the rebalance.
        var isComplete: Bool { joinedCount == members.count && pending.isEmpty }

        /// The longest time that a member wants for a rebalance.
        var rebalanceTimeoutMs: Int64 {
            members.values.reduce(0) { max($0, Int64($1.rebalanceTimeoutMs)) }
        }

        var inOrder: [Member] {
            members.values.sorted { $0.sequence < $1.sequence }
        }

        // MARK: Questions

        func supports(type: String, protocols: [MemberProtocol]) -> Bool {
            guard !type.isEmpty, !protocols.isEmpty else { return false }
            if members.isEmpty { return true }
            return type == protocolType && protocols.contains { supporters[$0.name] == members.count }
        }

        /// Why a request of a member of this name isn't the member's.
        func fault(of identity: MemberIdentity) -> GroupError? {
            if let instanceId = identity.instanceId {
                guard let memberId = staticIds[instanceId] else { return .unknownMemberId }
                guard memberId == identity.memberId else { return .fencedInstanceId }
            }
            return members[identity.memberId] == nil ? .unknownMemberId : nil
        }

        /// As `fault(of:)`, and the request must be of the current generation.
        func fault(of identity: MemberIdentity, generation: Int32) -> GroupError? {
            fault(of: identity) ?? (generation == self.generation ? nil : .illegalGeneration)
        }

        /// The protocol with the most votes among those that all members have; a tie goes to the oldest member's order.
        func electProtocol() -> String? {
            let candidates = Set(supporters.lazy.filter { [count = members.count] in $0.value == count }.map(\.key))
            var votes: [String: Int] = [:]
            for member in members.values {
                if let vote = member.vote(among: candidates) { votes[vote, default: 0] += 1 }
            }
            let most = votes.values.max()
            let winners = Set(votes.lazy.filter { $0.value == most }.map(\.key))
            return members.values.min { $0.sequence < $1.sequence }?.vote(among: winners) ?? winners.min()
        }

        func joinAnswer(for memberId: String) -> JoinAnswer {
            var answer = JoinAnswer(error: nil, memberId: memberId)
            answer.generation = generation
            answer.protocolType = protocolType
            answer.protocolName = protocolName
            answer.leaderId = leaderId ?? ""
            if memberId == leaderId { answer.members = joinedMembers }
            return answer
        }

        var joinedMembers: [JoinAnswer.Member] {
            inOrder.map { .init(id: $0.id, instanceId: $0.instanceId, metadata: $0.metadata(of: protocolName)) }
        }

        func syncAnswer(for memberId: String) -> SyncAnswer {
            var answer = SyncAnswer(error: nil)
            answer.protocolType = protocolType
            answer.protocolName = protocolName
            answer.assignment = members[memberId]?.assignment ?? []
            return answer
        }

        /// The group as it is stored; `assignment` in place of what the members have, where given.
        func snapshot(assignment: [String: [UInt8]]? = nil) -> Snapshot {
            Snapshot(
                protocolType: protocolType ?? "", generation: generation, protocolName: protocolName,
                leaderId: leaderId,
                members: inOrder.map { member in
                    Snapshot.Member(
                        id: member.id, instanceId: member.instanceId, clientId: member.clientId,
                        clientHost: member.clientHost, rebalanceTimeoutMs: member.rebalanceTimeoutMs,
                        sessionTimeoutMs: member.sessionTimeoutMs,
                        subscription: member.metadata(of: protocolName),
                        assignment: assignment.map { $0[member.id] ?? [] } ?? member.assignment)
                })
        }

        // MARK: Members

        mutating func addPending(_ memberId: String, until deadline: Int64) {
            pending[memberId] = deadline
            earliestDeadline = min(earliestDeadline, deadline)
        }

        /// Adds a member that has joined and waits.
        mutating func add(_ attempt: JoinAttempt, id: String, until deadline: Int64, into effects: inout Effects) {
            if members.isEmpty { protocolType = attempt.protocolType }
            var member = Member(
                id: id, instanceId: attempt.identity.instanceId, sequence: nextSequence, clientId: attempt.clientId,
                clientHost: attempt.clientHost, sessionTimeoutMs: attempt.sessionTimeoutMs,
                rebalanceTimeoutMs: attempt.rebalanceTimeoutMs, protocols: attempt.protocols, isNew: true,
                deadline: deadline)
            member.joinTicket = attempt.ticket
            member.hasJoined = true
            pending[id] = nil
            insert(member)
            effects.changes.append(member.change(.joined))
        }

        /// Adds a member that was stored before a restart.
        mutating func reload(_ stored: Snapshot.Member, now: Int64, into effects: inout Effects) {
            guard members[stored.id] == nil else { return }
            var member = Member(
                id: stored.id, instanceId: stored.instanceId, sequence: nextSequence, clientId: stored.clientId,
                clientHost: stored.clientHost, sessionTimeoutMs: stored.sessionTimeoutMs,
                rebalanceTimeoutMs: stored.rebalanceTimeoutMs,
                protocols: protocolName.map { [MemberProtocol(name: $0, metadata: stored.subscription)] } ?? [],
                isNew: false, deadline: now + Int64(max(0, stored.sessionTimeoutMs)))
            member.assignment = stored.assignment
            member.isReloaded = true
            insert(member)
            effects.changes.append(member.change(.reloaded))
        }

        private mutating func insert(_ member: Member) {
            nextSequence += 1
            if let instanceId = member.instanceId { staticIds[instanceId] = member.id }
            if leaderId == nil { leaderId = member.id }
            if member.hasJoined { joinedCount += 1 }
            count(member.protocols, by: 1)
            earliestDeadline = min(earliestDeadline, member.deadline)
            members[member.id] = member
        }

        /// A known member joins again and waits. A JoinGroup of its that still waits is answered: its client has
        /// given it up.
        mutating func rejoin(_ memberId: String, _ attempt: JoinAttempt, now: Int64, into effects: inout Effects) {
            touch(memberId, now: now, into: &effects)
            guard var member = members.removeValue(forKey: memberId) else { return }
            if let old = member.joinTicket {
                effects.joins.append((old, JoinAnswer(error: .rebalanceInProgress, memberId: memberId)))
            }
            if member.clientId != attempt.clientId || member.clientHost != attempt.clientHost {
                member.clientId = attempt.clientId
                member.clientHost = attempt.clientHost
                effects.changes.append(member.change(.joined))
            }
            count(member.protocols, by: -1)
            count(attempt.protocols, by: 1)
            member.protocols = attempt.protocols
            member.sessionTimeoutMs = attempt.sessionTimeoutMs
            member.rebalanceTimeoutMs = attempt.rebalanceTimeoutMs
            member.joinTicket = attempt.ticket
            members[memberId] = member
        }

        /// A static member started anew: the old id is fenced, the new one takes its place.
        mutating func replace(_ oldId: String, by newId: String, now: Int64, into effects: inout Effects) {
            guard var old = members.removeValue(forKey: oldId) else { return }
            answerWaiting(&old, .fencedInstanceId, joinedAs: oldId, into: &effects)
            let new = old.renamed(newId, deadline: now + Int64(old.sessionTimeoutMs))
            if let instanceId = old.instanceId { staticIds[instanceId] = newId }
            if leaderId == oldId { leaderId = newId }
            members[newId] = new
            earliestDeadline = min(earliestDeadline, new.deadline)
            effects.changes.append(old.change(.left))
            effects.changes.append(new.change(.joined))
        }

        mutating func remove(_ memberId: String, _ kind: MembershipChange.Kind, into effects: inout Effects) {
            guard var member = members.removeValue(forKey: memberId) else { return }
            if member.hasJoined { joinedCount -= 1 }
            answerWaiting(&member, .unknownMemberId, joinedAs: "", into: &effects)
            count(member.protocols, by: -1)
            if let instanceId = member.instanceId, staticIds[instanceId] == memberId { staticIds[instanceId] = nil }
            if leaderId == memberId { leaderId = members.values.min { $0.sequence < $1.sequence }?.id }
            effects.changes.append(member.change(kind))
            forgetDeadlines()
        }

        mutating func removePending(_ memberId: String) {
            pending[memberId] = nil
            forgetDeadlines()
        }

        private mutating func forgetDeadlines() {
            if members.isEmpty, pending.isEmpty { earliestDeadline = .max }
        }

        private func answerWaiting(
            _ member: inout Member, _ error: GroupError, joinedAs memberId: String, into effects: inout Effects
        ) {
            if let ticket = member.joinTicket.take() {
                effects.joins.append((ticket, JoinAnswer(error: error, memberId: memberId)))
            }
            if let ticket = member.syncTicket.take() {
                effects.syncs.append((ticket, SyncAnswer(error: error)))
            }
        }

        private mutating func count(_ protocols: [MemberProtocol], by step: Int) {
            for one in protocols { metadataByteCount += step * one.metadata.count }
            for name in Set(protocols.lazy.map(\.name)) {
                let count = (supporters[name] ?? 0) + step
                supporters[name] = count > 0 ? count : nil
            }
        }

        // MARK: Time

        /// A sign of life.
        mutating func touch(_ memberId: String, now: Int64, into effects: inout Effects) {
            guard var member = members[memberId] else { return }
            if member.isReloaded { effects.changes.append(member.change(.resumed)) }
            let deadline = now + Int64(member.sessionTimeoutMs)
            member.isReloaded = false
            if !member.isNew { member.deadline = deadline }
            earliestDeadline = min(earliestDeadline, member.deadline)
            members[memberId] = member
        }

        /// Removes the members and pending ids whose time is over; true if any were.
        mutating func expire(now: Int64, into effects: inout Effects) -> Bool {
            guard now >= earliestDeadline else { return false }
            let gone = inOrder.filter { $0.canExpire && $0.deadline <= now }.map(\.id)
            for memberId in gone { remove(memberId, .expired, into: &effects) }
            let lapsed = pending.filter { $0.value <= now }.map(\.key)
            for memberId in lapsed { pending[memberId] = nil }
            earliestDeadline = members.values.reduce(pending.values.min() ?? .max) {
                $1.canExpire ? min($0, $1.deadline) : $0
            }
            return !gone.isEmpty || !lapsed.isEmpty
        }

        // MARK: Rebalance

        mutating func markJoined(_ memberId: String) {
            guard members[memberId]?.hasJoined == false else { return }
            members[memberId]?.hasJoined = true
            joinedCount += 1
        }

        /// A rebalance begins: who waits for an assignment is told to join again, who waits to join has joined.
        mutating func beginRebalance(now: Int64, into effects: inout Effects) {
            for member in inOrder {
                if member.joinTicket != nil { markJoined(member.id) }
                guard let ticket = member.syncTicket else { continue }
                effects.syncs.append((ticket, SyncAnswer(error: .rebalanceInProgress)))
                members[member.id]?.syncTicket = nil
                touch(member.id, now: now, into: &effects)
            }
        }

        /// Dynamic members that haven't come are removed. False if there are members and none has come: then there is
        /// nobody to lead.
        mutating func closeRebalance(into effects: inout Effects) -> Bool {
            for member in inOrder where !member.hasJoined && member.instanceId == nil {
                remove(member.id, .expired, into: &effects)
            }
            if let leaderId, members[leaderId]?.hasJoined == true { return true }
            guard let leader = inOrder.first(where: { $0.hasJoined }) else { return members.isEmpty }
            leaderId = leader.id
            return true
        }

        /// The next generation; JoinGroups that wait are answered.
        mutating func beginGeneration(now: Int64, into effects: inout Effects) {
            generation = generation == .max ? 1 : generation + 1
            protocolName = electProtocol()
            joinedCount = 0
            for member in inOrder {
                members[member.id]?.hasJoined = false
                members[member.id]?.assignment = []
                guard let ticket = member.joinTicket else { continue }
                members[member.id]?.joinTicket = nil
                members[member.id]?.isNew = false
                touch(member.id, now: now, into: &effects)
                effects.joins.append((ticket, joinAnswer(for: member.id)))
            }
        }

        /// The answer to one JoinGroup that waits outside of a rebalance.
        mutating func answerJoin(
            _ memberId: String, ticket: Ticket, with answer: JoinAnswer, now: Int64, into effects: inout Effects
        ) {
            guard members[memberId]?.joinTicket == ticket else { return }
            members[memberId]?.joinTicket = nil
            touch(memberId, now: now, into: &effects)
            effects.joins.append((ticket, answer))
        }

        mutating func awaitSync(_ memberId: String, ticket: Ticket, into effects: inout Effects) {
            if let old = members[memberId]?.syncTicket {
                effects.syncs.append((old, SyncAnswer(error: .rebalanceInProgress)))
            }
            members[memberId]?.syncTicket = ticket
        }

        /// Gives each member its part of the leader's assignment and answers those that wait for it. With an error,
        /// nobody gets anything.
        mutating func assign(
            _ assignment: [String: [UInt8]], error: GroupError?, now: Int64, into effects: inout Effects
        ) {
            for member in inOrder {
                members[member.id]?.assignment = error == nil ? assignment[member.id] ?? [] : []
                guard let ticket = member.syncTicket else { continue }
                members[member.id]?.syncTicket = nil
                touch(member.id, now: now, into: &effects)
                effects.syncs.append((ticket, error.map { SyncAnswer(error: $0) } ?? syncAnswer(for: member.id)))
            }
        }

        /// The connection that a JoinGroup or SyncGroup waits on has gone. The member's session time runs from now.
        mutating func abandon(_ memberId: String, ticket: Ticket, now: Int64, into effects: inout Effects) {
            guard let member = members[memberId], member.joinTicket == ticket || member.syncTicket == ticket else {
                return
            }
            if member.joinTicket == ticket { members[memberId]?.joinTicket = nil }
            if member.syncTicket == ticket { members[memberId]?.syncTicket = nil }
            members[memberId]?.isNew = false
            touch(memberId, now: now, into: &effects)
        }
    }
}
