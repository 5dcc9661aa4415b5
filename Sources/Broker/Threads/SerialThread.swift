/// An executor with one thread: what runs on it may block, and runs in the order in which it was enqueued.
final class SerialThread: SerialExecutor, Sendable {
    private let thread: JobThread

    init(name: String, clock: any BrokerClock = SystemBrokerClock()) {
        thread = JobThread(name: name, clock: clock)
        unsafe thread.start(.serial(asUnownedSerialExecutor()))
    }

    func enqueue(_ job: consuming ExecutorJob) { thread.enqueue(UnownedJob(job)) }

    /// Runs `work` behind what was enqueued before. Actors of this executor may be entered there by `assumeIsolated`.
    func run(_ work: @escaping @Sendable () -> Void) { thread.enqueue(work) }

    /// As `JobThread.setAlarm`: called on this thread.
    func setAlarm(atNs deadlineNs: Int64, _ work: @escaping @Sendable () -> Void) {
        thread.setAlarm(atNs: deadlineNs, work)
    }

    func checkIsolated() { precondition(thread.isCurrent, "not on the executor's thread") }

    func isIsolatingCurrentContext() -> Bool? { thread.isCurrent }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

    /// Ends the thread once the jobs that are there have run. Nothing may be enqueued afterwards.
    func stop() { thread.stop() }
}
