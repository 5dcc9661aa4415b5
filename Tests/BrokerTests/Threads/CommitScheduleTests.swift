import Testing

@testable import Broker

/// When the partitions of a lane are synced. Members are numbers; those that are named have their whole group.
@Suite struct CommitScheduleTests {
    /// The schedule, as a reference.
    private final class Schedule {
        private var schedule = CommitSchedule<Int>()

        var isWaiting: Bool { schedule.isWaiting }

        func request(_ member: Int) -> Bool { schedule.request(member) }

        func synced(inNs ns: Int64) { schedule.synced(inNs: ns) }

        func turn(nowNs: Int64, hasWholeGroup: (Int) -> Bool) -> CommitSchedule<Int>.Turn {
            schedule.turn(nowNs: nowNs, hasWholeGroup: hasWholeGroup)
        }
    }

    @Test func oneRunAtATime() {
        let schedule = Schedule()
        #expect(schedule.request(1))
        #expect(!schedule.request(2))
        #expect(schedule.turn(nowNs: 0) { _ in false } == .sync(1))
        #expect(schedule.turn(nowNs: 0) { _ in false } == .sync(2))
        // The run goes on while the last sync does.
        #expect(!schedule.request(1))
        #expect(schedule.turn(nowNs: 0) { _ in true } == .sync(1))
        #expect(schedule.turn(nowNs: 0) { _ in true } == .nothing)
        #expect(schedule.request(3))
    }

    @Test func theFirstSyncWaitsForNobody() {
        let schedule = Schedule()
        _ = schedule.request(1)
        #expect(schedule.turn(nowNs: 5) { _ in false } == .sync(1))
        #expect(!schedule.isWaiting)
    }

    @Test(arguments: [1_000, 1_999_999, 2_000_000, 2_000_001, 60_000_000_000] as [Int64])
    func aSyncWaitsAsLongAsTheLastTookAndNoLongerThanTwoMilliseconds(syncNs: Int64) {
        let schedule = Schedule()
        _ = schedule.request(1)
        schedule.synced(inNs: syncNs)
        let deadline = 7 + min(syncNs, 2_000_000)
        #expect(schedule.turn(nowNs: 7) { _ in false } == .wait(untilNs: deadline))
        #expect(schedule.isWaiting)
        // Looking again doesn't make it longer.
        #expect(schedule.turn(nowNs: 100) { _ in false } == .wait(untilNs: deadline))
        #expect(schedule.turn(nowNs: deadline - 1) { _ in false } == .wait(untilNs: deadline))
        #expect(schedule.turn(nowNs: deadline) { _ in false } == .sync(1))
        #expect(!schedule.isWaiting)
        #expect(schedule.turn(nowNs: deadline) { _ in false } == .nothing)
    }

    @Test func aWholeGroupEndsTheWait() {
        let schedule = Schedule()
        _ = schedule.request(1)
        schedule.synced(inNs: 1_000_000)
        #expect(schedule.turn(nowNs: 0) { _ in false } == .wait(untilNs: 1_000_000))
        #expect(schedule.turn(nowNs: 1) { $0 == 1 } == .sync(1))
    }

    @Test func anotherPartitionEndsTheWait() {
        let schedule = Schedule()
        _ = schedule.request(1)
        schedule.synced(inNs: 1_000_000)
        #expect(schedule.turn(nowNs: 0) { _ in false } == .wait(untilNs: 1_000_000))
        _ = schedule.request(2)
        #expect(schedule.turn(nowNs: 1) { _ in false } == .sync(1))
        // Now the other one is alone, and waits from here on.
        #expect(schedule.turn(nowNs: 2) { _ in false } == .wait(untilNs: 1_000_002))
    }
}
