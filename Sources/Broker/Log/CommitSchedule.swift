import DequeModule

/// When the partitions of a lane are synced, and in which order. Knows no threads, files or clocks; times are nanoseconds of
/// a clock that never goes back.
///
/// A sync waits a little for its group: those whose records the last one made durable are about to send again, and the first of
/// them would else have a sync for itself and the rest another (8 requests in flight: 2 to 4 a sync, with the wait 5 to 7). It waits
/// only where no other partition is to be synced, until as many have written as the last sync answered, and no longer than
/// that sync took.
struct CommitSchedule<Member> {
    enum Turn {
        case sync(Member)
        case wait(untilNs: Int64)
        case nothing
    }

    /// The longest wait for a group.
    static var waitNsMax: Int64 { 2_000_000 }

    private var dirty: Deque<Member> = []
    private var isRunning = false
    /// Set while a sync waits for its group.
    private var waitsUntilNs: Int64?
    /// What the last sync took.
    private var syncNs: Int64 = 0

    /// A sync waits for its group.
    var isWaiting: Bool { waitsUntilNs != nil }

    /// Asks for a sync of `member`. True: turns have to be taken from now on, until one is `nothing`.
    mutating func request(_ member: Member) -> Bool {
        dirty.append(member)
        defer { isRunning = true }
        return !isRunning
    }

    /// A sync has ended, and took so long.
    mutating func synced(inNs ns: Int64) { syncNs = ns }

    /// What is to be done now. `hasWholeGroup`: as many have written again as the member's last sync answered.
    mutating func turn(nowNs: Int64, hasWholeGroup: (Member) -> Bool) -> Turn {
        guard let first = dirty.first else {
            isRunning = false
            waitsUntilNs = nil
            return .nothing
        }
        if dirty.count == 1, !hasWholeGroup(first) {
            let deadline = waitsUntilNs ?? nowNs + min(syncNs, Self.waitNsMax)
            if nowNs < deadline {
                waitsUntilNs = deadline
                return .wait(untilNs: deadline)
            }
        }
        waitsUntilNs = nil
        dirty.removeFirst()
        return .sync(first)
    }
}

extension CommitSchedule.Turn: Sendable where Member: Sendable {}
extension CommitSchedule.Turn: Equatable where Member: Equatable {}
