import Glibc
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

    private enum Job {
        case swift(UnownedJob)
        case work(@Sendable () -> Void)
    }

    private struct State {
        var jobs: [Job] = []
        var alarm: (deadlineNs: Int64, work: @Sendable () -> Void)?
        var isStopped = false
    }

    private let state = Mutex(State())
    private let signal: ClockedSignal
    private let name: String
    private let clock: any BrokerClock
    /// 0 before the thread runs.
    private let thread = Atomic<UInt>(0)

    /// `clock`: what alarms go by.
    init(name: String, clock: any BrokerClock = SystemBrokerClock()) {
        self.name = name
        self.clock = clock
        signal = ClockedSignal(clock)
    }

    /// True on this thread.
    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func enqueue(_ job: UnownedJob) { add(.swift(job)) }

    /// Runs `work` in its turn, on the thread and outside of any task.
    func enqueue(_ work: @escaping @Sendable () -> Void) { add(.work(work)) }

    private func add(_ job: Job) {
        let wasEmpty = state.withLock { state in
            state.jobs.append(job)
            return state.jobs.count == 1
        }
        if wasEmpty { signal.signal() }
    }

    /// Runs `work` once nothing else is to be done at `deadlineNs` of the clock or later. Called on this
    /// thread. There is one alarm: the next one takes its place, and `stop` lets go of it.
    func setAlarm(atNs deadlineNs: Int64, _ work: @escaping @Sendable () -> Void) {
        precondition(isCurrent, "an alarm is set on its thread, which is awake then")
        state.withLock { $0.alarm = (deadlineNs, work) }
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
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while true {
            let (jobs, alarm, isStopped) = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                return (jobs, state.alarm, state.isStopped)
            }
            if jobs.isEmpty {
                if isStopped { return }
                if let alarm, clock.monotonicNs() >= alarm.deadlineNs {
                    state.withLock { $0.alarm = nil }
                    alarm.work()
                } else {
                    signal.wait(untilNs: alarm?.deadlineNs)
                }
                continue
            }
            for job in jobs {
                switch job {
                case .work(let work): work()
                case .swift(let job):
                    switch kind {
                    case .serial(let executor): unsafe job.runSynchronously(on: executor)
                    case .task(let executor): unsafe job.runSynchronously(on: executor)
                    }
                }
            }
        }
    }
}
