public import KafkaRecords
import Synchronization

/// Runs guest modules: admits and loads them, and transforms batches with them on threads of its own.
///
/// Nothing exists before the first module comes: no library, no engine, no thread. Views cost nothing where they aren't used.
public final class GuestRuntime: Sendable {
    public struct Configuration: Sendable {
        /// Where artifacts are kept; made if it isn't there. Must be this user's own.
        public var artifactDirectory: String
        public var compile: CompileStrategy
        /// Guests that run at once.
        public var threadCount: Int
        /// Work that may wait for a thread.
        public var queueLimit: Int
        /// `module.bytes.max`.
        public var moduleBytesMax: Int
        /// Milliseconds of a clock that only goes forward.
        public var now: @Sendable () -> Int64

        public init(
            artifactDirectory: String, compile: CompileStrategy, threadCount: Int = 4, queueLimit: Int = 1024,
            moduleBytesMax: Int = 4 << 20, now: @escaping @Sendable () -> Int64 = GuestRuntime.monotonicMs
        ) {
            self.artifactDirectory = artifactDirectory
            self.compile = compile
            self.threadCount = min(max(1, threadCount), 32)
            self.queueLimit = queueLimit
            self.moduleBytesMax = moduleBytesMax
            self.now = now
        }
    }

    private enum State {
        case new
        case running(Machine)
        case shutDown
    }

    let configuration: Configuration
    private let state = Mutex(State.new)

    public init(configuration: Configuration) {
        self.configuration = configuration
    }

    /// Loads a module that has been admitted before, here or on another day: compiles it unless its artifact is kept.
    /// Throws `.moduleRefused` if it isn't one that we run.
    public func load(_ module: [UInt8]) async throws(WasmRuntimeError) -> LoadedModule {
        let machine = try machine()
        return try await machine.compiler.run { [configuration] _ in
            Result { () throws(WasmRuntimeError) in try machine.load(module, configuration) }
        }.get()
    }

    /// Decides whether `module` may be deployed: its size and form, whether the engine takes it, whether it can be
    /// instantiated. One that has no `sluice_init` must also take an empty batch; the others get theirs with parameters.
    /// Throws `.moduleRefused` with a message for whoever deploys.
    public func admit(_ module: [UInt8]) async throws(WasmRuntimeError) -> LoadedModule {
        let loaded = try await load(module)
        let machine = try machine()
        try await machine.guests.run { _ in
            Result { () throws(WasmRuntimeError) in
                try machine.ticking { () throws(WasmRuntimeError) in try Admission.tryModule(loaded) }
            }
        }.get()
        return loaded
    }

    /// Decides whether a view may have `step`: calls `sluice_init` with its parameters and then an empty batch. Throws
    /// `.moduleRefused`; its message holds the module's own words of a failed `sluice_init`, the only ones ever shown.
    public func admit(_ step: StepPlan, limits: GuestLimits) async throws(WasmRuntimeError) {
        let machine = try machine()
        try await machine.guests.run { _ in
            Result { () throws(WasmRuntimeError) in
                try machine.ticking { () throws(WasmRuntimeError) in try Admission.tryStep(step, limits: limits) }
            }
        }.get()
    }

    /// Runs `work` on a guest thread, where `transform` may be called. One call for all the batches of a partition.
    public func run<T: Sendable>(
        _ work: @escaping @Sendable (borrowing GuestThread) -> T
    ) async throws(WasmRuntimeError) -> T {
        try await machine().guests.run(work)
    }

    /// Transforms one batch. `recordMax` is the most bytes that key, value and headers of a record may have together.
    /// The same batch and plan give the same outcome, whatever else goes on.
    public func transform(
        _ batch: DecodedBatch, plan: ViewPlan, identity: BatchIdentity, recordMax: Int,
        on thread: borrowing GuestThread
    ) -> TransformResult {
        guard let machine = try? machine() else { return .unavailable(isLasting: true) }
        let key = OutcomeKey(batch: identity, digest: plan.digest)
        if let answer = machine.judge.answer(for: key) { return answer }
        do {
            return .done(
                try machine.ticking { () throws(StepRunner.Stop) in
                    try BatchTransform.run(batch, plan, recordMax: recordMax)
                })
        } catch {
            switch error {
            case .unavailable: return machine.judge.noteFailure(key)
            case .needsJudge:
                return machine.judge.judge(key) { [configuration] in
                    machine.judged(batch, plan, recordMax: recordMax, configuration)
                }
            }
        }
    }

    /// What a runtime has done since it began, for metrics.
    public struct Statistics: Sendable, Equatable {
        public var instanceCount = 0
        /// Modules that were compiled; one whose artifact is kept isn't.
        public var compileCount = 0
        public var compileNanoseconds = 0
    }

    public var statistics: Statistics {
        state.withLock { state in
            if case .running(let machine) = state { machine.statistics } else { Statistics() }
        }
    }

    /// Milliseconds of the machine's monotonic clock.
    public static let monotonicMs: @Sendable () -> Int64 = { Monotonic.milliseconds() }

    /// Ends all threads, when what runs has run. Everything throws `.shutDown` afterwards. Blocks; not from a guest thread.
    public func shutdown() {
        let old = state.withLock { state in
            defer { state = .shutDown }
            return state
        }
        if case .running(let machine) = old { machine.shutdown() }
    }

    /// Waits until everything that the judge has taken on is decided.
    func settle() async throws(WasmRuntimeError) {
        try await machine().judge.settle()
    }

    /// Runs `work` with the clock of the call deadlines going.
    func ticking<T>(_ work: () throws(GuestFault) -> T) throws(GuestFault) -> T {
        guard let machine = try? machine() else { throw .unavailable }
        return try machine.ticking(work)
    }

    func machine() throws(WasmRuntimeError) -> Machine {
        let result = state.withLock { state -> Result<Machine, WasmRuntimeError> in
            switch state {
            case .running(let machine): return .success(machine)
            case .shutDown: return .failure(WasmRuntimeError(.shutDown, "shutting down"))
            case .new:
                do throws(WasmRuntimeError) {
                    let machine = try Machine(configuration)
                    state = .running(machine)
                    return .success(machine)
                } catch {
                    return .failure(error)
                }
            }
        }
        return try result.get()
    }
}
