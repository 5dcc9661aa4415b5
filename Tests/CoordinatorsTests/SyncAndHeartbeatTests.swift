import Testing

@testable import Coordinators

@Suite struct SyncTests {
    @Test func `each member gets the leader's bytes once they are stored`() throws {
        let group = GroupHarness()
        group.storesAtOnce = false
        for _ in 1...3 { group.join(group.attempt()) }
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        let early = group.sync("m2", 1)
        let leader = group.sync("m1", 1, assigning: ["m1": [1], "m2": [2, 2], "stranger": [9]])
        #expect(group.syncs.isEmpty, "not before it is durable")
        #expect(group.state == .completingRebalance)
        let write = try #require(group.writes.first)
        #expect(write.purpose == .assignment)
        #expect(write.snapshot.generation == 1 && write.snapshot.leaderId == "m1")
        #expect(write.snapshot.members.map(\.assignment) == [[1], [2, 2], []])
        #expect(write.snapshot.members.map(\.clientHost) == ["10.0.0.1", "10.0.0.1", "10.0.0.1"])
        let late = group.sync("m3", 1)
        group.finishWrite()
        #expect(group.state == .stable)
        #expect(group.syncs[early]?.assignment == [2, 2])
        #expect(group.syncs[leader]?.assignment == [1])
        #expect(group.syncs[late]?.assignment == [], "the leader gave it nothing")
        #expect(group.syncs[early]?.protocolName == "range" && group.syncs[early]?.protocolType == "consumer")
    }

    @Test func `a member that joins Stable again gets its assignment again`() {
        let group = GroupHarness.stable(3)
        #expect(group.joined(group.attempt("m3"))?.generation == 1)
        #expect(group.synced("m3", 1)?.assignment == [3])
        #expect(group.synced("m3", 1)?.assignment == [3])
    }

    @Test func `a follower can't set the assignment`() {
        let group = GroupHarness()
        for _ in 1...2 { group.join(group.attempt()) }
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        let follower = group.sync("m2", 1, assigning: ["m2": [66]])
        #expect(group.syncs[follower] == nil)
        group.sync("m1", 1, assigning: ["m2": [2]])
        #expect(group.syncs[follower]?.assignment == [2])
    }

    @Test func `errors of SyncGroup in every state`() {
        let empty = GroupHarness()
        #expect(empty.synced("m1", 1)?.error == .unknownMemberId)
        let group = GroupHarness.stable(2)
        #expect(group.synced("nobody", 1)?.error == .unknownMemberId)
        #expect(group.synced("m1", 2)?.error == .illegalGeneration)
        #expect(group.synced("m1", 1, type: "connect")?.error == .inconsistentGroupProtocol)
        #expect(group.synced("m1", 1, name: "sticky")?.error == .inconsistentGroupProtocol)
        #expect(group.synced("m1", 1, type: "consumer", name: "range")?.error == nil)
        group.join(group.attempt("m1"))
        #expect(group.synced("m2", 1)?.error == .rebalanceInProgress)
        #expect(group.synced("m2", 0)?.error == .illegalGeneration)
    }

    @Test func `an assignment that is too large is refused`() {
        var configuration = ConsumerGroup.Configuration.withoutDelay
        configuration.assignmentBytesMax = 8
        let group = GroupHarness(configuration)
        group.join(group.attempt())
        let large = group.sync("m1", 1, assigning: ["m1": [UInt8](repeating: 0, count: 9)])
        #expect(group.syncs[large]?.error == .invalidRequest)
        #expect(group.synced("m1", 1, assigning: ["m1": [1]])?.assignment == [1])
    }

    @Test func `a rebalance sends waiting members back to join`() {
        let group = GroupHarness()
        for _ in 1...2 { group.join(group.attempt()) }
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        let waiting = group.sync("m2", 1)
        group.join(group.attempt())
        #expect(group.syncs[waiting]?.error == .rebalanceInProgress)
        #expect(group.state == .preparingRebalance)
    }

    @Test func `a rebalance while the assignment is being stored ignores the outcome`() {
        let group = GroupHarness()
        group.storesAtOnce = false
        for _ in 1...2 { group.join(group.attempt()) }
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        let leader = group.sync("m1", 1, assigning: ["m1": [1], "m2": [2]])
        let third = group.join(group.attempt())
        #expect(group.syncs[leader]?.error == .rebalanceInProgress)
        group.finishWrite()
        #expect(group.state == .preparingRebalance)
        group.join(group.attempt("m1"))
        group.join(group.attempt("m2"))
        #expect(group.joins[third]?.generation == 2)
        #expect(group.state == .completingRebalance)
        #expect(group.synced("m2", 2) == nil)
    }

