import Synchronization

/// A thread of its own that runs jobs one after the other. Jobs that come while it works are taken as one bunch, so that
/// a busy thread is not woken once a job.
final class JobThread: Sendable {
    /// Whose jobs these are: a job must be told on which executor it runs.
    @safe enum Kind: @unchecked Sendable {
        // Sendable: both are unowned references to executors, which are Sendable themselves.
        case serial(UnownedSerialExecutor)
        case task(UnownedTaskExecutor)
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let signal = ThreadSignal()
    private let name: String

    init(name: String) {
        self.name = name
    }

    func enqueue(_ job: UnownedJob) {
        let wasEmpty = state.withLock { state in
            state.jobs.append(job)
            return state.jobs.count == 1
        }
        if wasEmpty { signal.signal() }
    }

    /// Called once, by the executor that owns this thread.
    func start(_ kind: Kind) {
        startThread(named: name) { [self] in run(kind) }
    }

    /// Ends the thread once the jobs that are there have run. Nothing may be enqueued afterwards.
    func stop() {
        state.withLock { $0.isStopped = true }
        signal.signal()
    }

    private func run(_ kind: Kind) {
        while true {
            let (jobs, isStopped) = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                return (jobs, state.isStopped)
            }
            if jobs.isEmpty {
                if isStopped { return }
                signal.wait()
                continue
            }
            switch kind {
            case .serial(let executor): for job in jobs { unsafe job.runSynchronously(on: executor) }
            case .task(let executor): for job in jobs { unsafe job.runSynchronously(on: executor) }
            }
        }
    }
}
