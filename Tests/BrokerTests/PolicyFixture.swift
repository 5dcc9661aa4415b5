import KafkaRecords
import Logging
import Synchronization
import Views

@testable import Broker

/// A log in memory that can fail and be held up.
final class MemoryTopicLog: InternalTopicLog {
    struct Failure: Error {}

    private struct State {
        var batches: [[UInt8]] = []
        var next: Int64 = 0
        var fails = false
    }

    private let state = Mutex(State())

    var batches: [DecodedBatch] {
        get throws {
            try state.withLock { state in
                try state.batches.map { try DecodedBatch(decoding: $0.rawSpan, bound: 64 << 20) }
            }
        }
    }

    var records: [Record] {
        get throws { try batches.flatMap { batch in batch.records.indices.map { batch.record(at: $0) } } }
    }

    func fail() { state.withLock { $0.fails = true } }

    func append(_ batch: [UInt8]) async throws -> Int64 {
        // The one suspension that lets other changes in, as a real log does.
        await Task.yield()
        return try state.withLock { state in
            if state.fails { throw Failure() }
            var header = try RecordBatchHeader(batch.rawSpan)
            header.baseOffset = state.next
            var copy = batch
            copy.withUnsafeMutableBytes { header.write(to: $0) }
            state.batches.append(copy)
            defer { state.next += Int64(header.lastOffsetDelta) + 1 }
            return state.next
        }
    }

    func replay(_ visit: @Sendable (DecodedBatch) throws -> Void) async throws {
        for batch in try batches { try visit(batch) }
    }
}

/// Takes modules that begin with "good", and parameters that hold "mask" where the module's bytes say so.
final class FakeAdmission: ModuleAdmission {
    private let calls = Mutex<[String]>([])

    var log: [String] { calls.withLock { $0 } }

    func admit(_ module: [UInt8]) async throws(ModuleRefusal) -> String {
        let text = String(decoding: module, as: UTF8.self)
        calls.withLock { $0.append("module \(text)") }
        await Task.yield()
        guard text.hasPrefix("good") else { throw ModuleRefusal("imports env.now: no ABI has it") }
        return "sluice-1"
    }

    func admit(_ module: [UInt8], parameters: [ViewParameter], limits: ViewLimits) async throws(ModuleRefusal) {
        let text = String(decoding: module, as: UTF8.self)
        calls.withLock { $0.append("step \(text) \(parameters.map(\.key))") }
        if text.contains("mask"), !parameters.contains(where: { $0.key == "mask" }) {
            throw ModuleRefusal("sluice_init answered 3: missing parameter \"mask\"")
        }
    }
}

struct FixedTopics: TopicCatalog {
    var facts = [TopicFact(ref: TopicRef(id: (1, 1), name: "accounts"))]

    func topicFacts() async -> [TopicFact] { facts }
}

/// A store on logs in memory.
struct PolicyFixture {
    let modules = MemoryTopicLog()
    let views = MemoryTopicLog()
    let admission = FakeAdmission()
    let local = PolicyOrigin(principal: .admin, mayWrite: true)

    func makeStore(started: Bool = true) async throws -> PolicyStore {
        let store = PolicyStore(
            modules: modules, views: views, topics: FixedTopics(), admission: admission,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { 1_769_860_800_000 })
        if started { try await store.start() }
        return store
    }

    func deploy(_ store: PolicyStore, _ name: String, _ bytes: String) async -> PolicyAnswer {
        let record = Record(key: Array(name.utf8), value: Array(bytes.utf8), timestamp: 0)
        return await store.produce(topic: .modules, batch: RecordBatch.encode([record], codec: .gzip), origin: local)
    }

    func set(_ store: PolicyStore, _ changes: [(key: String, value: String?)]) async -> PolicyAnswer {
        let records = changes.map { key, value in
            Record(key: Array(key.utf8), value: value.map { Array($0.utf8) }, timestamp: 0)
        }
        return await store.produce(topic: .views, batch: RecordBatch.encode(records, producerId: 7), origin: local)
    }

    func bind(_ store: PolicyStore, _ group: String, _ target: String) async -> PolicyAnswer {
        await set(
            store,
            [(#"["binding",["exact","\#(group)"],["any"],["exact","accounts"]]"#, #"{"target":"\#(target)"}"#)])
    }

    func outcome(_ snapshot: PolicySnapshot, _ group: String?) -> String {
        var evidence = Evidence()
        evidence.connectionGroups = group.map { [Name($0)] } ?? []
        return Resolution.resolve(
            snapshot, Reader(principal: .anonymous), topic: TopicRef(id: (1, 1), name: "accounts"),
            evidence: evidence, now: 0, waitMs: 5_000, mayReadGroup: { _ in true }
        ).outcome.name
    }
}
