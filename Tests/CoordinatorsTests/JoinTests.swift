import Testing

@testable import Coordinators

@Suite struct JoinTests {
    @Test func `a first member waits for the initial delay and leads`() throws {
        let group = GroupHarness()
        let ticket = group.join(group.attempt(metadata: [7]))
        #expect(group.state == .preparingRebalance)
        #expect(group.machine.nextDeadline == 4_000)
        group.advance(by: 2_999)
        #expect(group.joins[ticket] == nil)
        group.advance(by: 1)
        let answer = try #require(group.joins[ticket])
        #expect(answer.error == nil)
        #expect(answer.generation == 1)
        #expect(answer.leaderId == "m1" && answer.memberId == "m1")
        #expect(answer.protocolName == "range" && answer.protocolType == "consumer")
        #expect(answer.members == [.init(id: "m1", instanceId: nil, metadata: [7])])
        #expect(group.state == .completingRebalance)
    }

    @Test func `without an initial delay the first member has its answer at once`() {
        let group = GroupHarness(.withoutDelay)
        let ticket = group.join(group.attempt())
        #expect(group.joins[ticket]?.generation == 1)
    }

    @Test func `newcomers lengthen the initial delay up to the rebalance time-out`() {
        let group = GroupHarness()
        let first = group.join(group.attempt(rebalanceMs: 7_000))
        group.advance(by: 2_000)
        let second = group.join(group.attempt(rebalanceMs: 7_000))
        group.advance(by: 1_000)
        #expect(group.joins[first] == nil, "set again, since a member came")
        group.advance(by: 1_000)
        group.join(group.attempt(rebalanceMs: 7_000))
        group.advance(by: 2_000)
        #expect(group.joins[first] == nil)
        #expect(group.machine.nextDeadline == 8_000, "only what is left of the rebalance time-out")
        group.advance(by: 1_000)
        #expect(group.joins[first]?.generation == 1)
        #expect(group.joins[second]?.members == [], "only the leader gets the members")
        #expect(group.joins[first]?.members.count == 3)
    }

    @Test func `a dynamic member gets its id first`() throws {
        let group = GroupHarness(.withoutDelay)
        let first = try #require(group.joined(group.attempt(idFirst: true)))
        #expect(first.error == .memberIdRequired)
        #expect(first.memberId == "m1")
        #expect(first.generation == -1)
        #expect(group.state == .empty)
        let second = try #require(group.joined(group.attempt("m1", idFirst: true)))
        #expect(second.error == nil && second.memberId == "m1" && second.generation == 1)
    }

    @Test func `an id that was given out lapses with the session time-out`() {
        let group = GroupHarness(.withoutDelay)
        group.join(group.attempt(idFirst: true))
        #expect(group.machine.nextDeadline == 11_000)
        group.advance(by: 10_000)
        #expect(group.machine.nextDeadline == nil)
        #expect(group.joined(group.attempt("m1"))?.error == .unknownMemberId)
        group.join(group.attempt(sessionMs: 1_800_000, idFirst: true))
        group.advance(by: 300_000)
        #expect(group.machine.description.pendingCount == 0, "not kept longer than a JoinGroup is")
    }

    @Test func `a rebalance waits for an id that was given out, until it lapses`() {
        let group = GroupHarness.stable(1)
        group.join(group.attempt(idFirst: true))
        #expect(group.state == .stable)
        let leader = group.join(group.attempt("m1"))
        #expect(group.joins[leader] == nil)
        group.advance(by: 10_000)
        #expect(group.joins[leader]?.generation == 2)
    }

    @Test(arguments: ["", "nobody"]) func `an unknown member id is refused`(prefix: String) {
        let group = GroupHarness(.withoutDelay)
        #expect(group.joined(group.attempt(prefix + "x"))?.error == .unknownMemberId)
    }

    @Test(arguments: [5_999, 1_800_001, 0, -1, Int32.max] as [Int32])
    func `a session time-out out of range is refused`(sessionMs: Int32) {
        let group = GroupHarness()
        #expect(group.joined(group.attempt(sessionMs: sessionMs))?.error == .invalidSessionTimeout)
        #expect(group.state == .empty)
    }

