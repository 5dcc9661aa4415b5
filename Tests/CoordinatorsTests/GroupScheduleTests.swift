import TestSupport
import Testing

@testable import Coordinators

/// Random schedules of clients that join, sync, send heartbeats, leave, die and lose connections.
@Suite struct GroupScheduleTests {
    /// A client as it sees itself.
    private struct Client {
        var memberId = ""
        var instanceId: String?
        var generation: Int32 = -1
        var leads: [String] = []
        var join: ConsumerGroup.Ticket?
        var sync: ConsumerGroup.Ticket?
    }

    private final class Run {
        let group: GroupHarness
        var random: SeededGenerator
        var clients: [Client]
        /// Generation → leader and protocol that members were told.
        var told: [Int32: (leader: String, name: String?)] = [:]

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            var configuration = ConsumerGroup.Configuration()
            configuration.initialRebalanceDelayMs = [0, 500, 3_000].randomElement(using: &random) ?? 0
            configuration.membersMax = [3, 100].randomElement(using: &random) ?? 3
            group = GroupHarness(configuration)
            group.storesAtOnce = false
            let count = Int.random(in: 1...6, using: &random)
            clients = (0..<count).map { Client(instanceId: $0 % 3 == 2 ? "i\($0)" : nil) }
        }

        func step() {
            let index = Int.random(in: 0..<clients.count, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0...5: join(index)
            case 6...9: sync(index)
            case 10...11:
                if group.heartbeat(clients[index].memberId, clients[index].generation) == .unknownMemberId {
                    forget(index)
                }
            case 12:
                _ = group.leave(.init(memberId: clients[index].memberId, instanceId: clients[index].instanceId))
            case 13: forget(index)
            case 14: disconnect(index)
            case 15: _ = group.commit(clients[index].memberId, clients[index].generation)
            case 16...17: group.finishWrite(succeeded: Int.random(in: 0..<5, using: &random) > 0)
            case 18: group.advance(by: Int64.random(in: 0...400, using: &random))
            default: group.advance(by: max(0, (group.machine.nextDeadline ?? group.now) - group.now))
            }
            collect()
        }

        private func join(_ index: Int) {
            guard clients[index].join == nil, clients[index].sync == nil else { return }
            let attempt = group.attempt(
                clients[index].memberId, instance: clients[index].instanceId,
                protocols: Bool.random(using: &random) ? ["a", "b"] : ["b", "a"],
                metadata: [UInt8.random(in: 0...1, using: &random)], sessionMs: 6_000,
                rebalanceMs: Int32.random(in: 0...9_000, using: &random), idFirst: Bool.random(using: &random),
                skips: Bool.random(using: &random))
            clients[index].join = group.join(attempt)
        }

        private func sync(_ index: Int) {
            let client = clients[index]
            guard client.join == nil, client.sync == nil, client.generation >= 0 else { return }
            let assignments = client.leads.map { ($0, Array("\(client.generation)/\($0)".utf8)) }
            clients[index].sync = group.sync(
                client.memberId, client.generation, instance: client.instanceId,
                assigning: Dictionary(assignments) { first, _ in first })
        }

        private func forget(_ index: Int) {
            disconnect(index)
            clients[index] = Client(instanceId: clients[index].instanceId)
        }

        private func disconnect(_ index: Int) {
            for ticket in [clients[index].join, clients[index].sync].compactMap(\.self) {
                if let memberId = holder(of: ticket) { group.abandon(memberId, ticket) }
            }
            clients[index].join = nil
            clients[index].sync = nil
        }

        private func holder(of ticket: ConsumerGroup.Ticket) -> String? {
            members.first { $0.joinTicket == ticket || $0.syncTicket == ticket }?.id
        }

        private func collect() {
            for index in clients.indices {
                if let ticket = clients[index].join, let answer = group.joins[ticket] {
                    clients[index].join = nil
                    take(answer, index)
                }
                if let ticket = clients[index].sync, let answer = group.syncs[ticket] {
                    clients[index].sync = nil
                    take(answer, index)
                }
            }
        }

        private func take(_ answer: ConsumerGroup.JoinAnswer, _ index: Int) {
            switch answer.error {
            case nil:
                clients[index].memberId = answer.memberId
                clients[index].generation = answer.generation
                clients[index].leads = answer.members.map(\.id)
                #expect(answer.generation > 0)
                if answer.leaderId == answer.memberId {
                    #expect(answer.members.contains { $0.id == answer.memberId })
                } else {
                    #expect(answer.members.isEmpty)
                }
                // A static member's return is the one change of leader within a generation.
                if clients.allSatisfy({ $0.instanceId == nil }) {
                    let first = told[answer.generation] ?? (answer.leaderId, answer.protocolName)
                    #expect(first == (answer.leaderId, answer.protocolName), "one leader, one protocol")
                    told[answer.generation] = first
                }
            case .memberIdRequired: clients[index].memberId = answer.memberId
            case .rebalanceInProgress, .coordinatorNotAvailable: break
            default: clients[index] = Client(instanceId: clients[index].instanceId)
            }
        }

