// swift-format-ignore-file: NeverForceUnwrap

import KafkaRecords
import Testing

@testable import WasmRuntime

/// Steps one after another: each gets what the one before left.
@Suite struct ChainTests {
    let fixture = Fixture()

    /// Appends `suffix` to each value; a value that begins with `!` traps.
    static func appending(_ suffix: Character) throws -> [UInt8] {
        try Guests.perRecord(
            """
            (if (i32.eq (i32.load8_u (i32.load offset=24 (local.get $e))) (i32.const 33)) (then (unreachable)))
            (memory.copy (global.get $out) (i32.load offset=24 (local.get $e)) (i32.load offset=28 (local.get $e)))
            (i32.store8 (i32.add (global.get $out) (i32.load offset=28 (local.get $e)))
              (i32.const \(suffix.asciiValue!)))
            (i32.store offset=24 (local.get $e) (global.get $out))
            (i32.store offset=28 (local.get $e) (i32.add (i32.load offset=28 (local.get $e)) (i32.const 1)))
            (global.set $out (i32.add (global.get $out) (i32.load offset=28 (local.get $e))))
            \(Guests.verdict(0x12))
            """,
            extra: "(global $out (mut i32) (i32.const 1000000))", memory: "32")
    }

    @Test func eachStepSeesTheLastOnesWork() async throws {
        let plan = try await fixture.plan(Self.appending("1"), Self.appending("2"))
        let outcome = try await fixture.outcome(Batches.decoded(["a", "bc", "d"]), plan)
        #expect(outcome.words() == ["replaced value=a12", "replaced value=bc12", "replaced value=d12"])
    }

    @Test func whatAStepDropsTheNextDoesNotSee() async throws {
        let plan = try await fixture.plan(Guests.actor(), Self.appending("2"))
        let outcome = try await fixture.outcome(Batches.decoded(["k", "d", "e", "y", "k3"]), plan)
        #expect(
            outcome.words() == [
                "replaced value=k2", "drop", "module_error", "replaced key=\u{2}a value=y2", "replaced value=k32",
            ])
        #expect(outcome.records[2].step == 0)
    }

    /// A fault in the second step throws away a half-made answer of it, not the first step's.
    @Test func aFaultInALaterStepKeepsEarlierWork() async throws {
        let bang = try Guests.perRecord(
            """
            (if (i32.eq (i32.load8_u (i32.load offset=24 (local.get $e))) (i32.const 120)) (then
              (i32.store offset=24 (local.get $e) (i32.const 0xfffffff0)) \(Guests.verdict(0x12)))
              (else (i32.store offset=20 (local.get $e) (i32.const 1)) \(Guests.verdict(0x11))))
            """)
        let plan = try await fixture.plan(Self.appending("1"), bang)
        let outcome = try await fixture.outcome(Batches.decoded(["a", "b", "x", "c"]), plan)
        #expect(
            outcome.words() == [
                "replaced key=k value=a1", "replaced key=k value=b1", "invalid_output", "replaced key=k value=c1",
            ])
        #expect(outcome.records[2].step == 1)
    }

    @Test func headersAreLeftOutWhereTheStepSaysSo() async throws {
        let plan = try await fixture.plan(Guests.actor(), keepHeaders: false)
        let outcome = try await fixture.outcome(Batches.decoded(["k", "v", "h", "d"]), plan)
        #expect(
            outcome.words() == ["replaced headers=1", "replaced value=null headers=1", "replaced headers=5", "drop"])
        #expect(outcome.bytes(outcome.records[0].headers) == [0])
        let bare = Batches.decoded([Record(key: nil, value: [107], timestamp: 1)])
        let untouched = try await fixture.outcome(bare, plan)
        #expect(untouched.words() == ["keep"])
    }

    /// Key, value, headers, offset, timestamp and flags reach the guest as they are.
    @Test func theGuestSeesTheWholeRecord() async throws {
        // The value becomes the entry's first 56 bytes, pointers zeroed.
        let mirror = try Guests.perRecord(
            """
            (memory.copy (i32.const 512) (local.get $e) (i32.const 64))
            (memory.copy (i32.const 600) (i32.load offset=32 (local.get $e)) (i32.load offset=36 (local.get $e)))
            (i32.store (i32.const 528) (i32.const 0)) (i32.store (i32.const 536) (i32.const 0))
            (i32.store (i32.const 544) (i32.const 0))
            (i32.store offset=24 (local.get $e) (i32.const 512)) (i32.store offset=28 (local.get $e) (i32.const 93))
            \(Guests.verdict(0x12))
            """)
        let plan = try await fixture.plan(mirror)
        let record = Record(
            key: [1, 2, 3], value: nil, headers: [("a", [9]), ("b", nil)], timestamp: 1_700_000_000_123)
        let outcome = try await fixture.outcome(Batches.decoded([record], baseOffset: 77), plan)
        let bytes = try #require(outcome.bytes(outcome.records[0].value))
        func word(_ at: Int) -> Int32 { bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | Int32($1) } }
        #expect(bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int64($1) } == 77)
        #expect(bytes[8..<16].reversed().reduce(0) { $0 << 8 | Int64($1) } == 1_700_000_000_123)
        #expect(word(20) == 3)
        #expect(word(28) == -1)
        #expect(word(36) == Int32(record.headerSection.count))
        #expect(word(40) == 0)
        #expect(word(48) == 0)
        #expect(word(52) == 2)
        #expect(Array(bytes[88...].prefix(5)) == Array(record.headerSection.prefix(5)))
    }
}
