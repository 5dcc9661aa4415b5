// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import CWasmtime
import KafkaRecords
import Testing

@testable import WasmRuntime

/// Modules written by hand in the text format, mostly hostile.
enum Guests {
    struct WatError: Error { var text: String }

    /// The text format's bytes, by the engine's own assembler.
    static func assemble(_ text: String) throws -> [UInt8] {
        try WasmLibrary.load()
        var bytes = wasm_byte_vec_t()
        if let error = wasmtime_wat2wasm(text, text.utf8.count, &bytes) {
            throw WatError(text: EngineFailure.take(error))
        }
        defer { wasm_byte_vec_delete(&bytes) }
        return [UInt8](UnsafeBufferPointer(start: bytes.data, count: bytes.size))
    }

    static let marker = #"(func (export "sluice_abi_1"))"#

    /// An allocator with one buffer at 4096.
    static let allocator = """
        (func (export "sluice_alloc") (param i32) (result i32)
          (local $pages i32)
          (local.set $pages (i32.div_u (i32.add (local.get 0) (i32.const 69631)) (i32.const 65536)))
          (if (i32.gt_u (local.get $pages) (memory.size)) (then
            (if (i32.eq (memory.grow (i32.sub (local.get $pages) (memory.size))) (i32.const -1))
              (then (return (i32.const 0))))))
          (i32.const 4096))
        """

    /// A module whose transform runs `body` for each record, with $b the batch, $i the index, $e the entry and $k free.
    static func perRecord(
        _ body: String, before: String = "", after: String = "(i32.const 0)", extra: String = "", memory: String = "1"
    ) throws -> [UInt8] {
        try assemble(
            """
            (module
              (memory (export "memory") \(memory))
              \(marker) \(allocator) \(extra)
              (func (export "sluice_transform") (param $b i32) (result i32)
                (local $i i32) (local $n i32) (local $e i32) (local $k i32)
                (local.set $n (i32.load offset=4 (local.get $b)))
                \(before)
                (block $done (loop $next
                  (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
                  (local.set $e (i32.add (i32.add (local.get $b) (i32.const 32))
                    (i32.mul (local.get $i) (i32.const 64))))
                  \(body)
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br $next)))
                \(after)))
            """)
    }

    static func verdict(_ value: Int) -> String { "(i32.store offset=40 (local.get $e) (i32.const \(value)))" }

    /// Does what the first byte of a value says.
    static func actor() throws -> [UInt8] {
        var body = """
            (local.set $k (i32.const 107))
            (if (i32.gt_s (i32.load offset=28 (local.get $e)) (i32.const 0))
              (then (local.set $k (i32.load8_u (i32.load offset=24 (local.get $e))))))
            """
        for (letter, action) in actions {
            body += "\n(if (i32.eq (local.get $k) (i32.const \(letter.asciiValue!))) (then \(action)))"
        }
        return try perRecord(
            body,
            extra: """
                (data (i32.const 16) "\\02\\02a\\02b")
                (data (i32.const 32) "\\02\\02\\ff\\02b")
                (global $spin (mut i32) (i32.const 0))
                (func $recurse (result i32) (i32.add (call $recurse) (i32.const 1)))
                (func $burn (param i32) (loop $again
                  (global.set $spin (i32.add (global.get $spin) (i32.const 1)))
                  (br_if $again (i32.lt_u (global.get $spin) (local.get 0)))))
                """)
    }

