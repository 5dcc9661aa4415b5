import KafkaRecords
import Testing

@testable import WasmRuntime

/// Each example module against its use's table, which the languages share.
@Suite struct GuestVectorTests {
    let fixture = Fixture()

    /// All cases with the same parameters and time go through the guest in one batch, as records do.
    @Test(arguments: ExampleGuest.all)
    func keepsToTheTable(guest: ExampleGuest) async throws {
        let module = try await fixture.runtime.admit(try guest.bytes())
        let file = try VectorFile(use: guest.use)
        #expect(file.cases.count >= 25)
        var cases = file.cases[...]
        while let first = cases.first {
            let group = cases.prefix { $0.parameters == first.parameters && $0.timestamp == first.timestamp }
            cases = cases.dropFirst(group.count)
            let batch = Batches.decoded(group.map { Record(key: $0.key, value: $0.value, timestamp: $0.timestamp) })
            let answers = try await fixture.answers(of: module, parameters: first.parameters, to: batch)
            for (entry, answer) in zip(group, answers) {
                #expect(answer == entry.expected, "vectors.tsv, line \(entry.line)")
            }
            let plan = try await fixture.plan(try guest.bytes(), parameters: first.parameters)
            let outcome = try await fixture.outcome(batch, plan)
            for (entry, record) in zip(group, outcome.records) {
                Self.check(record, outcome, against: entry)
            }
        }
    }

    /// What a reader of a view gets.
    private static func check(_ record: RecordOutcome, _ outcome: BatchOutcome, against entry: VectorFile.Case) {
        switch entry.expected {
        case .failed: #expect(record.kind == .failed && record.failure == .moduleError, "line \(entry.line)")
        case .keep: #expect(record.kind == .keep, "line \(entry.line)")
        case .drop: #expect(record.kind == .drop, "line \(entry.line)")
        case .none: Issue.record("no table says so")
        case .replaced(let key, let value):
            #expect(record.kind == .replaced, "line \(entry.line)")
            #expect(record.parts.contains(.key) == (key != nil) && record.parts.contains(.value) == (value != nil))
            if case .bytes(let bytes)? = value { #expect(outcome.bytes(record.value) == bytes, "line \(entry.line)") }
            if case .bytes(let bytes)? = key { #expect(outcome.bytes(record.key) == bytes, "line \(entry.line)") }
        }
    }

    /// Bad parameters are refused where a view is written, in words that hold no value of a parameter; and where such a view
    /// is there all the same, no record of it gets through.
    @Test(arguments: ExampleGuest.all)
    func refusesBadParameters(guest: ExampleGuest) async throws {
        let module = try await fixture.runtime.admit(try guest.bytes())
        let file = try VectorFile(use: guest.use)
        #expect(!file.refusals.isEmpty)
        for refusal in file.refusals {
            let error = await #expect(throws: WasmRuntimeError.self) {
                try await fixture.runtime.admit(
                    StepPlan(module: module, parameters: refusal.parameters), limits: GuestLimits())
            }
            #expect(
                error?.message == "sluice_init answered \(refusal.code): \(refusal.text)", "line \(refusal.line)")
            let plan = try await fixture.plan(try guest.bytes(), parameters: refusal.parameters)
            let outcome = try await fixture.outcome(Batches.decoded(["123-45-6789", "{}", nil]), plan)
            #expect(outcome.words() == ["module_error", "module_error", "module_error"], "line \(refusal.line)")
        }
    }

    /// The templates of a new module do what their text says, alike.
    @Test(arguments: ExampleGuest.Language.allCases)
    func templates(language: ExampleGuest.Language) async throws {
        let bytes = try ExampleGuest(use: "template", language: language).bytes()
        let values = ["{\"card\":\"4111 1111\"}", "no digits", "", nil]
        let plain = try await fixture.outcome(Batches.decoded(values), try await fixture.plan(bytes))
        #expect(plain.words() == ["replaced value={\"card\":\"**** ****\"}", "keep", "keep", "keep"])
        let marked = try await fixture.plan(bytes, parameters: ["mask": "#"])
        #expect(try await fixture.outcome(Batches.decoded(["a1"]), marked).words() == ["replaced value=a#"])
        for (name, value, text) in [
            ("mask", "##", "4: parameter \"mask\" must be one byte"), ("maks", "#", "4: unknown parameter \"maks\""),
        ] {
            let error = await #expect(throws: WasmRuntimeError.self) {
                try await fixture.runtime.admit(
                    StepPlan(module: try await fixture.runtime.load(bytes), parameters: [name: value]),
                    limits: GuestLimits())
            }
            #expect(error?.message == "sluice_init answered \(text)")
        }
    }

    /// The walk-through shows the module that is built and tested here.
    @Test(arguments: ["hide.c", "hide.swift"])
    func theWalkThroughShowsWhatIsTested(file: String) throws {
        func read(_ path: String) throws -> String {
            let bytes = PrivateFile.read("\(ExampleGuest.checkout)/\(path)", limit: 1 << 20)
            return String(decoding: try #require(bytes, "no \(path)"), as: UTF8.self)
        }
        let source = try read("Examples/hide/\(file)")
        #expect(try read("Docs/guests.md").contains("\n\(source)```\n"))
    }
}
