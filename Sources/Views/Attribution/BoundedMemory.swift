/// Group sets by key, with a bound on the number of (key, group) pairs. What was named longest ago goes first, found by a
/// second-chance queue, so that a touch costs no reordering.
struct BoundedMemory<Key: Hashable & Sendable>: Sendable {
    private struct Ticket: Sendable {
        var key: Key
        var group: Name
        var tick: UInt64
    }

    private(set) var sets: [Key: GroupSet] = [:]
    private var queue: [Ticket] = []
    private var head = 0

    /// Pairs that are queued, gone ones among them.
    var count: Int { queue.count - head }

    subscript(key: Key) -> GroupSet? { sets[key] }

    mutating func note(_ key: Key, _ entry: GroupSet.Entry, now: Int64, max: Int) {
        if sets[key, default: GroupSet()].note(entry, now: now) {
            queue.append(Ticket(key: key, group: entry.group, tick: entry.tick))
            if count > max { evict() }
        }
    }

    mutating func update(_ key: Key, _ body: (inout GroupSet) -> Void) {
        guard var set = sets[key] else { return }
        body(&set)
        sets[key] = set.isEmpty ? nil : set
    }

    mutating func remove(_ key: Key) {
        sets[key] = nil
    }

    private mutating func evict() {
        // Each turn either removes a pair or gives one that was named again its new place; the newest can't be reached
        // twice, so the loop ends after one round.
        var turns = count
        while turns > 0 {
            turns -= 1
            let ticket = queue[head]
            head += 1
            guard let entry = sets[ticket.key]?.entries.first(where: { $0.group == ticket.group }) else { break }
            if entry.tick == ticket.tick || turns == 0 {
                update(ticket.key) { $0.remove(ticket.group) }
                break
            }
            queue.append(Ticket(key: ticket.key, group: ticket.group, tick: entry.tick))
        }
        if head > 4096 && head > queue.count / 2 {
            queue.removeFirst(head)
            head = 0
        }
    }
}
