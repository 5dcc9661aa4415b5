import Testing

@testable import Coordinators

/// Cooperative rebalances (KIP-429): members keep what they have, give up what the leader takes from them, and join once
/// more so that it can go to others. The coordinator knows nothing of that but two rebalances in a row.
@Suite struct CooperativeTests {
    /// The leader has p0 and p1; m2 joins.
    func group() -> GroupHarness {
        let group = GroupHarness(.withoutDelay)
        group.join(group.attempt(protocols: ["cooperative-sticky"], metadata: [0, 1]))
        #expect(group.synced("m1", 1, assigning: ["m1": [0, 1]])?.assignment == [0, 1])
        return group
    }

    @Test func `partitions move in two rebalances`() throws {
        let group = group()
        let second = group.join(group.attempt(protocols: ["cooperative-sticky"], metadata: []))
        // The member that has partitions hears of it by its heartbeat, and goes on reading and committing.
        #expect(group.heartbeat("m1", 1) == .rebalanceInProgress)
        #expect(group.commit("m1", 1) == nil)
        let first = group.join(group.attempt("m1", protocols: ["cooperative-sticky"], metadata: [0, 1]))
        #expect(group.joins[first]?.generation == 2 && group.joins[second]?.generation == 2)
        #expect(group.joins[first]?.members.map(\.metadata) == [[0, 1], []])
        // p1 is taken from m1, and given to nobody yet.
        let waiting = group.sync("m2", 2)
        #expect(group.synced("m1", 2, assigning: ["m1": [0], "m2": []])?.assignment == [0])
        #expect(group.syncs[waiting]?.assignment == [])
        #expect(group.heartbeat("m1", 2) == nil && group.heartbeat("m2", 2) == nil)
        // m1 has given it up and joins again with what it has left: a rebalance, since the leader asks for it.
        let third = group.join(group.attempt("m1", protocols: ["cooperative-sticky"], metadata: [0]))
        #expect(group.heartbeat("m2", 2) == .rebalanceInProgress)
        let fourth = group.join(group.attempt("m2", protocols: ["cooperative-sticky"], metadata: []))
        #expect(group.joins[third]?.generation == 3 && group.joins[fourth]?.generation == 3)
        let follower = group.sync("m2", 3)
        #expect(group.synced("m1", 3, assigning: ["m1": [0], "m2": [1]])?.assignment == [0])
        #expect(group.syncs[follower]?.assignment == [1])
        #expect(group.state == .stable)
    }

    /// A follower that gives something up begins the second rebalance, too: its metadata says what it has left.
    @Test func `a follower asks for the second rebalance`() {
        let group = group()
        group.join(group.attempt(protocols: ["cooperative-sticky"], metadata: []))
        group.join(group.attempt("m1", protocols: ["cooperative-sticky"], metadata: [0, 1]))
        group.sync("m2", 2)
        group.sync("m1", 2, assigning: ["m1": [], "m2": [0, 1]])
        #expect(group.state == .stable)
        let again = group.join(group.attempt("m2", protocols: ["cooperative-sticky"], metadata: [0]))
        #expect(group.waiting.contains(again) && group.state == .preparingRebalance)
        // Unchanged, it would have had the same answer without one.
        let same = self.group()
        same.join(same.attempt(protocols: ["cooperative-sticky"], metadata: [7]))
        same.join(same.attempt("m1", protocols: ["cooperative-sticky"], metadata: [0, 1]))
        same.sync("m2", 2)
        same.sync("m1", 2, assigning: ["m1": [0], "m2": [1]])
        let unchanged = same.attempt("m2", protocols: ["cooperative-sticky"], metadata: [7])
        #expect(same.joined(unchanged)?.generation == 2 && same.state == .stable)
    }

    /// An upgrade from eager to cooperative (KIP-429): both are offered until all can do the new one.
    @Test func `members change from eager to cooperative one by one`() {
        let group = GroupHarness(.withoutDelay)
        let both = ["cooperative-sticky", "range"]
        group.join(group.attempt(protocols: ["range"]))
        group.sync("m1", 1, assigning: ["m1": [1]])
        let newcomer = group.join(group.attempt(protocols: both))
        group.join(group.attempt("m1", protocols: ["range"]))
        #expect(group.joins[newcomer]?.protocolName == "range")
        let upgraded = group.join(group.attempt("m1", protocols: both))
        group.join(group.attempt("m2", protocols: both))
        #expect(group.joins[upgraded]?.protocolName == "cooperative-sticky")
    }
}
