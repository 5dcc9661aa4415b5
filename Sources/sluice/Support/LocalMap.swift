import KafkaClient
import KafkaRecords
import WasmRuntime

/// Runs a `--map` module in this process, over records that this reader was sent anyway: where the broker doesn't run
/// modules for this connection. It can only narrow what is shown.
final class LocalMap {
    /// Records that go through the module in one call.
    private static let recordsMax = 500
    private static let batchBytesMax = 1024 * 1024
    private static let recordBytesMax = 64 * 1024 * 1024

    private let runtime: GuestRuntime
    private let plan: ViewPlan
    private let cache: String

    /// Compiles the module, in a process of its own unless `compile` says otherwise, and tries it without records.
    init(
        module: [UInt8], parameters: [(name: String, value: String)],
        compile: CompileStrategy = .child(executable: "/proc/self/exe")
    ) async throws(CommandFailure) {
        cache = try TemporaryDirectory.make()
        runtime = GuestRuntime(
            configuration: GuestRuntime.Configuration(
                artifactDirectory: cache, compile: compile, threadCount: 1))
        do throws(WasmRuntimeError) {
            let loaded = try await runtime.admit(module)
            let step = StepPlan(
                module: loaded,
                parameters: Dictionary(parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last }))
            try await runtime.admit(step, limits: GuestLimits())
            // Nothing is cached across modules here, so the module's own digest will do.
            plan = ViewPlan(steps: [step], digest: ViewDigest(loaded.sha256))
        } catch {
            runtime.shutdown()
            TemporaryDirectory.remove(cache)
            throw CommandFailure(error.code == .moduleRefused ? .refused : .failed, "--map: \(error.message)")
        }
    }

    /// - Returns: what the module leaves of the records, in their order.
    /// - Throws: at the first record that the module can't take, with its place and the class of the error.
    func map(_ records: [ConsumedRecord]) async throws(CommandFailure) -> [ConsumedRecord] {
        var mapped: [ConsumedRecord] = []
        var start = 0
        while start < records.count {
            var end = start
            var byteCount = 0
            while end < records.count, end - start < Self.recordsMax, byteCount < Self.batchBytesMax {
                byteCount += (records[end].key?.count ?? 0) + (records[end].value?.count ?? 0)
                end += 1
            }
            mapped += try await mapChunk(Array(records[start..<end]))
            start = end
        }
        return mapped
    }

    func close() {
        runtime.shutdown()
        TemporaryDirectory.remove(cache)
    }

    private func mapChunk(_ records: [ConsumedRecord]) async throws(CommandFailure) -> [ConsumedRecord] {
        let bytes = RecordBatch.encode(
            records.map { Record(key: $0.key, value: $0.value, headers: $0.headers, timestamp: $0.timestamp) })
        let batch: DecodedBatch
        do throws(RecordBatchError) {
            batch = try DecodedBatch(decoding: bytes.rawSpan, bound: bytes.count)
        } catch {
            throw CommandFailure(.failed, "--map: \(error)")
        }
        let outcome = try await transform(batch, byteCount: bytes.count)
        var mapped: [ConsumedRecord] = []
        for (index, verdict) in outcome.records.enumerated() {
            var record = records[index]
            switch verdict.kind {
            case .keep: break
            case .drop: continue
            case .failed:
                throw CommandFailure(
                    .failed,
                    "--map: the module fails on \(record.topic)-\(record.partition) offset \(record.offset): "
                        + verdict.failure.name)
            case .replaced:
                if verdict.parts.contains(.key) { record.key = Self.bytes(verdict.key, of: outcome.arena) }
                if verdict.parts.contains(.value) { record.value = Self.bytes(verdict.value, of: outcome.arena) }
                if verdict.parts.contains(.headers) {
                    record.headers = try Self.headers(Self.bytes(verdict.headers, of: outcome.arena) ?? [0])
                }
            }
            mapped.append(record)
        }
        return mapped
    }

    /// A record that takes long is judged aside, by the work it takes; then the same batch is asked for again.
    private func transform(_ batch: DecodedBatch, byteCount: Int) async throws(CommandFailure) -> BatchOutcome {
        let identity = BatchIdentity(
            topicIdHigh: 0, topicIdLow: 0, partition: 0, baseOffset: 0, leaderEpoch: 0, crc: batch.header.crc,
            byteCount: byteCount)
        while true {
            let result: TransformResult
            do throws(WasmRuntimeError) {
                result = try await runtime.run { [runtime, plan] thread in
                    runtime.transform(batch, plan: plan, identity: identity, recordMax: Self.recordBytesMax, on: thread)
                }
            } catch {
                throw CommandFailure(.failed, "--map: \(error.message)")
            }
            switch result {
            case .done(let outcome): return outcome
            case .unavailable: throw CommandFailure(.failed, "--map: the Wasm engine can't run here")
            case .judging:
                do {
                    try await Task.sleep(for: .milliseconds(20))
                } catch {
                    throw CommandFailure(.failed, "--map: cancelled")
                }
            }
        }
    }

    private static func bytes(_ range: PartRange, of arena: [UInt8]) -> [UInt8]? {
        guard range.count >= 0 else { return nil }
        return Array(arena[Int(range.start)..<Int(range.start) + Int(range.count)])
    }

    private static func headers(_ section: [UInt8]) throws(CommandFailure) -> [(key: String, value: [UInt8]?)] {
        var headers: [(key: String, value: [UInt8]?)] = []
        do throws(RecordBatchError) {
            var cursor = try RecordHeaderCursor(section.rawSpan)
            while let header = try cursor.next() {
                let key = String(decoding: header.key(in: section.rawSpan).copy(), as: UTF8.self)
                headers.append((key: key, value: header.value(in: section.rawSpan)?.copy()))
            }
        } catch {
            throw CommandFailure(.failed, "--map: the module gave headers that aren't any")
        }
        return headers
    }
}
