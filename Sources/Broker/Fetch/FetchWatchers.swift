import Synchronization

/// The parked fetches that wait for one partition.
final class FetchWatchers: Sendable {
    private let waiting = Mutex<[ObjectIdentifier: FetchWaiter]>([:])

    var count: Int { waiting.withLock { $0.count } }

    func add(_ waiter: FetchWaiter) {
        waiting.withLock { $0[ObjectIdentifier(waiter)] = waiter }
    }

    func remove(_ waiter: FetchWaiter) {
        waiting.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(waiter)) }
    }

    /// Wakes all; each looks for itself whether it has what it waits for.
    func wake() {
        let waiters = waiting.withLock { $0 }
        for waiter in waiters.values { waiter.wake() }
    }
}

/// One parked fetch. Woken at most once; a wake that comes before the wait is kept.
final class FetchWaiter: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Void, Never>)
        case woken
    }

    private let state = Mutex(State.idle)

    func wake() {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .woken }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume()
    }

    /// Returns when woken, or at once if it has been. A cancelled task is woken.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = state.withLock { state in
                    if case .woken = state { return true }
                    state = .waiting(continuation)
                    return false
                }
                if isWoken { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }
}
