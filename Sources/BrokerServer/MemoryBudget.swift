internal import NIOCore
internal import Synchronization

/// Bytes that requests in flight may take, over all connections. Small frames are only counted, so that a parked fetch
/// or a heartbeat never waits behind produced data; a large frame waits until there is room for all of it.
final class MemoryBudget: Sendable {
    /// A place in the line. Used on the event loop of its connection.
    struct Ticket: Hashable {
        fileprivate var number: UInt64
    }

    private struct Waiter {
        var ticket: Ticket
        var byteCount: Int
        var granted: @Sendable () -> Void
    }

    private struct State {
        var limit: Int
        var used = 0
        var lastNumber: UInt64 = 0
        /// First come, first served. At most one per connection.
        var waiters: [Waiter] = []
    }

    private let state: Mutex<State>

    init(limit: Int) {
        state = Mutex(State(limit: max(1, limit)))
    }

    /// Another limit, from now on. What is granted stays.
    func limit(to limit: Int) {
        let granted = state.withLock { state in
            state.limit = max(1, limit)
            return grant(&state)
        }
        for waiter in granted { waiter.granted() }
    }

    var used: Int {
        state.withLock { $0.used }
    }

    func charge(_ byteCount: Int) {
        state.withLock { $0.used += byteCount }
    }

    /// nil if the bytes are taken. Else `granted` is called once they are, by the thread that gave others back; it only
    /// schedules. A frame larger than the whole budget waits until nothing else is in flight.
    func acquire(_ byteCount: Int, granted: @escaping @Sendable () -> Void) -> Ticket? {
        state.withLock { state in
            if state.waiters.isEmpty, fits(byteCount, state) {
                state.used += byteCount
                return nil
            }
            state.lastNumber += 1
            let ticket = Ticket(number: state.lastNumber)
            state.waiters.append(Waiter(ticket: ticket, byteCount: byteCount, granted: granted))
            return ticket
        }
    }

    /// False if the ticket's bytes have been granted already: then they must be released.
    func cancel(_ ticket: Ticket) -> Bool {
        let (removed, granted) = state.withLock { state -> (Bool, [Waiter]) in
            guard let index = state.waiters.firstIndex(where: { $0.ticket == ticket }) else { return (false, []) }
            state.waiters.remove(at: index)
            return (true, grant(&state))
        }
        for waiter in granted { waiter.granted() }
        return removed
    }

    func release(_ byteCount: Int) {
        let granted = state.withLock { state -> [Waiter] in
            state.used -= byteCount
            return state.waiters.isEmpty ? [] : grant(&state)
        }
        for waiter in granted { waiter.granted() }
    }

    private func fits(_ byteCount: Int, _ state: State) -> Bool {
        state.used == 0 || state.used + byteCount <= state.limit
    }

    private func grant(_ state: inout State) -> [Waiter] {
        var granted: [Waiter] = []
        while let first = state.waiters.first, fits(first.byteCount, state) {
            state.used += first.byteCount
            granted.append(state.waiters.removeFirst())
        }
        return granted
    }
}

/// What one connection holds of the budget, so that nothing of it is lost whichever way the connection ends.
final class BudgetShare: Sendable {
    let budget: MemoryBudget
    private let held = Atomic<Int>(0)

    init(_ budget: MemoryBudget) {
        self.budget = budget
    }

    /// A small frame.
    func charge(_ byteCount: Int) {
        held.wrappingAdd(byteCount, ordering: .relaxed)
        budget.charge(byteCount)
    }

    /// Bytes that `budget.acquire` has granted.
    func took(_ byteCount: Int) {
        held.wrappingAdd(byteCount, ordering: .relaxed)
    }

    func release(_ byteCount: Int) {
        held.wrappingSubtract(byteCount, ordering: .relaxed)
        budget.release(byteCount)
    }

    /// After the last use of the connection.
    func releaseAll() {
        budget.release(held.exchange(0, ordering: .relaxed))
    }
}
