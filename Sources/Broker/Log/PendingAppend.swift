import SegmentLog
import Synchronization

/// A batch on its way into the log of a partition. Finished on the lane: when it's written (`log.flush = os`) or when the
/// group commit that covers it is through (`commit`).
final class PendingAppend: Sendable {
    typealias Outcome = Result<AppendResult, LogError>

    private enum State {
        case underWay
        case awaited(CheckedContinuation<Outcome, Never>)
        case done(Outcome)
    }

    private let state = Mutex(State.underWay)

    /// Called once.
    func finish(_ outcome: Outcome) {
        let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            defer { state = .done(outcome) }
            if case .awaited(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume(returning: outcome)
    }

    /// What became of it. Throws if it can't be known to be kept: then the partition is offline. Used by one task.
    func value() async throws(LogError) -> AppendResult {
        if let outcome = outcome() { return try outcome.get() }
        let outcome = await withCheckedContinuation { continuation in
            let done = state.withLock { state -> Outcome? in
                if case .done(let outcome) = state { return outcome }
                state = .awaited(continuation)
                return nil
            }
            if let done { continuation.resume(returning: done) }
        }
        return try outcome.get()
    }

    private func outcome() -> Outcome? {
        state.withLock { if case .done(let outcome) = $0 { outcome } else { nil } }
    }
}
