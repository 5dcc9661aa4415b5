import Coordinators
import KafkaMessages
import Testing

@testable import Broker

/// Members that come back: all at once, and after the broker was away.
@Suite struct GroupReturnTests {
    /// A Stable group of `count` static members "i0", "i1", …; returns the ids.
    static func members(_ bench: GroupBench, _ count: Int) async throws -> [JoinGroupResponse] {
        let answers = await withTaskGroup(of: JoinGroupResponse.self) { tasks in
            for number in 0..<count {
                tasks.addTask { await bench.join(instance: "i\(number)", version: 5, clientId: "c\(number)") }
            }
            await bench.untilWaiting(count)
            bench.clock.advance(byMs: 3_000)
            _ = await bench.until { await bench.coordinator.scheduledMs("email-app") == 1_006_000 }
            bench.clock.advance(byMs: 3_000)
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        let leader = try #require(answers.first { !$0.members.isEmpty })
        let assignments = Dictionary(
            uniqueKeysWithValues: leader.members.map { ($0.memberId, $0.groupInstanceId ?? "") })
        await withTaskGroup(of: Void.self) { tasks in
            for answer in answers {
                tasks.addTask {
                    let isLeader = answer.memberId == leader.memberId
                    let synced = await bench.sync(
                        member: answer.memberId, assignments: isLeader ? assignments : [:])
                    #expect(synced.errorCode == .none)
                }
            }
        }
        return answers
    }

    @Test func `static members that come back together share a record`() async throws {
        try await GroupBench(GroupBench.configuration(initialDelayMs: 3_000)).serve { bench in
            _ = try await Self.members(bench, 20)
            let stored = try bench.store.records.count
            bench.store.hold()
            await withTaskGroup(of: JoinGroupResponse.self) { tasks in
                for number in 0..<20 {
                    tasks.addTask { await bench.join(instance: "i\(number)", version: 5, clientId: "c\(number)") }
                }
                await bench.untilWaiting(20)
                bench.store.release()
                for await answer in tasks { #expect(answer.errorCode == .none && answer.generationId == 1) }
            }
            // The first may have gone out by itself; what came meanwhile is one state.
            #expect(try bench.store.records.count <= stored + 2)
            let description = try #require(await bench.coordinator.describe("email-app"))
            for member in description.members {
                #expect(await bench.heartbeat(member: member.id) == .none)
            }
        }
    }

    /// Dynamic members heartbeat on, static ones may have been started anew meanwhile: nobody rebalances.
    @Test func `a restart with clients connected costs no rebalance`() async throws {
        let bench = GroupBench(GroupBench.configuration(initialDelayMs: 3_000))
        let members = try await bench.serve { bench in try await Self.members(bench, 3) }
        try await bench.restart().serve { bench in
            #expect(bench.events.kinds == [.reloaded, .reloaded, .reloaded])
            bench.clock.advance(byMs: 9_000)
            // Two go on, the third was started anew, too, and has its old part.
            let description = try #require(await bench.coordinator.describe("email-app"))
            // The new coordinator counts ids from 1.
            let first = try #require(description.members.first { !$0.id.hasSuffix("-1") })
            let instance = try #require(first.instanceId)
            let again = await bench.join(instance: instance, version: 5, clientId: "c")
            #expect(again.errorCode == .none && again.generationId == 1)
            #expect(again.memberId != first.id)
            #expect(await bench.sync(member: again.memberId).assignment.readableBytesView.elementsEqual(instance.utf8))
            for member in members where member.memberId != first.id {
                #expect(await bench.heartbeat(member: member.memberId) == .none)
            }
            bench.clock.advance(byMs: 9_000)
            for member in members where member.memberId != first.id {
                #expect(await bench.heartbeat(member: member.memberId) == .none)
            }
            #expect(await bench.coordinator.describe("email-app")?.generation == 1)
            #expect(await bench.coordinator.describe("email-app")?.state == .stable)
        }
    }
}
