import TestSupport
import Testing

@testable import WasmRuntime

/// Which modules are refused, and with which words.
@Suite struct AdmissionTests {
    let fixture = Fixture(moduleBytesMax: 100_000)

    static let transform = #"(func (export "sluice_transform") (param i32) (result i32) (i32.const 0))"#
    static let memory = #"(memory (export "memory") 1)"#

    static func module(_ parts: String...) -> String { "(module \(parts.joined(separator: " ")))" }

    /// A module in text and what its refusal says.
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String

        init(_ text: String, _ message: String) {
            self.text = text
            self.message = message
        }

        var testDescription: String { message }
    }

    static let refused: [Case] = [
        Case(
            module(#"(import "env" "now" (func (result i64)))"#, memory, Guests.marker, Guests.allocator, transform),
            "imports env.now: no ABI has it; sluice modules import nothing"
        ),
        Case(module(memory, Guests.allocator, transform), "no ABI that sluice knows"),
        Case(module(memory, Guests.marker, transform), "exports no function sluice_alloc: (i32) -> i32"),
        Case(module(memory, Guests.marker, Guests.allocator), "exports no function sluice_transform: (i32) -> i32"),
        Case(module("(memory 1)", Guests.marker, Guests.allocator, transform), "exports no memory named \"memory\""),
        Case(
            module(memory, Guests.marker, Guests.allocator, #"(func (export "sluice_transform") (param i64))"#),
            "exports sluice_transform: (i64) -> (), it must be (i32) -> i32"
        ),
        Case(
            module(memory, Guests.marker, Guests.allocator, transform, "(func $s) (start $s)"),
            "has a start section"
        ),
        Case(
            module(#"(memory (export "memory") 1 2 shared)"#, Guests.marker, Guests.allocator, transform),
            "its memory is shared"
        ),
        Case(module(#"(memory (export "memory") i64 1)"#, Guests.marker, transform), "its memory is 64-bit"),
        Case(
            module(#"(memory (export "memory") 1025)"#, Guests.marker, Guests.allocator, transform),
            "starts with 1025 pages, at most 1024"
        ),
        Case(module(memory, "(memory 1)", Guests.marker, Guests.allocator, transform), "has 2 memories"),
        Case(module(memory, "(table 10001 funcref)", Guests.marker, Guests.allocator, transform), "at most 10000"),
        Case(
            module(memory, "(table 1 funcref) (table 1 funcref)", Guests.marker, Guests.allocator, transform),
            "2 tables"),
        Case(
            module(
                #"(import "redpanda_transform" "check_abi_version_2" (func))"#, memory, Guests.marker, Guests.allocator,
                transform),
            "is of two ABIs: sluice-1, redpanda-2"
        ),
        Case(
            module(#"(import "env" "copy_records" (func (param i32 i32)))"#, memory), "a fluvio module"
        ),
        Case(
            module(
                memory, Guests.marker, Guests.allocator, transform,
                "(func (param v128) (result v128) local.get 0 (f32x4.relaxed_madd (local.get 0) (local.get 0)))"),
            "not a valid module for sluice"
        ),
        Case(
            module(
                memory, Guests.marker, transform,
                #"(func (export "sluice_alloc") (param i32) (result i32) (i32.const 0))"#),
            "sluice_alloc gave no memory for an empty batch"
        ),
        Case(
            module(
                memory, Guests.marker, transform,
                #"(func (export "sluice_alloc") (param i32) (result i32) (i32.const 65528))"#),
            "not 16-aligned or not in its memory"
        ),
        Case(
            module(
                memory, Guests.marker, transform,
                #"(func (export "sluice_alloc") (param i32) (result i32) (i32.const 65520))"#),
            "not 16-aligned or not in its memory"
        ),
        Case(
            module(
                memory, Guests.marker, Guests.allocator,
                #"(func (export "sluice_transform") (param i32) (result i32) (unreachable))"#),
            "the module failed for an empty batch: trap"
        ),
        Case(
            module(
                memory, Guests.marker, Guests.allocator,
                #"(func (export "sluice_transform") (param i32) (result i32) (loop $l (br $l)) (i32.const 0))"#),
            "took more than 100 ms"
        ),
        Case(
            module(memory, Guests.marker, Guests.allocator, transform, #"(func (export "_initialize") (unreachable))"#),
            "sluice_init failed: trap"
        ),
    ]

    @Test(arguments: refused)
    func isRefused(_ refused: Case) async throws {
        let module = try Guests.assemble(refused.text)
        let error = await #expect(throws: WasmRuntimeError.self) { _ = try await fixture.runtime.admit(module) }
        #expect(error?.code == .moduleRefused)
        #expect(error?.message.contains(refused.message) == true, "\(error?.message ?? "")")
        #expect((error?.message.utf8.count ?? 0) <= 200)
    }

    @Test func notWasm() async throws {
        for bytes in [[], Array("hello, world".utf8), Array("(module)".utf8), [0, 0x61, 0x73, 0x6D, 2, 0, 0, 0]] {
            let error = await #expect(throws: WasmRuntimeError.self) { _ = try await fixture.runtime.admit(bytes) }
            #expect(error?.message.hasPrefix("not a WebAssembly module") == true)
        }
        let component: [UInt8] = [0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0]
        let error = await #expect(throws: WasmRuntimeError.self) { _ = try await fixture.runtime.admit(component) }
        #expect(error?.message.contains("component") == true)
    }

    @Test func tooLarge() async throws {
        let module = [UInt8](repeating: 0, count: 100_001)
        let error = await #expect(throws: WasmRuntimeError.self) { _ = try await fixture.runtime.admit(module) }
        #expect(error?.message == "module is 100001 bytes, module.bytes.max is 100000")
    }

    @Test func scrubIsAdmitted() async throws {
        let module = try await fixture.runtime.admit(Fixture.scrub())
        #expect(module.abi == .sluice1)
        #expect(!module.hasInit)
        #expect(module.sha256 == sha256(try Fixture.scrub()))
    }

    /// Wants one parameter, `mask`, and replaces each value by its value.
    static let masker = """
        (module (memory (export "memory") 1)
          \(Guests.marker) \(Guests.allocator)
          (data (i32.const 64) "missing parameter \\"mask\\"")
          (func (export "sluice_init") (param $p i32) (param $n i32) (result i32)
            (if (i32.ne (i32.load (local.get $p)) (i32.const 1)) (then (return (i32.const 3))))
            (if (i32.ne (i32.load offset=8 (local.get $p)) (i32.const 0x6b73616d)) (then (return (i32.const 3))))
            (memory.copy (i32.const 128) (i32.add (local.get $p) (i32.const 12)) (i32.const 100))
            (i32.const 0))
          (func (export "sluice_message") (result i64) (i64.const 0x4000000018))
          (func (export "sluice_transform") (param $b i32) (result i32)
            (if (i32.load offset=4 (local.get $b)) (then
              (i32.store offset=56 (local.get $b) (i32.const 132))
              (i32.store offset=60 (local.get $b) (i32.load (i32.const 128)))
              (i32.store offset=72 (local.get $b) (i32.const 0x12))))
            (i32.const 0)))
        """

    @Test func parametersReachInit() async throws {
        let module = try await fixture.runtime.admit(Guests.assemble(Self.masker))
        #expect(module.hasInit)
        let step = StepPlan(module: module, parameters: ["mask": "###"])
        try await fixture.runtime.admit(step, limits: GuestLimits())
        let plan = ViewPlan(steps: [step], digest: ViewDigest([UInt8](repeating: 1, count: 32)))
        let outcome = try await fixture.outcome(Batches.decoded(["x"]), plan)
        #expect(outcome.words() == ["replaced value=###"])
    }

    @Test func initsRefusalIsShown() async throws {
        let module = try await fixture.runtime.admit(Guests.assemble(Self.masker))
        for parameters in [[:], ["mark": "x"], ["mask": "a", "more": "b"]] {
            let step = StepPlan(module: module, parameters: parameters)
            let error = await #expect(throws: WasmRuntimeError.self) {
                try await fixture.runtime.admit(step, limits: GuestLimits())
            }
            #expect(error?.message == "sluice_init answered 3: missing parameter \"mask\"")
        }
        // Loaded all the same (say, by an older policy), it shows no record.
        let plan = ViewPlan(steps: [StepPlan(module: module)], digest: ViewDigest([UInt8](repeating: 2, count: 32)))
        let outcome = try await fixture.outcome(Batches.decoded(["x", "y"]), plan)
        #expect(outcome.words() == ["module_error", "module_error"])
    }

    @Test func parametersNeedAnInit() async throws {
        let module = try await fixture.runtime.admit(Fixture.scrub())
        let error = await #expect(throws: WasmRuntimeError.self) {
            try await fixture.runtime.admit(StepPlan(module: module, parameters: ["a": "b"]), limits: GuestLimits())
        }
        #expect(error?.message.contains("takes no parameters") == true)
    }

    @Test func memoryAboveTheViewsLimit() async throws {
        let module = try await fixture.runtime.admit(Guests.perRecord(Guests.verdict(1), memory: "300"))
        let error = await #expect(throws: WasmRuntimeError.self) {
            try await fixture.runtime.admit(StepPlan(module: module), limits: GuestLimits())
        }
        #expect(error?.message.contains("memory_bytes") == true)
        let plan = ViewPlan(steps: [StepPlan(module: module)], digest: ViewDigest([UInt8](repeating: 3, count: 32)))
        #expect(try await fixture.outcome(Batches.decoded(["x"]), plan).words() == ["memory"])
    }

    /// Whatever the bytes, describing them ends in a description or a refusal.
    @Test func describingNeverTraps() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let original = try Fixture.scrub()
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 8..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random) / 4)
            do {
                let description = try ModuleInspector.describe(bytes.span.bytes)
                #expect(description.functions.count <= bytes.count, "seed \(seed)")
                _ = try? ModuleRules.check(description)
            } catch {
                #expect(error.code == .moduleRefused, "seed \(seed)")
            }
        }
    }
}
