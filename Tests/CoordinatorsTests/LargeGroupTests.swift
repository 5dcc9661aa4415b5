import Testing

@testable import Coordinators

/// Many members in one group: what an event brings about grows with the members, not with their square, and what they
/// make the group hold is bounded.
@Suite struct LargeGroupTests {
    @Test(arguments: [200, 2_000]) func `one of many crashes`(count: Int) throws {
        let group = GroupHarness.stable(count)
        let (joinCount, syncCount) = (group.joins.count, group.syncs.count)
        group.changes = []
        // All but m77 are heard of before its session ends.
        group.advance(by: 9_000)
        let others = (1...count).filter { $0 != 77 }.map { "m\($0)" }
        for member in others { #expect(group.heartbeat(member, 1) == nil) }
        group.advance(by: 1_000)
        #expect(group.state == .preparingRebalance)
        #expect(group.changes.map(\.memberId) == ["m77"])
        for member in others { #expect(group.heartbeat(member, 1) == .rebalanceInProgress) }
        let tickets = others.map { group.join(group.attempt($0)) }
        #expect(group.joins.count - joinCount == count - 1)
        let answers = tickets.compactMap { group.joins[$0] }
        #expect(answers.allSatisfy { $0.generation == 2 && $0.error == nil })
        // The leader alone is told of all.
        #expect(answers.reduce(0) { $0 + $1.members.count } == count - 1)
        group.storesAtOnce = false
        let assignments = Dictionary(uniqueKeysWithValues: others.map { ($0, Array($0.utf8)) })
        let syncs = others.map { ($0, group.sync($0, 2, assigning: $0 == "m1" ? assignments : [:])) }
        // The state is stored once, and before anybody has it.
        #expect(group.writes.count == 1 && group.syncs.count == syncCount)
        #expect(group.writes[0].snapshot.members.count == count - 1)
        group.finishWrite()
        let byteCount = try syncs.reduce(0) { total, sync in
            let answer = try #require(group.syncs[sync.1])
            #expect(answer.error == nil && answer.assignment == Array(sync.0.utf8))
            return total + answer.assignment.count
        }
        #expect(byteCount == others.reduce(0) { $0 + $1.utf8.count }, "each gets its own part")
        #expect(group.state == .stable && group.waiting.isEmpty)
    }

    @Test func `members' metadata is bounded over all of them`() {
        var configuration = ConsumerGroup.Configuration.withoutDelay
        configuration.groupBytesMax = 25
        let group = GroupHarness(configuration)
        func metadata(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        group.join(group.attempt(metadata: metadata(10)))
        group.sync("m1", 1, assigning: ["m1": [1]])
        group.join(group.attempt(instance: "i", metadata: metadata(10)))
        #expect(group.joined(group.attempt(metadata: metadata(6)))?.error == .groupMaxSizeReached)
        // A member's own counts once, also a static one's that starts anew.
        #expect(group.joined(group.attempt("m1", metadata: metadata(16)))?.error == .groupMaxSizeReached)
        #expect(group.joined(group.attempt(instance: "i", metadata: metadata(16)))?.error == .groupMaxSizeReached)
        let first = group.join(group.attempt("m1", metadata: metadata(15)))
        #expect(group.joins[first]?.generation == 2)
        // What a member took is free when it goes.
        #expect(group.leave(.init(memberId: "m1")) == [nil])
        let ticket = group.join(group.attempt(metadata: metadata(15)))
        #expect(group.joins[ticket] == nil && group.waiting.contains(ticket))
    }

    @Test func `assignments are bounded over all members`() {
        var configuration = ConsumerGroup.Configuration.withoutDelay
        configuration.groupBytesMax = 25
        let group = GroupHarness(configuration)
        group.join(group.attempt())
        let half = [UInt8](repeating: 0, count: 13)
        #expect(group.synced("m1", 1, assigning: ["m1": half, "m2": half])?.error == .invalidRequest)
        #expect(group.synced("m1", 1, assigning: ["m1": half])?.assignment == half)
    }
}
