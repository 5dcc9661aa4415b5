import Testing

@testable import Coordinators

/// Drives one state machine and keeps what it answers. Fails the test if a ticket is answered twice or unasked.
final class GroupHarness {
    typealias Ticket = ConsumerGroup.Ticket

    var machine: ConsumerGroup.StateMachine
    var now: Int64 = 1_000
    private(set) var joins: [Ticket: ConsumerGroup.JoinAnswer] = [:]
    private(set) var syncs: [Ticket: ConsumerGroup.SyncAnswer] = [:]
    private(set) var waiting: Set<Ticket> = []
    /// Writes that wait for their outcome, unless `storesAtOnce`.
    var writes: [ConsumerGroup.Write] = []
    var changes: [ConsumerGroup.MembershipChange] = []
    var storesAtOnce = true
    private var lastTicket: UInt64 = 0
    private var lastMember = 0

    init(_ configuration: ConsumerGroup.Configuration = .test) {
        machine = ConsumerGroup.StateMachine(configuration: configuration)
    }

    init(reloading snapshot: ConsumerGroup.Snapshot, _ configuration: ConsumerGroup.Configuration = .test) {
        var effects = ConsumerGroup.Effects()
        machine = ConsumerGroup.StateMachine(
            reloading: snapshot, configuration: configuration, now: now, into: &effects)
        apply(effects)
    }

    var state: ConsumerGroup.StateName { machine.stateName }
    var isSimple: Bool { machine.isSimple }

    func ticket() -> Ticket {
        lastTicket += 1
        return Ticket(lastTicket)
    }

    func attempt(
        _ memberId: String = "", instance: String? = nil, protocols: [String] = ["range"], metadata: [UInt8] = [1],
        type: String = "consumer", sessionMs: Int32 = 10_000, rebalanceMs: Int32 = 60_000, idFirst: Bool = false,
        skips: Bool = false, clientId: String = "client", host: String = "10.0.0.1"
    ) -> ConsumerGroup.JoinAttempt {
        lastMember += 1
        return ConsumerGroup.JoinAttempt(
            identity: .init(memberId: memberId, instanceId: instance), clientId: clientId, clientHost: host,
            sessionTimeoutMs: sessionMs, rebalanceTimeoutMs: rebalanceMs, protocolType: type,
            protocols: protocols.map { .init(name: $0, metadata: metadata) }, requiresKnownMemberId: idFirst,
            supportsSkippingAssignment: skips, freshMemberId: "m\(lastMember)", ticket: ticket())
    }

    @discardableResult
    func join(_ attempt: ConsumerGroup.JoinAttempt) -> Ticket {
        event { machine, effects in
            switch machine.join(attempt, now: now, into: &effects) {
            case .reply(let answer): joins[attempt.ticket] = answer
            case .wait: waiting.insert(attempt.ticket)
            }
        }
        return attempt.ticket
    }

    @discardableResult
    func sync(
        _ memberId: String, _ generation: Int32, instance: String? = nil, type: String? = nil, name: String? = nil,
        assigning assignments: [String: [UInt8]] = [:]
    ) -> Ticket {
        let attempt = ConsumerGroup.SyncAttempt(
            identity: .init(memberId: memberId, instanceId: instance), generation: generation, protocolType: type,
            protocolName: name, assignments: assignments, ticket: ticket())
        event { machine, effects in
            switch machine.sync(attempt, now: now, into: &effects) {
            case .reply(let answer): syncs[attempt.ticket] = answer
            case .wait: waiting.insert(attempt.ticket)
            }
        }
        return attempt.ticket
    }

    /// The answer to a JoinGroup that is answered at once.
    func joined(_ attempt: ConsumerGroup.JoinAttempt) -> ConsumerGroup.JoinAnswer? {
        let ticket = join(attempt)
        return joins[ticket]
    }

