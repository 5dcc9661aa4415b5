import KafkaMessages
import Synchronization

/// Counts the answers with raw bytes that are on their way to a socket, by topic. A policy change that protects a topic is
/// acknowledged only when none of it is left to send (view-security A11).
final class RawSends: Sendable {
    private struct State {
        var sends: [UInt64: Send] = [:]
        var nextId: UInt64 = 0
        var waiters: [Waiter] = []
    }

    private struct Send {
        var topics: [Uuid]
        var connection: ConnectionInfo
    }

    private struct Waiter {
        var pending: Set<UInt64>
        var continuation: CheckedContinuation<Void, Never>
    }

    private let state = Mutex(State())

    /// Returns what is called when the bytes are sent or the connection has gone.
    func begin(_ topics: [Topic], connection: ConnectionInfo) -> @Sendable () -> Void {
        let send = Send(topics: topics.map(\.id), connection: connection)
        let id = state.withLock { state in
            state.nextId += 1
            state.sends[state.nextId] = send
            return state.nextId
        }
        return { [self] in end(id) }
    }

    private func end(_ id: UInt64) {
        let ready = state.withLock { state in
            state.sends[id] = nil
            for index in state.waiters.indices { state.waiters[index].pending.remove(id) }
            let ready = state.waiters.filter(\.pending.isEmpty)
            state.waiters.removeAll(where: \.pending.isEmpty)
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Closes the connections that still have raw bytes of `topics` to send after `graceMs`, and returns when none is left.
    func drain(_ topics: Set<Uuid>, graceMs: Int64, timers: Timers) async {
        let pending = state.withLock { state in
            Set(state.sends.filter { !topics.isDisjoint(with: $0.value.topics) }.keys)
        }
        if pending.isEmpty { return }
        let token = timers.schedule(afterMs: graceMs) { [self] in
            let late = state.withLock { state in pending.compactMap { state.sends[$0]?.connection } }
            for connection in late { connection.abort() }
        }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                let left = pending.filter { state.sends[$0] != nil }
                if left.isEmpty { return true }
                state.waiters.append(Waiter(pending: left, continuation: continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
        timers.cancel(token)
    }
}