    @Test func `limits of a request are refused`() {
        let group = GroupHarness()
        let many = group.attempt(protocols: (0...64).map { "p\($0)" })
        #expect(group.joined(many)?.error == .invalidRequest)
        let large = group.attempt(metadata: [UInt8](repeating: 0, count: 1 << 20 | 1))
        #expect(group.joined(large)?.error == .invalidRequest)
        let long = group.attempt(String(repeating: "x", count: 1_025))
        #expect(group.joined(long)?.error == .invalidRequest)
        #expect(group.joined(group.attempt(instance: ""))?.error == .invalidRequest)
        let longName = group.attempt(protocols: [String(repeating: "x", count: 1_025)])
        #expect(group.joined(longName)?.error == .invalidRequest)
        let longType = group.attempt(type: String(repeating: "x", count: 1_025))
        #expect(group.joined(longType)?.error == .invalidRequest)
    }

    @Test func `protocols must be named and meet those of the group`() {
        let group = GroupHarness(.withoutDelay)
        #expect(group.joined(group.attempt(protocols: []))?.error == .inconsistentGroupProtocol)
        #expect(group.joined(group.attempt(type: ""))?.error == .inconsistentGroupProtocol)
        group.join(group.attempt(protocols: ["range", "sticky"]))
        #expect(group.joined(group.attempt(type: "connect"))?.error == .inconsistentGroupProtocol)
        #expect(group.joined(group.attempt(protocols: ["other"]))?.error == .inconsistentGroupProtocol)
    }

    @Test func `each member votes for its first protocol that all have`() {
        let group = GroupHarness()
        let first = group.join(group.attempt(protocols: ["only-mine", "range", "sticky"]))
        group.join(group.attempt(protocols: ["sticky", "range"]))
        group.join(group.attempt(protocols: ["sticky", "sticky", "range"]))
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        #expect(group.joins[first]?.protocolName == "sticky")
    }

    @Test func `a group that had other protocols once is free again when it is empty`() {
        let group = GroupHarness.stable(1)
        #expect(group.leave(.init(memberId: "m1")) == [nil])
        #expect(group.state == .empty)
        let ticket = group.join(group.attempt(protocols: ["other"], type: "connect"))
        group.advance(by: 3_000)
        #expect(group.joins[ticket]?.protocolType == "connect")
        #expect(group.joins[ticket]?.generation == 3)
    }

    @Test func `a full group takes no more, but those that it knows`() {
        let group = GroupHarness(.members(max: 2))
        group.join(group.attempt())
        let second = group.join(group.attempt())
        let first = group.join(group.attempt("m1"))
        #expect(group.joins[first]?.generation == 2)
        #expect(group.joins[second]?.generation == 2)
        #expect(group.joined(group.attempt())?.error == .groupMaxSizeReached)
        #expect(group.joined(group.attempt(idFirst: true))?.error == .groupMaxSizeReached)
        #expect(group.joined(group.attempt("m2"))?.error == nil)
    }

    @Test func `ids given out count as members`() {
        let group = GroupHarness(.members(max: 2))
        for _ in 0..<2 { group.join(group.attempt(idFirst: true)) }
        #expect(group.joined(group.attempt(idFirst: true))?.error == .groupMaxSizeReached)
        #expect(group.machine.description.pendingCount == 2)
    }

    @Test func `a follower that joins Stable again unchanged has the same generation`() throws {
        let group = GroupHarness.stable(2)
        let answer = try #require(group.joined(group.attempt("m2")))
        #expect(answer.generation == 1 && answer.leaderId == "m1" && answer.members == [])
        #expect(group.state == .stable)
    }

    @Test func `a changed follower or a leader that joins Stable again starts a rebalance`() {
        for (memberId, metadata) in [("m2", [9]), ("m1", [1])] as [(String, [UInt8])] {
            let group = GroupHarness.stable(2)
            #expect(group.joined(group.attempt(memberId, metadata: metadata)) == nil)
            #expect(group.state == .preparingRebalance)
        }
    }

    @Test func `a member that joins CompletingRebalance again unchanged has the same answer`() throws {
        let group = GroupHarness(.withoutDelay)
        let first = group.join(group.attempt())
        let again = group.join(group.attempt("m1"))
        #expect(group.joins[again] == group.joins[first])
        #expect(group.joins[again]?.members.count == 1)
        #expect(group.joined(group.attempt("m1", metadata: [5]))?.generation == 2)
    }

    @Test func `a second JoinGroup of a waiting member answers the first`() {
        let group = GroupHarness.stable(2)
        let first = group.join(group.attempt("m1"))
        let second = group.join(group.attempt("m1"))
        #expect(group.joins[first]?.error == .rebalanceInProgress)
        #expect(group.joins[second] == nil)
        group.join(group.attempt("m2"))
        #expect(group.joins[second]?.generation == 2)
    }

