import Testing

@testable import Coordinators

@Suite struct StaticMemberTests {
    @Test func `a static member needs no second JoinGroup`() {
        let group = GroupHarness(.withoutDelay)
        let ticket = group.join(group.attempt(instance: "i1", idFirst: true))
        #expect(group.joins[ticket]?.error == nil)
        #expect(group.joins[ticket]?.members == [.init(id: "m1", instanceId: "i1", metadata: [1])])
    }

    @Test func `a static member that starts anew takes its old place without a rebalance`() throws {
        let group = GroupHarness.stable(2, instances: true)
        group.storesAtOnce = false
        let ticket = group.join(group.attempt(instance: "i2"))
        #expect(group.joins[ticket] == nil, "its new id is stored first")
        #expect(group.state == .stable)
        #expect(group.writes.first?.snapshot.members.map(\.id) == ["m1", "m3"])
        group.finishWrite()
        let answer = try #require(group.joins[ticket])
        #expect(answer.error == nil && answer.generation == 1 && answer.memberId == "m3")
        #expect(answer.leaderId == "m1" && answer.members == [])
        #expect(group.synced("m3", 1, instance: "i2")?.assignment == [2])
        #expect(group.heartbeat("m2", 1, instance: "i2") == .fencedInstanceId)
        #expect(group.heartbeat("m2", 1) == .unknownMemberId)
        #expect(group.commit("m2", 1, instance: "i2") == .fencedInstanceId)
        #expect(group.synced("m2", 1, instance: "i2")?.error == .fencedInstanceId)
        #expect(group.joined(group.attempt("m2", instance: "i2"))?.error == .fencedInstanceId)
        #expect(group.leave(.init(memberId: "m2", instanceId: "i2")) == [.fencedInstanceId])
        #expect(group.joined(group.attempt("m2", instance: "i9"))?.error == .unknownMemberId)
    }

    @Test(arguments: [false, true])
    func `a static leader that starts anew is told not to share out`(skips: Bool) throws {
        let group = GroupHarness.stable(2, instances: true)
        let answer = try #require(group.joined(group.attempt(instance: "i1", skips: skips)))
        #expect(answer.memberId == "m3" && answer.generation == 1)
        if skips {
            #expect(answer.skipsAssignment && answer.leaderId == "m3")
            #expect(answer.members.map(\.id) == ["m3", "m2"])
        } else {
            #expect(!answer.skipsAssignment && answer.leaderId == "m1", "the old id: it doesn't take itself for leader")
            #expect(answer.members == [])
        }
        #expect(group.synced("m3", 1, instance: "i1")?.assignment == [1])
        #expect(group.machine.description.leaderId == "m3")
    }

    @Test func `a static member that starts anew with another protocol choice starts a rebalance`() {
        let group = GroupHarness.stable(1, instances: true)
        let ticket = group.join(group.attempt(instance: "i1", protocols: ["other", "range"]))
        #expect(group.joins[ticket]?.generation == 2)
        #expect(group.joins[ticket]?.protocolName == "other")
    }

    @Test func `the storing of a new id can fail`() {
        let group = GroupHarness.stable(1, instances: true)
        group.storesAtOnce = false
        let ticket = group.join(group.attempt(instance: "i1"))
        group.finishWrite(succeeded: false)
        #expect(group.joins[ticket]?.error == .coordinatorNotAvailable)
        group.storesAtOnce = true
        #expect(group.joined(group.attempt(instance: "i1"))?.error == nil)
    }

    @Test func `a rebalance takes in a member whose new id is being stored`() {
        let group = GroupHarness.stable(2, instances: true)
        group.storesAtOnce = false
        let replaced = group.join(group.attempt(instance: "i2"))
        let leader = group.join(group.attempt("m1", instance: "i1"))
        #expect(group.joins[replaced]?.generation == 2)
        #expect(group.joins[leader]?.generation == 2)
        group.finishWrite()
        #expect(group.state == .completingRebalance)
    }

    @Test func `the old instance's waiting requests are fenced`() {
        let group = GroupHarness(.withoutDelay)
        group.join(group.attempt(instance: "i1"))
        let second = group.join(group.attempt(instance: "i2"))
        #expect(group.joins[second] == nil)
        let again = group.join(group.attempt(instance: "i2"))
        #expect(group.joins[second]?.error == .fencedInstanceId)
        let first = group.join(group.attempt("m1", instance: "i1"))
        #expect(group.joins[first]?.generation == 2 && group.joins[again]?.generation == 2)
        let waiting = group.sync("m3", 2, instance: "i2")
        group.join(group.attempt(instance: "i2"))
        #expect(group.syncs[waiting]?.error == .fencedInstanceId)
        #expect(group.state == .preparingRebalance)
    }

