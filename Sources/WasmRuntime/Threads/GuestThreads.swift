import DequeModule
import Synchronization

/// Proof that code runs on a thread made for guests: one with stack enough and with an instance slot of its own.
public struct GuestThread: ~Copyable {
    init() {}
}

/// A fixed number of threads on which guests run, behind a bounded queue.
///
/// A guest may hold its thread for a whole call deadline and needs a stack of known size, so it runs neither on an event
/// loop nor in Swift's pool. Each thread uses one instance at a time: as many threads, so many pool slots.
public final class GuestThreads: Sendable {
    private let core: Core
    private let threads: Mutex<[NativeThread]>

    public init(name: String, count: Int, queueLimit: Int) throws(WasmRuntimeError) {
        core = Core(queueLimit: queueLimit)
        threads = Mutex([])
        let core = core
        for index in 0..<count {
            do {
                let thread = try NativeThread(name: "\(name)-\(index)") { core.work() }
                threads.withLock { $0.append(thread) }
            } catch {
                shutdown()
                throw error
            }
        }
    }

    /// Runs `work` on one of the threads and returns what it returned. Throws `.busy` if the queue is full, `.cancelled` if
    /// the task was cancelled before the work began (afterwards it runs to its end), `.shutDown` after `shutdown`.
    public func run<T: Sendable>(
        _ work: @escaping @Sendable (borrowing GuestThread) -> T
    ) async throws(WasmRuntimeError) -> T {
        let job = Job()
        let core = core
        let result: Result<T, WasmRuntimeError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                job.arm(
                    run: { thread in continuation.resume(returning: .success(work(thread))) },
                    fail: { error in continuation.resume(returning: .failure(error)) })
                core.enqueue(job)
            }
        } onCancel: {
            job.fail(WasmRuntimeError(.cancelled, "cancelled"))
        }
        return try result.get()
    }

    /// Puts `work` into the queue and returns at once. Exactly one of the two closures is called, once.
    func post(
        _ work: @escaping @Sendable (borrowing GuestThread) -> Void,
        orElse fail: @escaping @Sendable (WasmRuntimeError) -> Void
    ) {
        let job = Job()
        job.arm(run: work, fail: fail)
        core.enqueue(job)
    }

    /// Refuses new work, fails what is queued, waits for what runs. Not from one of the threads.
    public func shutdown() {
        core.close()
        let joined = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in joined { thread.join() }
    }
}

/// One piece of work on its way to a thread. Exactly one of its two ends is called, once.
private final class Job: Sendable {
    typealias Run = @Sendable (borrowing GuestThread) -> Void
    typealias Fail = @Sendable (WasmRuntimeError) -> Void

    private enum State {
        case new
        case failedEarly(WasmRuntimeError)
        case armed(run: Run, fail: Fail)
        case done
    }

    private let state = Mutex(State.new)

    func arm(run: @escaping Run, fail: @escaping Fail) {
        let failure = state.withLock { state -> WasmRuntimeError? in
            if case .failedEarly(let error) = state {
                state = .done
                return error
            }
            state = .armed(run: run, fail: fail)
            return nil
        }
        if let failure { fail(failure) }
    }

    /// Runs it, if it hasn't failed meanwhile.
    func run(on thread: borrowing GuestThread) {
        let work = state.withLock { state -> Run? in
            guard case .armed(let run, _) = state else { return nil }
            state = .done
            return run
        }
        work?(thread)
    }

    /// Ends it with `error`, if it hasn't begun.
    func fail(_ error: WasmRuntimeError) {
        let end = state.withLock { state -> Fail? in
            switch state {
            case .new:
                state = .failedEarly(error)
                return nil
            case .armed(_, let fail):
                state = .done
                return fail
            case .failedEarly, .done:
                return nil
            }
        }
        end?(error)
    }
}

/// What the threads share. Cancelled jobs stay in the queue until a thread passes over them: they count against its limit.
private final class Core: Sendable {
    private struct State {
        var queue: Deque<Job> = []
        var isClosed = false
    }

    private let queueLimit: Int
    private let state = Mutex(State())
    private let wake = Semaphore()

    init(queueLimit: Int) {
        self.queueLimit = queueLimit
    }

    func enqueue(_ job: Job) {
        let refusal = state.withLock { state -> WasmRuntimeError? in
            if state.isClosed { return WasmRuntimeError(.shutDown, "shutting down") }
            if state.queue.count >= queueLimit { return WasmRuntimeError(.busy, "all guest threads are busy") }
            state.queue.append(job)
            return nil
        }
        if let refusal { job.fail(refusal) } else { wake.signal() }
    }

    func work() {
        let thread = GuestThread()
        while true {
            let (job, isClosed) = state.withLock { ($0.queue.popFirst(), $0.isClosed) }
            if let job {
                job.run(on: thread)
            } else if isClosed {
                // The next thread's turn to see it.
                wake.signal()
                return
            } else {
                wake.wait()
            }
        }
    }

    func close() {
        let left = state.withLock { state in
            state.isClosed = true
            defer { state.queue = [] }
            return state.queue
        }
        for job in left { job.fail(WasmRuntimeError(.shutDown, "shutting down")) }
        wake.signal()
    }
}
