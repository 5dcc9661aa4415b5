import KafkaRecords
import Testing

@testable import WasmRuntime

/// What each answer of a guest does to its record, and that it does nothing to its neighbours.
@Suite struct VerdictTests {
    let fixture = Fixture()
    static let quick = GuestLimits(callMs: 20, fuelPerRecord: 20_000_000)

    @Test(arguments: [
        ("k", "keep"), ("K", "keep"), ("d", "drop"), ("e", "module_error"), ("n", "no_verdict"),
        ("t", "trap"), ("s", "trap"), ("v", "replaced value=null"), ("y", "replaced key=\u{2}a"),
        ("h", "replaced headers=5"), ("H", "invalid_output"), ("U", "invalid_output"), ("0", "invalid_output"),
        ("p", "invalid_output"), ("L", "invalid_output"), ("N", "invalid_output"), ("u", "invalid_output"),
        ("x", "invalid_output"), ("g", "invalid_output"), ("r", "module_error"), ("b", "output_limit"),
    ])
    func oneRecord(letter: String, expected: String) async throws {
        let plan = try await fixture.plan(Guests.actor())
        let outcome = try await fixture.outcome(Batches.decoded(["k", letter, "k", nil]), plan)
        #expect(outcome.words() == ["keep", expected, "keep", "keep"])
    }

    @Test func headersAreReplacedWhole() async throws {
        let plan = try await fixture.plan(Guests.actor())
        let outcome = try await fixture.outcome(Batches.decoded(["h"]), plan)
        #expect(outcome.bytes(outcome.records[0].headers) == [2, 2, 97, 2, 98])
    }

    /// The guest writes over the header and stops early. The broker goes by its own count: what wasn't judged is an error.
    @Test func overwrittenHeader() async throws {
        let plan = try await fixture.plan(Guests.actor())
        let outcome = try await fixture.outcome(Batches.decoded(["k", "o", "k", "k"]), plan)
        #expect(outcome.words() == ["keep", "keep", "no_verdict", "no_verdict"])
    }

    @Test func endlessLoopIsJudgedByFuel() async throws {
        let plan = try await fixture.plan(Guests.actor(), limits: Self.quick)
        let batch = Batches.decoded(["k", "v", "l", "d"])
        let first = try await fixture.transform(batch, plan)
        guard case .judging = first else {
            Issue.record("an interrupt must not decide about a record")
            return
        }
        let outcome = try await fixture.outcome(batch, plan)
        #expect(outcome.words() == ["keep", "replaced value=null", "fuel", "drop"])
    }

    /// Slower than a call may take, but within its fuel: nothing happens to it.
    @Test func slowRecordIsKept() async throws {
        let limits = GuestLimits(callMs: 10, fuelPerRecord: 40_000_000_000)
        let plan = try await fixture.plan(Guests.actor(), limits: limits)
        let outcome = try await fixture.outcome(Batches.decoded(["k", "w", "d"]), plan)
        #expect(outcome.words() == ["keep", "keep", "drop"])
    }

    @Test func atMostSixteenRecordsAreLookedFor() async throws {
        let plan = try await fixture.plan(Guests.actor())
        let values = Array(repeating: ["k", "t"], count: 40).flatMap { $0 }
        let outcome = try await fixture.outcome(Batches.decoded(values), plan)
        let words = outcome.words()
        #expect(words.prefix(32) == Array(repeating: ["keep", "trap"], count: 16).flatMap { $0 }[...])
        #expect(words.dropFirst(32).allSatisfy { $0 == "trap" })
    }

    @Test func anEmptyBatchRunsNothing() async throws {
        let plan = try await fixture.plan(Guests.actor())
        let header = Batches.decoded(["k"]).header
        let empty = RecordBatch.empty(header)
        let batch = try DecodedBatch(decoding: empty.rawSpan, bound: 1024)
        #expect(try await fixture.outcome(batch, plan).records.isEmpty)
    }