    @Test func `if the assignment can't be stored all are told and join again`() {
        let group = GroupHarness()
        group.storesAtOnce = false
        for _ in 1...2 { group.join(group.attempt()) }
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        let follower = group.sync("m2", 1)
        let leader = group.sync("m1", 1, assigning: ["m1": [1], "m2": [2]])
        group.finishWrite(succeeded: false)
        #expect(group.syncs[follower]?.error == .coordinatorNotAvailable)
        #expect(group.syncs[leader]?.error == .coordinatorNotAvailable)
        #expect(group.state == .preparingRebalance)
        #expect(group.machine.description.members.allSatisfy { $0.assignment.isEmpty })
    }

    @Test func `a leader that asks again while its assignment is being stored waits for it`() {
        let group = GroupHarness(.withoutDelay)
        group.storesAtOnce = false
        group.join(group.attempt())
        let first = group.sync("m1", 1, assigning: ["m1": [1]])
        let second = group.sync("m1", 1, assigning: ["m1": [7]])
        #expect(group.syncs[first]?.error == .rebalanceInProgress)
        #expect(group.writes.count == 1)
        group.finishWrite()
        #expect(group.syncs[second]?.assignment == [1])
    }

    @Test func `who never sends SyncGroup is removed after the rebalance time-out`() {
        let group = GroupHarness()
        for _ in 1...2 { group.join(group.attempt(sessionMs: 600_000, rebalanceMs: 20_000)) }
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        group.sync("m1", 1, assigning: ["m1": [1], "m2": [2]])
        #expect(group.state == .stable)
        group.advance(by: 19_999)
        #expect(group.state == .stable)
        group.advance(by: 1)
        #expect(group.state == .preparingRebalance)
        #expect(group.machine.description.members.map(\.id) == ["m1"])
    }

    @Test func `a leader that goes before it assigns starts a rebalance`() {
        let group = GroupHarness()
        for _ in 1...2 { group.join(group.attempt()) }
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        let follower = group.sync("m2", 1)
        group.advance(by: 10_000)
        #expect(group.syncs[follower]?.error == .rebalanceInProgress)
        let again = group.join(group.attempt("m2"))
        #expect(group.joins[again]?.leaderId == "m2")
        #expect(group.joins[again]?.generation == 2)
    }
}

@Suite struct HeartbeatTests {
    @Test func `a heartbeat keeps a member, silence removes it`() {
        let group = GroupHarness.stable(2)
        for _ in 0..<5 {
            group.advance(by: 9_000)
            #expect(group.heartbeat("m1", 1) == nil)
            if group.state == .stable { _ = group.heartbeat("m2", 1) }
        }
        #expect(group.state == .stable)
        group.advance(by: 9_999)
        #expect(group.state == .stable)
        #expect(group.heartbeat("m1", 1) == nil)
        group.advance(by: 1)
        #expect(group.state == .preparingRebalance)
        #expect(
            group.changes.last
                == .init(
                    kind: .expired, memberId: "m2", clientId: "client", clientHost: "10.0.0.1", sessionTimeoutMs: 10_000
                ))
        #expect(group.heartbeat("m1", 1) == .rebalanceInProgress)
        #expect(group.heartbeat("m2", 1) == .unknownMemberId)
    }

    @Test func `errors of Heartbeat in every state`() {
        let empty = GroupHarness()
        #expect(empty.heartbeat("m1", 1) == .unknownMemberId)
        let group = GroupHarness.stable(1)
        #expect(group.heartbeat("nobody", 1) == .unknownMemberId)
        #expect(group.heartbeat("m1", 0) == .illegalGeneration)
        #expect(group.heartbeat("m1", 1, instance: "i1") == .unknownMemberId)
        let completing = GroupHarness(.withoutDelay)
        completing.join(completing.attempt())
        #expect(completing.heartbeat("m1", 1) == nil, "clients start as soon as they have joined")
    }

    @Test func `the last member's end empties the group and is stored`() throws {
        let group = GroupHarness.stable(1)
        group.storesAtOnce = false
        group.advance(by: 10_000)
        #expect(group.state == .empty)
        let write = try #require(group.writes.first)
        #expect(write.purpose == .emptied)
        #expect(write.snapshot.members == [] && write.snapshot.generation == 2)
        #expect(write.snapshot.protocolType == "consumer" && write.snapshot.protocolName == nil)
        #expect(write.snapshot.leaderId == nil)
        group.finishWrite()
        #expect(group.machine.nextDeadline == nil)
        #expect(!group.isSimple)
    }

    @Test func `a deadline that comes early does no harm`() {
        let group = GroupHarness.stable(2)
        for _ in 0..<200 {
            group.advance(by: 50)
            #expect(group.heartbeat("m1", 1) == nil)
            #expect(group.heartbeat("m2", 1) == nil)
        }
        #expect(group.state == .stable)
    }
}
