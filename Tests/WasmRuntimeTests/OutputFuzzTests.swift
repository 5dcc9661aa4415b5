// swift-format-ignore-file: NeverForceUnwrap

import KafkaRecords
import TestSupport
import Testing

@testable import WasmRuntime

/// Whatever a guest writes into its entries, the outcome is well formed and the process lives.
@Suite struct OutputFuzzTests {
    @Test func randomEntries() async throws {
        let fixture = Fixture()
        // The value is copied over the entry from key_ptr on: 32 bytes.
        let puppet = try Guests.perRecord(
            "(memory.copy (i32.add (local.get $e) (i32.const 16)) (i32.load offset=24 (local.get $e)) (i32.const 32))")
        let limits = GuestLimits(outputFactor: 64, outputExtra: 1 << 20)
        let plan = try await fixture.plan(puppet, limits: limits)
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for round in 0..<400 {
            let values = (0..<8).map { _ in Self.entry(&random) }
            let batch = Batches.decoded(
                values.map { Record(key: [1, 2], value: $0, timestamp: 5) }, baseOffset: Int64(round))
            let outcome = try await fixture.outcome(batch, plan)
            #expect(outcome.records.count == 8)
            for record in outcome.records where record.kind == .replaced {
                #expect(!record.parts.isEmpty, "seed \(seed)")
                for (part, range) in [
                    (RecordParts.key, record.key), (.value, record.value), (.headers, record.headers),
                ]
                where record.parts.contains(part) && range.count >= 0 {
                    #expect(range.start >= 0 && Int(range.start + range.count) <= outcome.arena.count, "seed \(seed)")
                }
                if record.parts.contains(.headers) {
                    let section = try #require(outcome.bytes(record.headers))
                    #expect(throws: Never.self, "seed \(seed)") {
                        _ = try RecordHeaderCursor.validate(section.span.bytes)
                    }
                }
            }
        }
    }

    private static func entry(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        func put(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
        for _ in 0..<3 {
            put(
                [0, 4096, 65_535, 65_536, .max, UInt32.random(in: 0...70_000, using: &random)].randomElement(
                    using: &random)!)
            put(
                [0, 1, 5, UInt32(bitPattern: -1), UInt32(bitPattern: -2), 0x7FFF_FFFF, 0x8000_0000, 1000]
                    .randomElement(using: &random)!)
        }
        put([0, 1, 2, 3, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, .max].randomElement(using: &random)!)
        put(UInt32.random(in: 0...2000, using: &random))
        return bytes
    }
}
