import KafkaMessages
import Metering
import SegmentLog
import Synchronization
import Views
import WasmRuntime

/// Runs views for fetches: keeps the modules that are loaded, makes plans of views, and calls the encoder on the guests'
/// threads.
final class ViewReader: Sendable {
    /// A view can't be run now.
    enum Failure: Error {
        /// Its module can't be loaded: it denies until that is mended.
        case module(VersionedName)
        /// The machine's trouble; trying again may help.
        case temporary
    }

    private static let plansMax = 10_000

    let runtime: GuestRuntime
    let nothingBelow = NothingBelow()
    /// nil: `view.cache.bytes` is 0.
    let cache: ViewCache?
    private let sink: any ViewErrorSink
    private let moduleBytes: @Sendable (Digest) -> [UInt8]?
    private let modules = Mutex<[Digest: LoadedModule]>([:])
    /// Plans and meters by what readers get: views that are the same are counted under the name that came first.
    private let plans = Mutex<[Digest: (plan: ViewPlan, meter: ViewMeter)]>([:])
    private let metrics: BrokerMetrics

    /// `moduleBytes`: those of a stored module.
    init(
        runtime: GuestRuntime, sink: any ViewErrorSink, metrics: BrokerMetrics, cacheBytes: Int,
        moduleBytes: @escaping @Sendable (Digest) -> [UInt8]?
    ) {
        cache = ViewCache(byteLimit: cacheBytes)
        self.runtime = runtime
        self.sink = sink
        self.metrics = metrics
        self.moduleBytes = moduleBytes
    }

    /// The view, ready to run. Loads its modules the first time.
    func plan(for target: ViewTarget) async throws(Failure) -> (plan: ViewPlan, meter: ViewMeter) {
        if let known = plans.withLock({ $0[target.digest] }) { return known }
        var steps: [StepPlan] = []
        for step in target.definition.steps { steps.append(try await plan(for: step)) }
        let plan = ViewPlan(
            steps: steps, limits: GuestLimits(target.definition.limits),
            onError: OnErrorRule(target.definition.onError), digest: ViewDigest(target.digest.bytes),
            reuse: target.definition.reuse)
        let meter = metrics.views.take(target.name.description)
        plans.withLock { plans in
            if plans.count >= Self.plansMax { plans.removeAll() }
            plans[target.digest] = (plan, meter)
        }
        return (plan, meter)
    }

    private func plan(for step: ViewStep) async throws(Failure) -> StepPlan {
        let module: LoadedModule
        if let known = modules.withLock({ $0[step.sha256] }) {
            module = known
        } else {
            guard let bytes = moduleBytes(step.sha256) else { throw .module(step.module) }
            do throws(WasmRuntimeError) {
                module = try await runtime.load(bytes)
            } catch {
                throw error.code == .moduleRefused ? .module(step.module) : .temporary
            }
            modules.withLock { $0[step.sha256] = module }
        }
        var parameters: [String: String] = [:]
        for parameter in step.parameters { parameters[parameter.key.string] = parameter.value }
        return StepPlan(module: module, parameters: parameters, keepHeaders: step.headers == .keep)
    }

    /// Reads a partition through a view. nil: the guests' threads are busy or end.
    func read(_ request: ReaderRequest, view: LogView<PosixFileSystem>) async -> EncodedFetch? {
        do throws(WasmRuntimeError) {
            return try await runtime.run { [runtime, sink, nothingBelow, cache, metrics] thread in
                ReaderEncoder.encode(
                    request, runtime: runtime, sink: sink, nothingBelow: nothingBelow, cache: cache,
                    guestSeconds: metrics.guestSeconds, on: thread
                ) { offset, bytesMax in Self.chunk(view, offset, bytesMax) }
            }
        } catch {
            return nil
        }
    }

    private static func chunk(_ view: LogView<PosixFileSystem>, _ offset: Int64, _ bytesMax: Int) -> StoredChunk {
        do throws(LogError) {
            guard let slice = try view.slice(from: offset, maxBytes: bytesMax) else { return .end }
            return .bytes(try slice.bytes())
        } catch {
            return .failed(error.code)
        }
    }

    var cacheCounts: ViewCache.Counts { cache?.counts ?? ViewCache.Counts() }

    /// Blocks until what runs has run.
    func close() { runtime.shutdown() }
}

extension OnErrorRule {
    init(_ rule: OnError) {
        switch rule {
        case .stop: self = .stop
        case .drop: self = .drop
        case .replace: self = .replace
        }
    }
}
