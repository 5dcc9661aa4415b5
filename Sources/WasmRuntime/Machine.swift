import KafkaRecords
import Synchronization

/// The parts of a runtime that has begun: engine, clock, threads.
final class Machine: Sendable {
    private let engine: WasmEngine
    private let ticker: EpochTicker
    /// Where guests run.
    let guests: GuestThreads
    /// Where the compiler is waited for, one module at a time.
    let compiler: GuestThreads
    let judge: SuspectJudge
    private let artifacts: ArtifactStore
    private let fuelEngine = Mutex<WasmEngine?>(nil)
    private let compileCount = Atomic<Int>(0)
    private let compileNanoseconds = Atomic<Int>(0)

    init(_ configuration: GuestRuntime.Configuration) throws(WasmRuntimeError) {
        artifacts = try ArtifactStore(directory: configuration.artifactDirectory)
        // One slot for each guest thread, one for the judge.
        engine = try WasmEngine(slots: configuration.threadCount + 1)
        guests = try GuestThreads(
            name: "sluice-guest", count: configuration.threadCount, queueLimit: configuration.queueLimit)
        compiler = try GuestThreads(name: "sluice-compile", count: 1, queueLimit: 256)
        judge = try SuspectJudge(now: configuration.now)
        ticker = try EpochTicker(engine)
    }

    func shutdown() {
        guests.shutdown()
        // Before the judge's: it may be waiting for the compiler, which then fails it.
        compiler.shutdown()
        judge.shutdown()
        ticker.stop()
    }

    var statistics: GuestRuntime.Statistics {
        let fuelCount = fuelEngine.withLock { $0?.instanceCount.load(ordering: .relaxed) }
        return GuestRuntime.Statistics(
            instanceCount: engine.instanceCount.load(ordering: .relaxed) + (fuelCount ?? 0),
            compileCount: compileCount.load(ordering: .relaxed),
            compileNanoseconds: compileNanoseconds.load(ordering: .relaxed))
    }

    /// Runs `work` with the clock of the call deadlines going.
    func ticking<T, E: Error>(_ work: () throws(E) -> T) throws(E) -> T {
        ticker.enter()
        defer { ticker.leave() }
        return try work()
    }

    /// On the compiler's thread.
    func load(
        _ module: [UInt8], _ configuration: GuestRuntime.Configuration
    ) throws(WasmRuntimeError) -> LoadedModule {
        guard module.count <= configuration.moduleBytesMax else {
            throw .refused("module is \(module.count) bytes, module.bytes.max is \(configuration.moduleBytesMax)")
        }
        let description = try ModuleInspector.describe(module.rawSpan)
        let abi = try ModuleRules.check(description)
        let digest = sha256(module)
        let compiled = try compile(module, digest, engine, configuration)
        return LoadedModule(sha256: digest, abi: abi, description: description, main: compiled, source: module)
    }

    /// The kept artifact, or a new one. One that is kept but that the engine doesn't take is made anew.
    private func compile(
        _ module: [UInt8], _ digest: [UInt8], _ engine: WasmEngine, _ configuration: GuestRuntime.Configuration
    ) throws(WasmRuntimeError) -> CompiledModule {
        if let artifact = artifacts.load(digest, engine.profile),
            let compiled = try? CompiledModule(artifact: artifact, engine: engine)
        {
            return compiled
        }
        try engine.validate(module)
        let start = Monotonic.nanoseconds()
        let artifact = try configuration.compile.compile(module, engine.profile, artifacts.directory)
        compileCount.wrappingAdd(1, ordering: .relaxed)
        compileNanoseconds.wrappingAdd(Int(Monotonic.nanoseconds() - start), ordering: .relaxed)
        let compiled = try CompiledModule(artifact: artifact, engine: engine)
        artifacts.store(artifact, digest, engine.profile)
        return compiled
    }

    /// On the judge's thread: the batch's outcome with as much time as it takes, or nil if the machine couldn't.
    func judged(
        _ batch: DecodedBatch, _ plan: ViewPlan, recordMax: Int, _ configuration: GuestRuntime.Configuration
    ) -> BatchOutcome? {
        var modules: [CompiledModule] = []
        for step in plan.steps {
            guard let module = fuelModule(step.module, configuration) else { return nil }
            modules.append(module)
        }
        return try? ticking { () throws(StepRunner.Stop) in
            try BatchTransform.judge(batch, plan, recordMax: recordMax, modules: modules)
        }
    }

    /// The module for the fuel engine; compiled on the compiler's thread when first asked for.
    func fuelModule(
        _ module: LoadedModule, _ configuration: GuestRuntime.Configuration
    ) -> CompiledModule? {
        if let compiled = module.fuel.withLock({ $0 }) { return compiled }
        let done = Semaphore()
        compiler.post { [self] _ in
            if let engine = fuel(), let compiled = try? compile(module.source, module.sha256, engine, configuration) {
                module.fuel.withLock { $0 = compiled }
            }
            done.signal()
        } orElse: { _ in
            done.signal()
        }
        done.wait()
        return module.fuel.withLock { $0 }
    }

    private func fuel() -> WasmEngine? {
        if let engine = fuelEngine.withLock({ $0 }) { return engine }
        // Only the compiler's thread comes here, so no second one is made meanwhile.
        guard let engine = try? WasmEngine(onDemand: .fuel) else { return nil }
        fuelEngine.withLock { $0 = engine }
        return engine
    }
}
