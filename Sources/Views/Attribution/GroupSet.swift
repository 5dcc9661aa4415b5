/// The groups that requests named at one place (a connection, a process, a client), with the rule by which they leave:
/// by LeaveGroup or expiry when another takes their place; the last one stays.
struct GroupSet: Sendable {
    struct Entry: Sendable {
        var group: Name
        var expiresAt: Int64
        var hasLeft = false
        /// The connection that named it last.
        var connection: UInt64
        /// When it was named last, in events of the table.
        var tick: UInt64
    }

    private(set) var entries: [Entry] = []

    /// More groups at one place are a client that can't be told anything from; the oldest go.
    static let entriesMax = 64

    var isEmpty: Bool { entries.isEmpty }

    /// Returns whether the group is new here.
    @discardableResult
    mutating func note(_ entry: Entry, now: Int64) -> Bool {
        let index = entries.firstIndex { $0.group == entry.group }
        if let index { entries[index] = entry } else { entries.append(entry) }
        entries.removeAll { $0.group != entry.group && ($0.hasLeft || $0.expiresAt <= now) }
        if entries.count > Self.entriesMax,
            let oldest = entries.indices.min(by: { entries[$0].tick < entries[$1].tick })
        {
            entries.remove(at: oldest)
        }
        return index == nil
    }

    mutating func leave(_ group: Name) {
        for index in entries.indices where entries[index].group == group { entries[index].hasLeft = true }
    }

    /// Takes back what a connection said that turned out to be an admin tool's.
    mutating func remove(namedBy connection: UInt64) {
        entries.removeAll { $0.connection == connection }
    }

    mutating func remove(_ group: Name) {
        entries.removeAll { $0.group == group }
    }

    /// The groups that count now.
    func current(now: Int64) -> [Name] {
        // Nearly always there is one, which stays whatever its age.
        if entries.count <= 1 { return entries.map(\.group) }
        let fresh = entries.filter { !$0.hasLeft && $0.expiresAt > now }
        if !fresh.isEmpty { return fresh.map(\.group) }
        guard let last = entries.max(by: { $0.tick < $1.tick }) else { return [] }
        return [last.group]
    }

    /// Whether nothing here counts any more for somebody who is no longer here.
    func isExpired(now: Int64) -> Bool {
        entries.allSatisfy { $0.expiresAt <= now }
    }
}