    static let actions: [(Character, String)] = [
        ("k", verdict(1)),
        ("K", verdict(0x10)),
        ("d", verdict(2)),
        ("e", "(i32.store offset=44 (local.get $e) (i32.const 1000)) " + verdict(3)),
        ("n", "(nop)"),
        ("t", "(unreachable)"),
        ("l", "(loop $ever (br $ever))"),
        ("w", "(call $burn (i32.const 200000000)) " + verdict(1)),
        ("s", "(drop (call $recurse)) " + verdict(1)),
        ("v", "(i32.store offset=28 (local.get $e) (i32.const -1)) " + verdict(0x12)),
        (
            "y",
            "(i32.store offset=16 (local.get $e) (i32.const 17)) (i32.store offset=20 (local.get $e) (i32.const 2)) "
                + verdict(0x11)
        ),
        (
            "h",
            "(i32.store offset=32 (local.get $e) (i32.const 16)) (i32.store offset=36 (local.get $e) (i32.const 5)) "
                + verdict(0x14)
        ),
        (
            "H",
            "(i32.store offset=32 (local.get $e) (i32.const 16)) (i32.store offset=36 (local.get $e) (i32.const 4)) "
                + verdict(0x14)
        ),
        (
            "U",
            "(i32.store offset=32 (local.get $e) (i32.const 32)) (i32.store offset=36 (local.get $e) (i32.const 5)) "
                + verdict(0x14)
        ),
        ("0", "(i32.store offset=36 (local.get $e) (i32.const -1)) " + verdict(0x14)),
        ("p", "(i32.store offset=24 (local.get $e) (i32.const 0xfffffff0)) " + verdict(0x12)),
        ("L", "(i32.store offset=28 (local.get $e) (i32.const 0x7fffffff)) " + verdict(0x12)),
        ("N", "(i32.store offset=28 (local.get $e) (i32.const -5)) " + verdict(0x12)),
        ("u", verdict(99)),
        ("x", verdict(0x18)),
        (
            "g",
            "(drop (memory.grow (i32.const 16384))) (i32.store offset=24 (local.get $e) (i32.mul (memory.size) (i32.const 65536))) (i32.store offset=28 (local.get $e) (i32.const 1)) "
                + verdict(0x12)
        ),
        ("r", "(return (i32.const 7))"),
        // Overwrites the header's count and the rest of the table's place in it, then goes on.
        (
            "o",
            "(i32.store offset=4 (local.get $b) (i32.const 1000000)) (i32.store offset=8 (local.get $b) (i32.const 0)) "
                + verdict(1) + " (return (i32.const 0))"
        ),
        // 3 MiB of memory as the value.
        (
            "b",
            "(drop (memory.grow (i32.const 48))) (i32.store offset=24 (local.get $e) (i32.const 0)) (i32.store offset=28 (local.get $e) (i32.const 3145728)) "
                + verdict(0x12)
        ),
    ]
}

/// Batches for the guests, and what became of them.
enum Batches {
    static func decoded(_ values: [String?], baseOffset: Int64 = 100) -> DecodedBatch {
        decoded(
            values.enumerated().map { index, value in
                Record(
                    key: Array("key\(index)".utf8), value: value.map { Array($0.utf8) },
                    headers: [("h", Array("x".utf8))], timestamp: 1_700_000_000_000 + Int64(index))
            }, baseOffset: baseOffset)
    }

    static func decoded(_ records: [Record], baseOffset: Int64 = 100) -> DecodedBatch {
        let bytes = RecordBatch.encode(records, baseOffset: baseOffset)
        return try! DecodedBatch(decoding: bytes.rawSpan, bound: 1 << 28)
    }

    static func identity(of batch: DecodedBatch) -> BatchIdentity {
        BatchIdentity(
            topicIdHigh: 1, topicIdLow: 2, partition: 0, baseOffset: batch.header.baseOffset,
            leaderEpoch: batch.header.partitionLeaderEpoch, crc: batch.header.crc, byteCount: batch.header.byteCount)
    }
}

extension BatchOutcome {
    /// One word a record: keep, drop, a failure class, or the replaced parts.
    func words() -> [String] {
        records.map { record in
            switch record.kind {
            case .keep: "keep"
            case .drop: "drop"
            case .failed: record.failure.name
            case .replaced:
                "replaced" + (record.parts.contains(.key) ? " key=" + text(record.key) : "")
                    + (record.parts.contains(.value) ? " value=" + text(record.value) : "")
                    + (record.parts.contains(.headers) ? " headers=\(record.headers.count)" : "")
            }
        }
    }

    func bytes(_ range: PartRange) -> [UInt8]? {
        range.count < 0 ? nil : Array(arena[Int(range.start)..<Int(range.start + range.count)])
    }

    private func text(_ range: PartRange) -> String {
        bytes(range).map { String(decoding: $0.prefix(80), as: UTF8.self) } ?? "null"
    }
}
