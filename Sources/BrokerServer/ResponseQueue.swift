internal import Broker
internal import DequeModule
internal import Synchronization

/// Answers of one connection in the order of its requests, between the task that reads and the one that writes. Bounded:
/// a full queue stops the reading. One task pushes, one takes.
final class ResponseQueue: Sendable {
    private struct State {
        var replies: Deque<(reply: Reply, requestByteCount: Int)> = []
        /// Replies in the queue, and the one that the writer has taken and not written yet.
        var outstanding = 0
        var isFinished = false
        var taker: CheckedContinuation<Void, Never>?
        var pusher: CheckedContinuation<Void, Never>?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// True if every answer so far is written: then the reading task, the only one that pushes, may write the next one
    /// itself and saves the switch to the writer.
    var isIdle: Bool {
        state.withLock { $0.outstanding == 0 }
    }

    /// `requestByteCount`: bytes of the request that are counted until the answer is there.
    func push(_ reply: Reply, requestByteCount: Int) async {
        let taker = state.withLock { state in
            state.outstanding += 1
            state.replies.append((reply, requestByteCount))
            return state.taker.take()
        }
        taker?.resume()
        while isFull {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.outstanding >= limit else { return false }
                    state.pusher = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        }
    }

    /// nil when `finish` has been called and everything is taken.
    func next() async -> (reply: Reply, requestByteCount: Int)? {
        while true {
            let (next, isFinished) = state.withLock { ($0.replies.popFirst(), $0.isFinished) }
            if let next { return next }
            if isFinished { return nil }
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.replies.isEmpty, !state.isFinished else { return false }
                    state.taker = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        }
    }

    /// The reply that `next` gave is written or dropped.
    func written() {
        let pusher = state.withLock { state in
            state.outstanding -= 1
            return state.outstanding < limit ? state.pusher.take() : nil
        }
        pusher?.resume()
    }

    func finish() {
        let taker = state.withLock { state in
            state.isFinished = true
            return state.taker.take()
        }
        taker?.resume()
    }

    private var isFull: Bool {
        state.withLock { $0.outstanding >= limit }
    }
}
