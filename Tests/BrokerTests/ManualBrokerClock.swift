import Synchronization

@testable import Broker

/// The broker's clocks, which stand still until a test moves them. The threads that wait for a moment wait for that.
final class ManualBrokerClock: BrokerClock {
    private struct State {
        var elapsedNs: Int64 = 0
        var observers: [@Sendable () -> Void] = []
    }

    private static let startMs: Int64 = 1_700_000_000_000
    private let state = Mutex(State())

    func wallMs() -> Int64 { Self.startMs + monotonicNs() / 1_000_000 }

    func monotonicNs() -> Int64 { state.withLock { $0.elapsedNs } }

    func onMove(_ moved: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { $0.observers.append(moved) }
        return true
    }

    func advance(_ ms: Int64) { advance(nanoseconds: ms * 1_000_000) }

    func advance(nanoseconds: Int64) {
        let observers = state.withLock { state in
            state.elapsedNs += nanoseconds
            return state.observers
        }
        for moved in observers { moved() }
    }
}

/// Waits for what comes by itself, on other threads.
func eventually(_ isTrue: () async throws -> Bool) async rethrows {
    while try await !isTrue() { await Task.yield() }
}
