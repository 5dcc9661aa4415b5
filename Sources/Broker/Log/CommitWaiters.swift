import SegmentLog
import Synchronization

/// Those who wait until their records are durable.
final class CommitWaiters: Sendable {
    private enum Who {
        case append(PendingAppend, AppendResult)
        case task(CheckedContinuation<Result<Void, LogError>, Never>)

        func resume(_ error: LogError?) {
            switch self {
            case .append(let pending, let result): pending.finish(error.map { .failure($0) } ?? .success(result))
            case .task(let continuation): continuation.resume(returning: error.map { .failure($0) } ?? .success(()))
            }
        }
    }

    private struct Waiter {
        let lastOffset: Int64
        let who: Who
    }

    private let waiting = Mutex<(waiters: [Waiter], failure: LogError?)>(([], nil))

    func wait(for lastOffset: Int64, published: PublishedLogView<PosixFileSystem>) async throws(LogError) {
        let result = await withCheckedContinuation { continuation in
            add(Waiter(lastOffset: lastOffset, who: .task(continuation)), published)
        }
        try result.get()
    }

    /// Finishes `pending` with `result` once it's durable.
    func finish(
        _ pending: PendingAppend, _ result: AppendResult, published: PublishedLogView<PosixFileSystem>
    ) {
        add(Waiter(lastOffset: result.lastOffset, who: .append(pending, result)), published)
    }

    private func add(_ waiter: Waiter, _ published: PublishedLogView<PosixFileSystem>) {
        let atOnce = waiting.withLock { state -> Result<Void, LogError>? in
            if let failure = state.failure { return .failure(failure) }
            if published.current.highWatermark > waiter.lastOffset { return .success(()) }
            state.waiters.append(waiter)
            return nil
        }
        switch atOnce {
        case nil: break
        case .success: waiter.who.resume(nil)
        case .failure(let error): waiter.who.resume(error)
        }
    }

    /// Answers those that the published end has passed.
    func resume(published: PublishedLogView<PosixFileSystem>) {
        let end = published.current.highWatermark
        let ready = waiting.withLock { state in
            let ready = state.waiters.filter { $0.lastOffset < end }
            state.waiters.removeAll { $0.lastOffset < end }
            return ready
        }
        for waiter in ready { waiter.who.resume(nil) }
    }

    func fail(_ error: LogError) {
        let all = waiting.withLock { state in
            defer { state = ([], error) }
            return state.waiters
        }
        for waiter in all { waiter.who.resume(error) }
    }
}
