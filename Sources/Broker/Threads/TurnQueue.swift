import Synchronization

/// Lets one asynchronous change at a time through, in the order of asking. An actor alone doesn't: it begins the next call
/// while one awaits.
final class TurnQueue: Sendable {
    private struct State {
        var isBusy = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let waitingMax: Int
    private let state = Mutex(State())

    init(waitingMax: Int) {
        self.waitingMax = waitingMax
    }

    /// Waits for a turn; false, without one, if too many wait.
    func take() async -> Bool {
        let mayWait = state.withLock { state in
            if !state.isBusy { return true }
            return state.waiting.count < waitingMax
        }
        guard mayWait else { return false }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.isBusy else {
                    state.isBusy = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        return true
    }

    /// Ends the turn that `take` gave.
    func end() {
        let next = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isBusy = false
                return nil as CheckedContinuation<Void, Never>?
            }
            // The turn goes over to the next one; it stays busy.
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