    @Test func `members that don't come back in time are removed and another leads`() throws {
        let group = GroupHarness.stable(3)
        let ticket = group.join(group.attempt("m2", metadata: [2]))
        for _ in 0..<7 {
            group.advance(by: 8_000)
            #expect(group.heartbeat("m1", 1) == .rebalanceInProgress)
            #expect(group.heartbeat("m3", 1) == .rebalanceInProgress)
        }
        #expect(group.joins[ticket] == nil)
        group.advance(by: 4_000)
        let answer = try #require(group.joins[ticket])
        #expect(answer.generation == 2 && answer.leaderId == "m2" && answer.members.count == 1)
        #expect(group.changes.filter { $0.kind == .expired }.map(\.memberId).sorted() == ["m1", "m3"])
        #expect(group.heartbeat("m1", 1) == .unknownMemberId)
    }

    @Test func `a new member that waits too long is removed`() {
        let group = GroupHarness.stable(1)
        let ticket = group.join(group.attempt(rebalanceMs: 900_000))
        for _ in 0..<60 where group.joins[ticket] == nil {
            group.advance(by: 5_000)
            _ = group.heartbeat("m1", 1)
        }
        #expect(group.joins[ticket]?.error == .unknownMemberId)
        #expect(group.machine.description.members.map(\.id) == ["m1"])
    }

    @Test func `a new member whose connection goes while it waits is removed`() {
        let group = GroupHarness()
        let first = group.attempt()
        group.join(first)
        let second = group.join(group.attempt())
        group.abandon("m1", first.ticket)
        group.advance(by: 3_000)
        group.advance(by: 3_000)
        #expect(group.joins[second]?.leaderId == "m2")
        #expect(group.joins[second]?.members.map(\.id) == ["m2"])
    }

    @Test func `a known member whose connection goes while it waits takes part and has its session to come back`() {
        let group = GroupHarness.stable(2)
        let first = group.attempt("m1")
        group.join(first)
        group.abandon("m1", first.ticket)
        let second = group.join(group.attempt("m2"))
        #expect(group.joins[second]?.generation == 2, "nobody is held up")
        #expect(group.joined(group.attempt("m1"))?.generation == 2)
        group.sync("m1", 2, assigning: ["m1": [1]])
        group.advance(by: 9_000)
        #expect(group.heartbeat("m2", 2) == nil)
        group.advance(by: 1_000)
        #expect(group.state == .preparingRebalance)
    }

    @Test func `an abandoned ticket that isn't the newest changes nothing`() {
        let group = GroupHarness.stable(2)
        let old = group.attempt("m1")
        group.join(old)
        let new = group.join(group.attempt("m1"))
        group.abandon("m1", old.ticket)
        group.join(group.attempt("m2"))
        #expect(group.joins[new]?.generation == 2)
    }

    @Test func `a dead group answers everything with COORDINATOR_NOT_AVAILABLE`() {
        let group = GroupHarness()
        #expect(group.machine.delete() == .delete)
        #expect(group.state == .dead)
        #expect(group.joined(group.attempt())?.error == .coordinatorNotAvailable)
        #expect(group.synced("m1", 1)?.error == .coordinatorNotAvailable)
        #expect(group.heartbeat("m1", 1) == .coordinatorNotAvailable)
        #expect(group.commit("", -1) == .coordinatorNotAvailable)
        #expect(group.leave(.init(memberId: "m1")) == [.coordinatorNotAvailable])
        #expect(group.machine.delete() == .reject(.groupIdNotFound))
        #expect(group.machine.description == .dead)
        group.advance(by: 1_000_000)
        #expect(group.machine.nextDeadline == nil)
    }

    @Test func `a generation after the last number is the first again`() throws {
        let group = GroupHarness(
            reloading: .init(
                protocolType: "consumer", generation: .max, protocolName: nil, leaderId: nil, members: []))
        let ticket = group.join(group.attempt())
        group.advance(by: 3_000)
        #expect(group.joins[ticket]?.generation == 1)
    }

    @Test func `a member's client id and host are those of its last JoinGroup`() {
        let group = GroupHarness.stable(2)
        group.changes = []
        group.join(group.attempt("m1", clientId: "other", host: "10.0.0.2"))
        #expect(
            group.changes == [
                .init(
                    kind: .joined, memberId: "m1", clientId: "other", clientHost: "10.0.0.2", sessionTimeoutMs: 10_000)
            ])
    }
}