    /// The answer to a SyncGroup that is answered at once.
    func synced(
        _ memberId: String, _ generation: Int32, instance: String? = nil, type: String? = nil, name: String? = nil,
        assigning assignments: [String: [UInt8]] = [:]
    ) -> ConsumerGroup.SyncAnswer? {
        let ticket = sync(
            memberId, generation, instance: instance, type: type, name: name, assigning: assignments)
        return syncs[ticket]
    }

    func heartbeat(_ memberId: String, _ generation: Int32, instance: String? = nil) -> GroupError? {
        var error: GroupError?
        event { machine, effects in
            let identity = ConsumerGroup.MemberIdentity(memberId: memberId, instanceId: instance)
            if case .reject(let reason) = machine.heartbeat(identity, generation: generation, now: now, into: &effects)
            {
                error = reason
            }
        }
        return error
    }

    func commit(
        _ memberId: String, _ generation: Int32, instance: String? = nil, isTransactional: Bool = false
    ) -> GroupError? {
        var error: GroupError?
        event { machine, effects in
            let action = machine.commit(
                .init(memberId: memberId, instanceId: instance), generation: generation,
                isTransactional: isTransactional, now: now, into: &effects)
            if case .reject(let reason) = action { error = reason }
        }
        return error
    }

    func leave(_ identities: ConsumerGroup.MemberIdentity...) -> [GroupError?] {
        var errors: [GroupError?] = []
        event { machine, effects in
            switch machine.leave(identities, now: now, into: &effects) {
            case .answers(let answers): errors = answers.map(\.error)
            case .reject(let error): errors = [error]
            }
        }
        return errors
    }

    func abandon(_ memberId: String, _ ticket: Ticket) {
        waiting.remove(ticket)
        event { machine, effects in machine.abandon(memberId, ticket: ticket, now: now, into: &effects) }
    }

    func advance(by ms: Int64) {
        now += ms
        event { machine, effects in _ = machine.advance(to: now, into: &effects) }
    }

    /// Tells the outcome of the oldest write.
    func finishWrite(succeeded: Bool = true) {
        guard !writes.isEmpty else { return }
        let write = writes.removeFirst()
        event { machine, effects in machine.written(write, succeeded: succeeded, now: now, into: &effects) }
    }

    private func event(
        _ body: (inout ConsumerGroup.StateMachine, inout ConsumerGroup.Effects) -> Void
    ) {
        var effects = ConsumerGroup.Effects()
        body(&machine, &effects)
        apply(effects)
    }

    private func apply(_ effects: ConsumerGroup.Effects) {
        for (ticket, answer) in effects.joins {
            #expect(waiting.remove(ticket) != nil, "ticket \(ticket.rawValue) wasn't waiting")
            joins[ticket] = answer
        }
        for (ticket, answer) in effects.syncs {
            #expect(waiting.remove(ticket) != nil, "ticket \(ticket.rawValue) wasn't waiting")
            syncs[ticket] = answer
        }
        changes += effects.changes
        writes += effects.writes
        if storesAtOnce { while !writes.isEmpty { finishWrite() } }
    }

    // MARK: Scenes

    /// A Stable group of `count` members "m1", "m2", …; m1 leads, and member n has the assignment [n].
    static func stable(
        _ count: Int, instances: Bool = false, _ configuration: ConsumerGroup.Configuration = .test
    ) -> GroupHarness {
        let group = GroupHarness(configuration)
        for number in 1...count { group.join(group.attempt(instance: instances ? "i\(number)" : nil)) }
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        let assignments = (1...count).map { ("m\($0)", [UInt8(truncatingIfNeeded: $0)]) }
        for number in (1...count).reversed() {
            group.sync(
                "m\(number)", 1, assigning: number == 1 ? Dictionary(uniqueKeysWithValues: assignments) : [:])
        }
        return group
    }
}

extension ConsumerGroup.Configuration {
    static var test: Self { Self() }

    static var withoutDelay: Self {
        var configuration = Self()
        configuration.initialRebalanceDelayMs = 0
        return configuration
    }

    static func members(max: Int) -> Self {
        var configuration = Self.withoutDelay
        configuration.membersMax = max
        return configuration
    }
}
