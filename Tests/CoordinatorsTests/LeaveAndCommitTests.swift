import Testing

@testable import Coordinators

@Suite struct LeaveTests {
    @Test func `several members leave at once, each with its answer`() {
        let group = GroupHarness.stable(3)
        let errors = group.leave(.init(memberId: "m2"), .init(memberId: "nobody"), .init(memberId: "m3"))
        #expect(errors == [nil, .unknownMemberId, nil])
        #expect(group.state == .preparingRebalance)
        let ticket = group.join(group.attempt("m1"))
        #expect(group.joins[ticket]?.members.map(\.id) == ["m1"])
        #expect(group.changes.filter { $0.kind == .left }.map(\.memberId) == ["m2", "m3"])
    }

    @Test func `nobody known leaves: nothing changes`() {
        let group = GroupHarness.stable(1)
        #expect(group.leave(.init(memberId: "nobody")) == [.unknownMemberId])
        #expect(group.state == .stable)
        let empty = GroupHarness()
        #expect(empty.leave(.init(memberId: "m1")) == [.unknownMemberId])
    }

    @Test func `a member that leaves lets the rebalance end`() {
        let group = GroupHarness.stable(2)
        let ticket = group.join(group.attempt("m1"))
        #expect(group.joins[ticket] == nil)
        #expect(group.leave(.init(memberId: "m2")) == [nil])
        #expect(group.joins[ticket]?.generation == 2)
    }

    @Test func `a member that leaves while its JoinGroup waits is answered`() {
        let group = GroupHarness.stable(2)
        let ticket = group.join(group.attempt("m1"))
        #expect(group.leave(.init(memberId: "m1")) == [nil])
        #expect(group.joins[ticket]?.error == .unknownMemberId)
    }

    @Test func `an id that was given out can be given back`() {
        let group = GroupHarness.stable(1)
        group.join(group.attempt(idFirst: true))
        let ticket = group.join(group.attempt("m1"))
        #expect(group.joins[ticket] == nil)
        #expect(group.leave(.init(memberId: "m2")) == [nil])
        #expect(group.joins[ticket]?.generation == 2)
    }

    @Test func `the last one to leave before the first generation empties the group`() {
        let group = GroupHarness()
        let ticket = group.join(group.attempt())
        #expect(group.leave(.init(memberId: "m1")) == [nil])
        #expect(group.state == .empty)
        #expect(group.machine.nextDeadline == nil)
        #expect(group.joins[ticket]?.error == .unknownMemberId)
    }

    @Test func `a leader that leaves while others wait for it starts a rebalance`() {
        let group = GroupHarness()
        for _ in 1...2 { group.join(group.attempt()) }
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        let follower = group.sync("m2", 1)
        #expect(group.leave(.init(memberId: "m1")) == [nil])
        #expect(group.syncs[follower]?.error == .rebalanceInProgress)
    }

    @Test func `only an empty group can be deleted`() {
        let group = GroupHarness.stable(1)
        #expect(group.machine.delete() == .reject(.nonEmptyGroup))
        group.join(group.attempt("m1"))
        #expect(group.machine.delete() == .reject(.nonEmptyGroup))
        _ = group.leave(.init(memberId: "m1"))
        #expect(group.machine.delete() == .delete)
    }
}

@Suite struct CommitTests {
    @Test func `a client without a group membership commits to an empty group only`() {
        let group = GroupHarness()
        #expect(group.commit("", -1) == nil)
        #expect(group.isSimple)
        let stable = GroupHarness.stable(1)
        #expect(stable.commit("", -1) == .unknownMemberId)
        #expect(stable.commit("", -1, isTransactional: true) == nil)
    }

    @Test func `commits are fenced by member and generation`() {
        let empty = GroupHarness()
        #expect(empty.commit("m1", 1) == .unknownMemberId)
        let group = GroupHarness.stable(1)
        #expect(group.commit("m1", 1) == nil)
        #expect(group.commit("m1", 0) == .illegalGeneration)
        #expect(group.commit("m1", -1) == .illegalGeneration)
        #expect(group.commit("m2", 1) == .unknownMemberId)
        #expect(group.commit("m1", 1, instance: "i1") == .unknownMemberId)
        #expect(group.commit("m1", 0, isTransactional: true) == .illegalGeneration)
    }

    @Test func `members commit while a rebalance is prepared, not while it is completed`() {
        let group = GroupHarness.stable(2)
        group.join(group.attempt("m1"))
        #expect(group.commit("m2", 1) == nil)
        let late = group.join(group.attempt("m2"))
        #expect(group.joins[late]?.generation == 2)
        #expect(group.commit("m2", 1) == .illegalGeneration)
        #expect(group.commit("m2", 2) == .rebalanceInProgress)
        #expect(group.commit("m2", 2, isTransactional: true) == nil)
    }

    @Test func `a commit is a sign of life`() {
        let group = GroupHarness.stable(1)
        group.advance(by: 9_000)
        #expect(group.commit("m1", 1) == nil)
        group.advance(by: 9_000)
        #expect(group.state == .stable)
    }
}

@Suite struct CommittedOffsetsTests {
    @Test func `offsets are kept by topic and partition`() {
        var offsets = CommittedOffsets()
        #expect(offsets.isEmpty)
        offsets.set(.init(offset: 5, commitTimestampMs: 0), for: .init(topic: "a", index: 1))
        offsets.set(
            .init(offset: 6, leaderEpoch: 2, metadata: "x", commitTimestampMs: 0), for: .init(topic: "a", index: 0))
        offsets.set(.init(offset: 7, commitTimestampMs: 0), for: .init(topic: "b", index: 1))
        offsets.set(.init(offset: 8, commitTimestampMs: 1), for: .init(topic: "b", index: 1))
        #expect(offsets.count == 3)
        #expect(offsets["b", 1]?.offset == 8)
        #expect(offsets["b", 0] == nil && offsets["c", 0] == nil)
        #expect(offsets.partitions(of: "a") == [0, 1])
        #expect(offsets.sorted.map(\.topic) == ["a", "b"])
        offsets.remove(.init(topic: "a", index: 0))
        offsets.remove(.init(topic: "a", index: 0))
        offsets.remove(.init(topic: "a", index: 1))
        #expect(offsets.count == 1 && offsets.partitions(of: "a") == [])
        #expect(offsets.sorted.map(\.topic) == ["b"])
    }

    @Test func `offsets lapse after the retention, counted from the commit or the end of the group`() {
        var offsets = CommittedOffsets()
        let old = CommittedOffsets.Partition(topic: "old", index: 0)
        let new = CommittedOffsets.Partition(topic: "new", index: 0)
        let own = CommittedOffsets.Partition(topic: "own", index: 0)
        offsets.set(.init(offset: 1, commitTimestampMs: 100), for: old)
        offsets.set(.init(offset: 1, commitTimestampMs: 500), for: new)
        offsets.set(.init(offset: 1, commitTimestampMs: 500, expireTimestampMs: 600), for: own)
        #expect(offsets.expired(nowMs: 599, retentionMs: 1_000, groupEmptySinceMs: nil) == [])
        #expect(offsets.expired(nowMs: 1_100, retentionMs: 1_000, groupEmptySinceMs: nil) == [old, own])
        #expect(offsets.expired(nowMs: 1_100, retentionMs: 1_000, groupEmptySinceMs: 200) == [own])
        #expect(offsets.expired(nowMs: 1_500, retentionMs: 1_000, groupEmptySinceMs: 200) == [new, old, own])
        #expect(offsets.expired(nowMs: .max - 1, retentionMs: .max, groupEmptySinceMs: nil) == [own])
    }
}
