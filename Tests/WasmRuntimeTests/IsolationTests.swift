// swift-format-ignore-file: NeverForceUnwrap

import Glibc
import KafkaRecords
import Testing

@testable import WasmRuntime

/// Nothing goes from one batch to the next: not through globals, not through memory.
@Suite struct IsolationTests {
    @Test func globalsStartAnew() async throws {
        let fixture = Fixture(threadCount: 1)
        let counter = try Guests.perRecord(
            """
            (global.set $count (i32.add (global.get $count) (i32.const 1)))
            (i32.store8 (i32.const 8) (global.get $count))
            (i32.store offset=24 (local.get $e) (i32.const 8)) (i32.store offset=28 (local.get $e) (i32.const 1))
            \(Guests.verdict(0x12))
            """, extra: "(global $count (mut i32) (i32.const 0))")
        let plan = try await fixture.plan(counter)
        for offset in 0..<5 {
            let outcome = try await fixture.outcome(Batches.decoded(["a"], baseOffset: Int64(offset)), plan)
            #expect(outcome.bytes(outcome.records[0].value) == [1])
        }
    }

    /// A guest that grows, fills and returns all of its memory shows nothing of what was there before (A13).
    @Test func memoryHoldsNoForeignBytes() async throws {
        let fixture = Fixture(threadCount: 1)
        // Leaves its records all over a grown memory.
        let spreader = try Guests.perRecord(
            """
            (drop (memory.grow (i32.const 30)))
            (local.set $k (i32.const 262144))
            (loop $more
              (memory.copy (local.get $k) (i32.load offset=24 (local.get $e)) (i32.load offset=28 (local.get $e)))
              (local.set $k (i32.add (local.get $k) (i32.const 64)))
              (br_if $more (i32.lt_u (local.get $k) (i32.const 1900000))))
            \(Guests.verdict(1))
            """)
        let bleeder = try Guests.perRecord(
            """
            (drop (memory.grow (i32.const 30)))
            (i32.store offset=24 (local.get $e) (i32.const 0))
            (i32.store offset=28 (local.get $e) (i32.mul (memory.size) (i32.const 65536)))
            \(Guests.verdict(0x12))
            """)
        let limits = GuestLimits(outputExtra: 16 << 20)
        let spread = try await fixture.plan(spreader, limits: limits)
        let bleed = try await fixture.plan(bleeder, limits: limits)
        let canary = "CANARY-6f1d2c9a77"
        for round in 0..<20 {
            _ = try await fixture.outcome(Batches.decoded([canary], baseOffset: Int64(round)), spread)
            let outcome = try await fixture.outcome(
                Batches.decoded(["mine"], baseOffset: Int64(round)), bleed, recordMax: 16 << 20)
            let memory = try #require(outcome.bytes(outcome.records[0].value))
            #expect(memory.count == 31 * 65_536)
            #expect(contains(memory, Array("mine".utf8)), "it does return its memory")
            #expect(!contains(memory, Array(canary.utf8)), "round \(round)")
        }
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var position = 0
            while bytes.count - position >= part.count,
                let found = memchr(bytes.baseAddress! + position, Int32(part[0]), bytes.count - position)
            {
                position = UnsafeRawPointer(found) - bytes.baseAddress! + 1
                guard position - 1 + part.count <= bytes.count else { return false }
                if memcmp(found, part, part.count) == 0 { return true }
            }
            return false
        }
    }

    /// Bytes of a guest never show in what may be printed.
    @Test func nothingIsPrinted() async throws {
        let fixture = Fixture()
        let plan = try await fixture.plan(Guests.actor())
        let outcome = try await fixture.outcome(Batches.decoded(["h", "y", "v"]), plan)
        #expect("\(outcome)" == "BatchOutcome(payload not shown)")
        #expect(String(reflecting: TransformResult.done(outcome)).contains("payload not shown"))
    }
}
