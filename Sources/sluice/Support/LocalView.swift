import KafkaClient
import KafkaRecords
import WasmRuntime

/// Runs a view in this process, over records that this reader was sent anyway: it can only narrow what is shown.
final class LocalView {
    /// A module and how a step uses it.
    struct Step {
        var module: [UInt8]
        var parameters: [(name: String, value: String)] = []
        var keepsHeaders = true
    }

    /// What became of one record.
    enum Result {
        /// As it was.
        case kept
        case changed(ConsumedRecord)
        case dropped
        case failed(FailureClass, step: Int)
    }

    /// Records that go through the view in one call.
    private static let recordsMax = 500
    private static let batchBytesMax = 1024 * 1024
    private static let recordBytesMax = 64 * 1024 * 1024

    private let runtime: GuestRuntime
    private let plan: ViewPlan
    private let cache: String
    /// Before the message of each failure, as in `--map`.
    private let label: String
    /// Nanoseconds that the view has run.
    private(set) var nanoseconds: Int64 = 0

    /// Compiles the modules, in a process of its own unless `compile` says otherwise, and tries them without records.
    init(
        _ steps: [Step], limits: GuestLimits = GuestLimits(), label: String,
        compile: CompileStrategy = .child(executable: "/proc/self/exe")
    ) async throws(CommandFailure) {
        self.label = label
        cache = try TemporaryDirectory.make()
        runtime = GuestRuntime(
            configuration: GuestRuntime.Configuration(
                artifactDirectory: cache, compile: compile, threadCount: 1, moduleBytesMax: ModuleFile.bytesMax))
        do throws(WasmRuntimeError) {
            var plans: [StepPlan] = []
            for step in steps {
                let loaded = try await runtime.admit(step.module)
                let parameters = Dictionary(
                    step.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
                let plan = StepPlan(module: loaded, parameters: parameters, keepHeaders: step.keepsHeaders)
                try await runtime.admit(plan, limits: limits)
                plans.append(plan)
            }
            // Nothing is cached across views here, so any digest will do.
            plan = ViewPlan(
                steps: plans, limits: limits,
                digest: ViewDigest(plans.first?.module.sha256 ?? [UInt8](repeating: 0, count: 32)))
        } catch {
            runtime.shutdown()
            TemporaryDirectory.remove(cache)
            throw CommandFailure(error.code == .moduleRefused ? .refused : .failed, "\(label): \(error.message)")
        }
    }

    func close() {
        runtime.shutdown()
        TemporaryDirectory.remove(cache)
    }

    /// - Returns: a result for each record, in their order.
    func run(_ records: [ConsumedRecord]) async throws(CommandFailure) -> [Result] {
        var results: [Result] = []
        for chunk in Self.chunks(records) {
            let batch = try batch(of: Array(chunk))
            let begin = ContinuousClock.now
            let outcome = try await transform(batch)
            nanoseconds += (ContinuousClock.now - begin).nanoseconds
            for (record, verdict) in zip(chunk, outcome.records) {
                results.append(try result(verdict, of: record, outcome.arena))
            }
        }
        return results
    }

    /// The fuel that each record takes in the view's first step; nil where that fails it.
    func fuel(of records: [ConsumedRecord]) async throws(CommandFailure) -> [UInt64?] {
        var fuel: [UInt64?] = []
        for chunk in Self.chunks(records) {
            let batch = try batch(of: Array(chunk))
            do throws(WasmRuntimeError) {
                fuel += try await runtime.fuel(of: batch, step: plan.steps[0], limits: plan.limits)
            } catch {
                throw CommandFailure(.failed, "\(label): \(error.message)")
            }
        }
        return fuel
    }

    private static func chunks(_ records: [ConsumedRecord]) -> [ArraySlice<ConsumedRecord>] {
        var chunks: [ArraySlice<ConsumedRecord>] = []
        var start = 0
        while start < records.count {
            var end = start
            var byteCount = 0
            while end < records.count, end - start < recordsMax, byteCount < batchBytesMax {
                byteCount += (records[end].key?.count ?? 0) + (records[end].value?.count ?? 0)
                end += 1
            }
            chunks.append(records[start..<end])
            start = end
        }
        return chunks
    }

    private func batch(of records: [ConsumedRecord]) throws(CommandFailure) -> DecodedBatch {
        let bytes = RecordBatch.encode(
            records.map { Record(key: $0.key, value: $0.value, headers: $0.headers, timestamp: $0.timestamp) })
        do throws(RecordBatchError) {
            return try DecodedBatch(decoding: bytes.rawSpan, bound: bytes.count)
        } catch {
            throw CommandFailure(.failed, "\(label): \(error)")
        }
    }

    /// A record that takes long is judged aside, by the work it takes; then the same batch is asked for again.
    private func transform(_ batch: DecodedBatch) async throws(CommandFailure) -> BatchOutcome {
        let identity = BatchIdentity(
            topicIdHigh: 0, topicIdLow: 0, partition: 0, baseOffset: 0, leaderEpoch: 0, crc: batch.header.crc,
            byteCount: batch.header.byteCount)
        while true {
            let result: TransformResult
            do throws(WasmRuntimeError) {
                result = try await runtime.run { [runtime, plan] thread in
                    runtime.transform(batch, plan: plan, identity: identity, recordMax: Self.recordBytesMax, on: thread)
                }
            } catch {
                throw CommandFailure(.failed, "\(label): \(error.message)")
            }
            switch result {
            case .done(let outcome): return outcome
            case .unavailable: throw CommandFailure(.failed, "\(label): the Wasm engine can't run here")
            case .judging:
                do {
                    try await Task.sleep(for: .milliseconds(20))
                } catch {
                    throw CommandFailure(.failed, "\(label): cancelled")
                }
            }
        }
    }

    private func result(
        _ verdict: RecordOutcome, of record: ConsumedRecord, _ arena: [UInt8]
    ) throws(CommandFailure) -> Result {
        switch verdict.kind {
        case .keep: return .kept
        case .drop: return .dropped
        case .failed: return .failed(verdict.failure, step: Int(verdict.step))
        case .replaced:
            var changed = record
            if verdict.parts.contains(.key) { changed.key = Self.bytes(verdict.key, of: arena) }
            if verdict.parts.contains(.value) { changed.value = Self.bytes(verdict.value, of: arena) }
            if verdict.parts.contains(.headers) {
                changed.headers = try headers(Self.bytes(verdict.headers, of: arena) ?? [0])
            }
            return .changed(changed)
        }
    }

    private static func bytes(_ range: PartRange, of arena: [UInt8]) -> [UInt8]? {
        guard range.count >= 0 else { return nil }
        return Array(arena[Int(range.start)..<Int(range.start) + Int(range.count)])
    }

    private func headers(_ section: [UInt8]) throws(CommandFailure) -> [(key: String, value: [UInt8]?)] {
        var headers: [(key: String, value: [UInt8]?)] = []
        do throws(RecordBatchError) {
            var cursor = try RecordHeaderCursor(section.rawSpan)
            while let header = try cursor.next() {
                let key = String(decoding: header.key(in: section.rawSpan).copy(), as: UTF8.self)
                headers.append((key: key, value: header.value(in: section.rawSpan)?.copy()))
            }
        } catch {
            throw CommandFailure(.failed, "\(label): the module gave headers that aren't any")
        }
        return headers
    }
}