    @Test func recordLimit() async throws {
        let plan = try await fixture.plan(Guests.actor(), limits: GuestLimits(outputExtra: 8 << 20))
        let small = try await fixture.outcome(Batches.decoded(["b", "k"]), plan, recordMax: 1 << 20)
        #expect(small.words() == ["output_limit", "keep"])
        let other = try await fixture.plan(Guests.actor(), limits: GuestLimits(outputExtra: 8 << 20))
        let large = try await fixture.outcome(Batches.decoded(["b", "k"]), other, recordMax: 4 << 20)
        #expect(large.records[0].value.count == 3 << 20)
    }

    /// The limit holds for the batch: the first records that fit are sent, whichever way the batch was cut.
    @Test func outputLimitGoesByOffset() async throws {
        let plan = try await fixture.plan(Guests.actor(), limits: GuestLimits(outputExtra: 7 << 20))
        let whole = try await fixture.outcome(Batches.decoded(["b", "b", "b", "k"]), plan, recordMax: 8 << 20)
        let cut = try await fixture.outcome(Batches.decoded(["b", "b", "b", "t"]), plan, recordMax: 8 << 20)
        #expect(whole.words().map { $0.prefix(8) } == ["replaced", "replaced", "output_l", "keep"])
        #expect(cut.words().map { $0.prefix(8) } == ["replaced", "replaced", "output_l", "trap"])
    }

    @Test func growthStopsAtTheViewsLimit() async throws {
        // Answers with the number of pages that it got, as one byte.
        let greedy = try Guests.perRecord(
            """
            (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
            (i32.store8 (i32.const 8) (memory.size))
            (i32.store offset=24 (local.get $e) (i32.const 8))
            (i32.store offset=28 (local.get $e) (i32.const 1))
            \(Guests.verdict(0x12))
            """)
        let plan = try await fixture.plan(greedy, limits: GuestLimits(memoryBytes: 20 * 65_536))
        let outcome = try await fixture.outcome(Batches.decoded(["k"]), plan)
        #expect(outcome.bytes(outcome.records[0].value) == [20])
    }

    @Test func aBatchTooLargeForTheMemoryIsCut() async throws {
        let big = String(repeating: "k", count: 40_000)
        let plan = try await fixture.plan(Guests.actor(), limits: GuestLimits(memoryBytes: 2 * 65_536))
        let outcome = try await fixture.outcome(Batches.decoded([big, big, big, "d", big]), plan)
        #expect(outcome.words() == ["keep", "keep", "keep", "drop", "keep"])
        let huge = String(repeating: "k", count: 200_000)
        let rest = try await fixture.outcome(Batches.decoded(["k", huge, "d"]), plan)
        #expect(rest.words() == ["keep", "memory", "drop"])
    }

    /// A batch that takes longer than a call may is cut, and nothing happens to its records.
    @Test func slowBatchesAreCut() async throws {
        let slow = try Guests.perRecord(
            "(call $burn) " + Guests.verdict(0x12),
            extra: """
                (func $burn (local $n i32) (loop $again
                  (local.set $n (i32.add (local.get $n) (i32.const 1)))
                  (br_if $again (i32.lt_u (local.get $n) (i32.const 1000000)))))
                """)
        let plan = try await fixture.plan(slow, limits: GuestLimits(callMs: 20, fuelPerRecord: 40_000_000_000))
        for offset in 0..<3 {
            let values = (0..<60).map { "value \($0)" }
            let outcome = try await fixture.outcome(Batches.decoded(values, baseOffset: Int64(offset)), plan)
            #expect(outcome.words() == values.map { "replaced value=\($0)" })
        }
        #expect(plan.steps[0].module.pace.recordsPerCall(ofMs: 20) < 60)
    }

    @Test func paceAndPieces() {
        let pace = ModulePace()
        #expect(pace.recordsPerCall(ofMs: 100) == Int.max)
        pace.note(records: 10, ns: 10_000_000)
        #expect(pace.recordsPerCall(ofMs: 100) == 25)
        pace.note(records: 1, ns: 200_000_000)
        #expect(pace.recordsPerCall(ofMs: 100) == 1)
        for _ in 0..<200 { pace.note(records: 1000, ns: 1000) }
        #expect(pace.recordsPerCall(ofMs: 100) > 1_000_000)
        #expect(StepRunner.pieces(of: 10, atMost: 4) == [8..<10, 4..<8, 0..<4])
        #expect(StepRunner.pieces(of: 3, atMost: .max) == [0..<3])
    }
}
