internal import Synchronization

/// Holds a sending task while its channel has enough to send. Opened and shut by the event loop.
final class WritabilityGate: Sendable {
    private struct State {
        var isOpen = true
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Open also when the channel is gone: then nothing is worth waiting for.
    func set(isOpen: Bool) {
        let waiter = state.withLock { state in
            state.isOpen = isOpen
            return isOpen ? state.waiter.take() : nil
        }
        waiter?.resume()
    }

    /// One task at a time.
    func pass() async {
        guard !state.withLock({ $0.isOpen }) else { return }
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                if !state.isOpen { state.waiter = continuation }
                return !state.isOpen
            }
            if !mustWait { continuation.resume() }
        }
    }
}