    @Test func `static members that miss a rebalance stay until their session ends`() {
        let group = GroupHarness.stable(2, instances: true)
        let ticket = group.join(group.attempt("m1", instance: "i1", rebalanceMs: 8_000))
        group.join(group.attempt("m2", instance: "i2", metadata: [3], rebalanceMs: 8_000))
        #expect(group.joins[ticket]?.generation == 2)
        group.sync("m1", 2, instance: "i1", assigning: ["m1": [1], "m2": [2]])
        group.sync("m2", 2, instance: "i2")
        let alone = group.join(group.attempt("m1", instance: "i1", rebalanceMs: 8_000))
        group.advance(by: 8_000)
        #expect(group.joins[alone]?.generation == 3)
        #expect(group.joins[alone]?.members.map(\.id) == ["m1", "m2"])
        group.sync("m1", 3, instance: "i1", assigning: ["m1": [1], "m2": [2]])
        group.advance(by: 2_000)
        #expect(group.machine.description.members.map(\.id) == ["m1"])
    }

    @Test func `if only absent static members are left the rebalance waits for them or their end`() {
        let group = GroupHarness.stable(2, instances: true)
        group.join(group.attempt("m1", instance: "i1", rebalanceMs: 0))
        #expect(group.leave(.init(memberId: "m1", instanceId: "i1")) == [nil])
        for _ in 0..<100 where group.state != .empty {
            group.advance(by: max(1, (group.machine.nextDeadline ?? 0) - group.now))
        }
        #expect(group.state == .empty)
    }

    @Test func `a static member can be removed by its instance id alone`() {
        let group = GroupHarness.stable(2, instances: true)
        #expect(group.leave(.init(memberId: "", instanceId: "i9")) == [.unknownMemberId])
        #expect(group.leave(.init(memberId: "", instanceId: "i2")) == [nil])
        #expect(group.state == .preparingRebalance)
        #expect(group.leave(.init(memberId: "", instanceId: "i2")) == [.unknownMemberId])
    }

    @Test func `a full group takes a static member back`() {
        let group = GroupHarness(.members(max: 1))
        group.join(group.attempt(instance: "i1"))
        #expect(group.joined(group.attempt(instance: "i2"))?.error == .groupMaxSizeReached)
        #expect(group.joined(group.attempt(instance: "i1"))?.error == nil)
    }
}

@Suite struct ReloadTests {
    private func snapshot(_ count: Int) -> ConsumerGroup.Snapshot {
        .init(
            protocolType: "consumer", generation: 4, protocolName: "range", leaderId: "m2",
            members: (1...count).map {
                .init(
                    id: "m\($0)", instanceId: $0 == 1 ? "i1" : nil, clientId: "c\($0)", clientHost: "10.0.0.\($0)",
                    rebalanceTimeoutMs: 60_000, sessionTimeoutMs: 10_000, subscription: [8], assignment: [UInt8($0)])
            })
    }

    @Test func `members go on where they were`() {
        let group = GroupHarness(reloading: snapshot(3))
        #expect(group.state == .stable)
        #expect(group.changes.map(\.kind) == [.reloaded, .reloaded, .reloaded])
        #expect(group.changes.map(\.clientHost) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        group.changes = []
        #expect(group.heartbeat("m1", 4, instance: "i1") == nil)
        #expect(group.heartbeat("m1", 4, instance: "i1") == nil)
        #expect(group.commit("m2", 4) == nil)
        #expect(group.synced("m3", 4)?.assignment == [3])
        #expect(group.changes.map(\.kind) == [.resumed, .resumed, .resumed])
        #expect(group.machine.description.leaderId == "m2")
        #expect(group.heartbeat("m1", 3, instance: "i1") == .illegalGeneration)
    }

    @Test func `members that aren't heard of expire`() {
        let group = GroupHarness(reloading: snapshot(2))
        group.advance(by: 9_000)
        #expect(group.heartbeat("m2", 4) == nil)
        group.advance(by: 1_000)
        #expect(group.state == .preparingRebalance)
        #expect(group.changes.last?.kind == .expired && group.changes.last?.memberId == "m1")
    }

    @Test func `what is stored is what was reloaded`() throws {
        let group = GroupHarness(reloading: snapshot(2))
        group.storesAtOnce = false
        var attempt = group.attempt(instance: "i1")
        attempt.protocols = [.init(name: "range", metadata: [8])]
        group.join(attempt)
        let stored = try #require(group.writes.first?.snapshot)
        var expected = snapshot(2)
        expected.members[0].id = attempt.freshMemberId
        expected.members[0].clientId = "client"
        #expect(stored == expected)
    }

    @Test func `a group larger than the limit rebalances down to it`() {
        let group = GroupHarness(reloading: snapshot(3), .members(max: 2))
        #expect(group.state == .preparingRebalance)
        let second = group.join(group.attempt("m2"))
        let first = group.join(group.attempt("m1", instance: "i1"))
        #expect(group.joined(group.attempt("m3"))?.error == .groupMaxSizeReached)
        #expect(group.joins[first]?.generation == 5 && group.joins[second]?.generation == 5)
    }

    @Test func `an empty group keeps its generation`() {
        let group = GroupHarness(
            reloading: .init(
                protocolType: "consumer", generation: 9, protocolName: nil, leaderId: nil, members: []))
        #expect(group.state == .empty)
        #expect(group.machine.description.generation == 9)
        #expect(!group.isSimple)
        #expect(group.commit("", -1) == nil)
    }
}
