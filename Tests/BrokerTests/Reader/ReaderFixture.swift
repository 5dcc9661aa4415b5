// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import CWasmtime
import Glibc
import KafkaMessages
import KafkaRecords
import NIOCore
import Synchronization
import Testing

@testable import Broker
@testable import WasmRuntime

/// A stored log of one partition, read as a partition's log is.
struct StoredLog: Sendable {
    private(set) var batches: [(header: RecordBatchHeader, bytes: [UInt8])] = []

    var endOffset: Int64 { batches.last.map { $0.header.lastOffset + 1 } ?? 0 }

    /// Appends a batch of records with these values. The key is the value's, the header says `h: x`.
    mutating func append(
        _ values: [String?], codec: Codec = .none, producerId: Int64 = -1, isTransactional: Bool = false,
        leaderEpoch: Int32 = 3
    ) {
        let records = values.map { value in
            Record(
                key: value.map { Array($0.utf8) }, value: value.map { Array($0.utf8) },
                headers: [("h", Array("x".utf8))], timestamp: 1_700_000_000_000)
        }
        append(
            RecordBatch.encode(
                records, baseOffset: endOffset, codec: codec, producerId: producerId,
                producerEpoch: producerId < 0 ? -1 : 2, baseSequence: producerId < 0 ? -1 : 5,
                isTransactional: isTransactional, partitionLeaderEpoch: leaderEpoch))
    }

    mutating func append(_ bytes: [UInt8]) {
        batches.append((try! RecordBatchHeader(bytes.rawSpan), bytes))
    }

    /// Whole batches from the one that holds `offset` on, the first whatever its size.
    func chunk(from offset: Int64, _ bytesMax: Int) -> StoredChunk {
        var bytes: [UInt8] = []
        for batch in batches where batch.header.lastOffset >= offset {
            if !bytes.isEmpty, bytes.count + batch.bytes.count > bytesMax { break }
            bytes += batch.bytes
        }
        return bytes.isEmpty ? .end : .bytes(bytes)
    }
}

/// Collects what the encoder reports.
final class CollectingSink: ViewErrorSink {
    private let state = Mutex<([ViewFailure], Int)>(([], 0))
    var failures: [ViewFailure] { state.withLock { $0.0 } }
    var omitted: Int { state.withLock { $0.1 } }

    func report(_ failures: [ViewFailure], omitted: Int) {
        state.withLock { state in
            state.0 += failures
            state.1 += omitted
        }
    }
}

/// An encoder with a real engine and a module that does what the first byte of a value says: `d` drops, `e` fails, `t` traps,
/// `l` loops, `s` replaces the value by `*`, `K` returns the key as the value with no headers, all else is kept.
final class ReaderFixture: Sendable {
    static let topicId = Uuid(high: 7, low: 9)

    let runtime: GuestRuntime
    let sink = CollectingSink()
    let nothingBelow = NothingBelow()
    let meter = ViewMeter()
    private let directory: String

    init() {
        var template = Array("/tmp/sluice-reader-XXXXXX".utf8CString)
        directory = String(cString: mkdtemp(&template)!)
        runtime = GuestRuntime(
            configuration: .init(artifactDirectory: directory, compile: .inProcess, threadCount: 1))
    }

