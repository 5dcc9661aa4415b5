import Foundation
import KafkaClient
import Testing
import Views
import WasmRuntime

@testable import sluice

@Suite struct ModuleCommandTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The binary holds what Examples say; Scripts/embed-templates makes it so.
    @Test(arguments: ModuleLanguage.allCases)
    func templatesAreThoseOfExamples(language: ModuleLanguage) throws {
        for file in ModuleTemplate.files(of: language) {
            let source = try String(contentsOf: Self.root.appendingPathComponent(file.source), encoding: .utf8)
            #expect(file.text == source, "\(file.source): run Scripts/embed-templates")
        }
    }

    @Test(arguments: ModuleLanguage.allCases)
    func aTemplateTakesItsName(language: ModuleLanguage) {
        let files = ModuleTemplate.files(of: language, name: "mask-cards")
        #expect(files.contains { $0.name == "mask-cards.\(language.rawValue)" })
        let own = files.filter { !$0.name.lowercased().hasPrefix("sluice") }
        #expect(own.allSatisfy { !$0.text.replacing("SLUICE_MODULE", with: "").contains("MODULE") })
        #expect(files.contains { $0.text.contains("sluice module deploy mask-cards mask-cards.wasm") })
        if language == .c {
            #expect(files.contains { $0.name == "mask-cards.c" && $0.text.contains("\nSLUICE_MODULE\n") })
        }
    }

    @Test(arguments: [
        ("a", true), ("scrub-ssn", true), ("a.b_c-1", true), ("0", true), ("", false), ("-a", false), ("A", false),
        ("a b", false), ("raw", false), ("deny", false), ("é", false), (String(repeating: "a", count: 100), true),
        (String(repeating: "a", count: 101), false),
    ])
    func namesAreThoseThatTheBrokerTakes(name: String, isName: Bool) {
        #expect(ModuleNew.isName(name) == isName)
    }

    @Test func whatAConsumerPrintsIsReadAgain() throws {
        let record = ConsumedRecord(
            topic: "t", partition: 2, offset: 7, timestamp: 9, key: nil, value: [0xff, 0x00],
            headers: [(key: "h", value: nil), (key: "i", value: Array("é".utf8))])
        var line: [UInt8] = []
        RecordFormatter(.json).append(record, to: &line)
        let read = try RecordLine.parse(Array(line.dropLast()), .json, keySeparator: [], 0)
        #expect(read.topic == "t" && read.partition == 2 && read.offset == 7 && read.timestamp == 9)
        #expect(read.key == nil && read.value == [0xff, 0x00])
        #expect(read.headers.map(\.key) == ["h", "i"] && read.headers.map(\.value) == [nil, Array("é".utf8)])
    }

    @Test(arguments: [
        "{", "[]", #"{"value":1}"#, #"{"valve":"x"}"#, #"{"value":{"base64":"?"}}"#, #"{"headers":[{}]}"#,
    ])
    func whatIsNoRecordIsNamedByItsLine(line: String) {
        let failure = #expect(throws: CommandFailure.self) {
            try RecordLine.parse(Array(line.utf8), .json, keySeparator: [], 4)
        }
        #expect(failure?.message.hasPrefix("line 5: ") == true)
    }

    @Test func keysAreCutAtTheFirstSeparator() throws {
        let record = try RecordLine.parse(Array("a:b:c".utf8), .keyValue, keySeparator: [UInt8(ascii: ":")], 0)
        #expect(record.key == Array("a".utf8) && record.value == Array("b:c".utf8))
    }

    @Test func aTrialCountsWhatAViewDoes() {
        func record(_ text: String) -> ConsumedRecord {
            ConsumedRecord(topic: "t", partition: 0, offset: 0, timestamp: 0, key: nil, value: Array(text.utf8))
        }
        let trial = Trial(
            rows: [
                Trial.Row(before: record("a"), result: .kept, fuel: 10),
                Trial.Row(before: record("b"), result: .changed(record("*")), fuel: 30),
                Trial.Row(before: record("c"), result: .dropped, fuel: 20),
                Trial.Row(before: record("d"), result: .failed(.trap, step: 1)),
            ], nanoseconds: 4000)
        #expect(trial.keptCount == 1 && trial.changedCount == 1 && trial.droppedCount == 1)
        #expect(trial.failures.map(\.name) == ["trap"] && trial.failures.map(\.count) == [1])
        #expect(trial.nanosecondsPerRecord == 1000)
        let json = JSON.object(trial.json(showsRecords: false)).text
        #expect(json.contains(#""fuel":{"max":30,"median":20,"min":10}"#) && !json.contains("records"))
        let shown = JSON.object(trial.json(showsRecords: true)).text
        #expect(shown.contains(#""class":"trap""#) && shown.contains(#""step":2"#))
        let lines = trial.sideBySide(columns: 40, limit: 3).split(separator: "\n")
        #expect(lines.count == 4 && lines[1].contains("b") && lines[1].contains("~ *"))
        #expect(lines[3] == "… 1 more" && lines.allSatisfy { $0.count <= 40 })
    }

    @Test func usersOfAModuleAreNamed() throws {
        let module = VersionedName(name: "m", version: 1)
        var state = PolicyState()
        #expect(throws: CommandFailure.self) { try ModuleLookup.versions("m", state) }
        state.applyModule(
            PolicyRecord(
                key: Array("m@1".utf8), value: [1],
                headers: [
                    .init("name", "m"), .init("version", "1"), .init("sha256", "\(Digest(hashing: [1]))"),
                    .init("abi", "sluice-1"),
                ]), offset: 0)
        #expect(try ModuleLookup.versions("m", state).map(\.name) == [module])
        #expect(try ModuleLookup.versions("m@1", state).map(\.name) == [module])
        let wrong = #expect(throws: CommandFailure.self) { try ModuleLookup.versions("m@2", state) }
        #expect(wrong?.hint == "there is 1")
        let typo = #expect(throws: CommandFailure.self) { try ModuleLookup.versions("n", state) }
        #expect(typo?.hint == "did you mean m?")
        let key = BindingKey(group: .exact("g"), principal: .any, topic: .exact("t"))
        let plan = try state.planViews(
            [PolicyRecord(key: PolicyKey.binding(key).bytes, value: Array(#"{"target":"m","v":1}"#.utf8))],
            author: PolicyAuthor(principal: .admin, timestamp: 0), topics: [])
        for record in plan.records { state.applyView(record, offset: state.snapshot().number.views) }
        let use = ModuleUse(of: module, state)
        #expect(use.views == [module] && use.rules == ["the binding of group g on t (m@1)"])
        #expect(throws: CommandFailure.self) { try ModuleDelete.viewsToDelete([module], state) }
        #expect(ViewLookup.definition("m", state)?.name == "m@1" && ViewLookup.definition("x", state) == nil)
    }
}