        private func take(_ answer: ConsumerGroup.SyncAnswer, _ index: Int) {
            switch answer.error {
            case nil:
                let expected = Array("\(clients[index].generation)/\(clients[index].memberId)".utf8)
                // A static member gets what its place was given under its former id; a leader that was told of no
                // members gives nothing.
                if clients[index].instanceId == nil, clients.allSatisfy({ $0.instanceId == nil }) {
                    #expect(answer.assignment == expected)
                }
            case .rebalanceInProgress, .coordinatorNotAvailable: clients[index].generation = -1
            case .illegalGeneration: clients[index].generation = -1
            default: clients[index] = Client(instanceId: clients[index].instanceId)
            }
        }

        var members: [ConsumerGroup.Member] { group.machine.rosterForTests }

        func check(_ comment: Comment) {
            let members = members
            let held = members.flatMap { [$0.joinTicket, $0.syncTicket].compactMap(\.self) }
            #expect(Set(held) == group.waiting, comment)
            #expect(held.count == group.waiting.count, comment)
            let description = group.machine.description
            #expect((description.leaderId == nil) == members.isEmpty, comment)
            if let leaderId = description.leaderId { #expect(members.contains { $0.id == leaderId }, comment) }
            #expect(group.machine.joinedCountForTests == members.count { $0.hasJoined }, comment)
            switch group.state {
            case .empty: #expect(members.isEmpty, comment)
            case .preparingRebalance: #expect(!members.isEmpty || description.pendingCount > 0, comment)
            default: #expect(!members.isEmpty, comment)
            }
            let deadline = group.machine.nextDeadline
            if (!members.isEmpty || description.pendingCount > 0) && group.writes.isEmpty {
                #expect((deadline ?? .max) <= group.now + 300_000, comment)
            }
            for member in members where member.canExpire { #expect((deadline ?? .max) <= member.deadline, comment) }
        }

        /// Everybody falls silent: the group must end by itself.
        func drain(_ comment: Comment) {
            for index in clients.indices { forget(index) }
            var steps = 0
            while group.state != .empty || group.machine.nextDeadline != nil || !group.writes.isEmpty {
                steps += 1
                guard steps < 1_000 else {
                    Issue.record("the group doesn't end: \(comment)")
                    return
                }
                group.finishWrite()
                if let deadline = group.machine.nextDeadline { group.advance(by: max(0, deadline - group.now)) }
                check(comment)
            }
            #expect(group.waiting.isEmpty, comment)
        }
    }

    @Test(arguments: 0..<300) func `no schedule breaks the group`(number: Int) {
        let seed = UInt64(number) &* 0x1234_5678_9ABC_DEF1 &+ 42
        let run = Run(seed: seed)
        for step in 0..<400 {
            run.step()
            run.check("seed \(seed), step \(step)")
        }
        run.drain("seed \(seed)")
    }

    @Test func `live clients always come to a stable group`() {
        for seed in UInt64(0)..<50 {
            let run = Run(seed: seed)
            for _ in 0..<100 { run.step() }
            run.drain("seed \(seed)")
            run.group.storesAtOnce = true
            let ticket = run.group.join(run.group.attempt(protocols: ["a"]))
            run.group.advance(by: 3_000)
            guard let answer = run.group.joins[ticket], answer.error == nil else {
                Issue.record("no answer, seed \(seed)")
                continue
            }
            let sync = run.group.sync(answer.memberId, answer.generation, assigning: [answer.memberId: [1]])
            #expect(run.group.syncs[sync]?.assignment == [1])
            #expect(run.group.state == .stable)
        }
    }

    @Test func `two hundred members come to a stable group`() {
        let group = GroupHarness.stable(200)
        #expect(group.state == .stable)
        #expect(group.machine.description.members.count == 200)
        let tickets = (1...200).map { group.join(group.attempt("m\($0)", metadata: [2])) }
        #expect(tickets.allSatisfy { group.joins[$0]?.generation == 2 })
        #expect(group.joins[tickets[0]]?.members.count == 200)
    }
}

extension ConsumerGroup.StateMachine {
    /// The members as the machine holds them.
    var rosterForTests: [ConsumerGroup.Member] {
        switch state {
        case .empty(let roster): roster.inOrder
        case .preparingRebalance(let group): group.roster.inOrder
        case .completingRebalance(let group): group.roster.inOrder
        case .stable(let group): group.roster.inOrder
        case .dead: []
        }
    }

    var joinedCountForTests: Int {
        switch state {
        case .empty(let roster): roster.joinedCount
        case .preparingRebalance(let group): group.roster.joinedCount
        case .completingRebalance(let group): group.roster.joinedCount
        case .stable(let group): group.roster.joinedCount
        case .dead: 0
        }
    }
}