    deinit {
        runtime.shutdown()
        if let entries = opendir(directory) {
            while let entry = readdir(entries) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                unlink("\(directory)/\(name)")
            }
            closedir(entries)
        }
        rmdir(directory)
    }

    func plan(
        _ rule: OnErrorRule = .stop, limits: GuestLimits = GuestLimits(), digest: UInt8 = 1
    ) async throws -> ViewPlan {
        let module = try await runtime.load(Self.guest())
        return ViewPlan(
            steps: [StepPlan(module: module)], limits: limits, onError: rule,
            digest: ViewDigest([UInt8](repeating: digest, count: 32)))
    }

    func request(
        _ plan: ViewPlan, from offset: Int64 = 0, bytesMax: Int = 1 << 20, dialect: AnswerDialect = .emptyBatches
    ) -> ReaderRequest {
        ReaderRequest(
            topicId: Self.topicId, topic: "accounts", partition: 4, leaderEpoch: 3, fetchOffset: offset,
            bytesMax: bytesMax, sendsFirstWhole: true, plan: plan, dialect: dialect, decompressedMax: 1 << 24,
            recordMax: 1 << 20, meter: meter)
    }

    func encode(
        _ request: ReaderRequest, _ log: StoredLog, cache: ViewCache? = nil, nothingBelow: NothingBelow? = nil
    ) async throws -> EncodedFetch {
        let (runtime, sink, nothingBelow) = (runtime, sink, nothingBelow ?? self.nothingBelow)
        return try await runtime.run { thread in
            ReaderEncoder.encode(
                request, runtime: runtime, sink: sink, nothingBelow: nothingBelow, cache: cache, on: thread
            ) { log.chunk(from: $0, $1) }
        }
    }

    /// `mask`: the letter that stands for a value that begins with `s`.
    static func guest(mask: Character = "*") throws -> [UInt8] {
        let verdict = { (value: Int) in "(i32.store offset=40 (local.get $e) (i32.const \(value)))" }
        let on = { (letter: Character, action: String) in
            "(if (i32.eq (local.get $k) (i32.const \(letter.asciiValue!))) (then \(action)))"
        }
        let text = """
            (module (memory (export "memory") 4)
              (data (i32.const 16) "\(mask)")
              (data (i32.const 32) "\\00")
              (func (export "sluice_abi_1"))
              (func (export "sluice_alloc") (param i32) (result i32) (i32.const 1024))
              (func (export "sluice_transform") (param $b i32) (result i32)
                (local $i i32) (local $e i32) (local $k i32)
                (block $done (loop $next
                  (br_if $done (i32.ge_u (local.get $i) (i32.load offset=4 (local.get $b))))
                  (local.set $e (i32.add (i32.add (local.get $b) (i32.const 32))
                    (i32.mul (local.get $i) (i32.const 64))))
                  (local.set $k (i32.const 0))
                  (if (i32.gt_s (i32.load offset=28 (local.get $e)) (i32.const 0))
                    (then (local.set $k (i32.load8_u (i32.load offset=24 (local.get $e))))))
                  \(verdict(1))
                  \(on("d", verdict(2)))
                  \(on("e", verdict(3)))
                  \(on("t", "(unreachable)"))
                  \(on("l", "(loop $ever (br $ever))"))
                  \(on("s", "(i32.store offset=24 (local.get $e) (i32.const 16)) (i32.store offset=28 (local.get $e) (i32.const 1))" + verdict(0x12)))
                  \(on("K", "(i32.store offset=24 (local.get $e) (i32.load offset=16 (local.get $e))) (i32.store offset=28 (local.get $e) (i32.load offset=20 (local.get $e))) (i32.store offset=32 (local.get $e) (i32.const 32)) (i32.store offset=36 (local.get $e) (i32.const 1)) (i32.store offset=20 (local.get $e) (i32.const -1))" + verdict(0x17)))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br $next)))
                (i32.const 0)))
            """
        try WasmLibrary.load()
        var bytes = wasm_byte_vec_t()
        if let error = wasmtime_wat2wasm(text, text.utf8.count, &bytes) {
            throw WasmRuntimeError(.moduleRefused, EngineFailure.take(error))
        }
        defer { wasm_byte_vec_delete(&bytes) }
        return [UInt8](UnsafeBufferPointer(start: bytes.data, count: bytes.size))
    }
}

extension EncodedFetch {
    /// The batches, decoded by the other side of the format: checksums and all.
    func decoded() throws -> [DecodedBatch] {
        let bytes = Array(bytes.readableBytesView)
        var batches: [DecodedBatch] = []
        var walk = RecordBatches(bytes.rawSpan)
        while let (header, position) = try walk.next() {
            let slice = Array(bytes[position..<position + header.byteCount])
            batches.append(try DecodedBatch(decoding: slice.rawSpan, bound: 1 << 24))
        }
        #expect(walk.remainder == 0)
        return batches
    }

    /// `offset:value` of each record; `key=…`, `h=…` only where they aren't the usual ones.
    func words() throws -> [String] {
        try decoded().flatMap { batch in
            batch.records.indices.map { index in
                let record = batch.record(at: index)
                let text = record.value.map { String(decoding: $0, as: UTF8.self) } ?? "null"
                let headers = record.headers.map {
                    "\($0.key)=\($0.value.map { String(decoding: $0, as: UTF8.self) } ?? "null")"
                }
                return "\(batch.header.offset(of: batch.records[index])):\(text)"
                    + (headers == ["h=x"] ? "" : " \(headers.joined(separator: ","))")
            }
        }
    }
}
