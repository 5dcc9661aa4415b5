import Synchronization

/// A few threads for file reads that may wait for the disk, so that neither event loops nor log lanes do; another of them
/// hashes passwords.
final class ReadPool: TaskExecutor, Sendable {
    private let threads: [JobThread]
    private let turn = Atomic<UInt>(0)

    init(threadCount: Int, name: String = "read") {
        threads = (0..<max(1, threadCount)).map { JobThread(name: "\(name)-\($0)") }
        for thread in threads { unsafe thread.start(.task(asUnownedTaskExecutor())) }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let turn = turn.wrappingAdd(1, ordering: .relaxed).newValue
        threads[Int(turn % UInt(threads.count))].enqueue(UnownedJob(job))
    }

    func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        unsafe UnownedTaskExecutor(ordinary: self)
    }

    func stop() {
        for thread in threads { thread.stop() }
    }
}

extension ReadPool {
    /// Runs blocking work on a thread of the pool.
    func run<Value: Sendable, Failure: Error>(
        _ work: @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withTaskExecutorPreference(self) { await call(work) }
        return try result.get()
    }

    /// Not isolated to its caller, so that it runs where the executor preference says.
    @concurrent
    private func call<Value: Sendable, Failure: Error>(
        _ work: @Sendable () throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        do throws(Failure) {
            return .success(try work())
        } catch {
            return .failure(error)
        }
    }
}
