// swift-format-ignore-file: NeverForceUnwrap

import KafkaRecords
import TestSupport
import Testing

@testable import WasmRuntime

/// The example modules on random, spoilt and very large input, against oracles. Both languages must say the same, byte for
/// byte, and a call never ends in a trap.
@Suite struct GuestPropertyTests {
    let fixture = Fixture()
    let rounds = 3

    /// The value that a reader gets; nil if the record failed.
    private static func sent(_ answer: GuestAnswer, _ value: [UInt8]) -> [UInt8]? {
        switch answer {
        case .keep: value
        case .replaced(_, .bytes(let bytes)?): bytes
        default: nil
        }
    }

    /// What the guest makes of `values`, once in each language.
    private func answers(
        _ use: String, _ parameters: [String: String], _ values: [[UInt8]]
    ) async throws -> [GuestAnswer] {
        let batch = Batches.decoded(values.map { Record(key: nil, value: $0, timestamp: 1_767_225_600_000) })
        var all: [[GuestAnswer]] = []
        for language in ExampleGuest.Language.allCases {
            let module = try await fixture.runtime.load(try ExampleGuest(use: use, language: language).bytes())
            all.append(try await fixture.answers(of: module, parameters: parameters, to: batch))
        }
        for (index, value) in values.enumerated() where all[0][index] != all[1][index] {
            Issue.record(
                "\(use) \(parameters): \(String(decoding: value, as: UTF8.self)) differs: \(all.map { $0[index] })")
        }
        return all[0]
    }

    private func samples(_ seed: UInt64) -> [[[UInt8]]] {
        var text = SampleText(random: SeededGenerator(seed: seed))
        return (0..<rounds).map { _ in
            let whole = (0..<60).map { _ in Array(text.object().utf8) } + (0..<20).map { _ in Array(text.value().utf8) }
            let spoilt = (0..<120).map { index in text.spoilt(whole[index % whole.count]) }
            return whole + spoilt + (0..<40).map { _ in text.noise() }
        }
    }

    @Test func narrowSendsTheAllowListAndNothingElse() async throws {
        let seed = UInt64.random(in: .min ... .max)
        let paths = [["a"], ["b", "c"], ["first", "last"], ["c", "a", "b"]]
        let fields = paths.map { $0.joined(separator: ".") }.joined(separator: ",")
        for values in samples(seed) {
            for (value, answer) in zip(values, try await answers("narrow", ["fields": fields], values)) {
                let text = String(decoding: value, as: UTF8.self)
                switch JSONTree(value) {
                case nil: #expect(answer == .failed(class: 1), "\(text), seed \(seed)")
                case .object(let members)?:
                    let expected = JSONTree.object(Self.narrowed(members, paths.map { $0.map { Array($0.utf16) } }))
                    let sent = Self.sent(answer, value).flatMap { JSONTree($0) }
                    #expect(sent == expected, "\(text), seed \(seed)")
                default: #expect(answer == .failed(class: 2), "\(text), seed \(seed)")
                }
            }
        }
    }

    /// The members that `paths` lead to, in the plainest way.
    private static func narrowed(_ members: [JSONTree.Member], _ paths: [[[UInt16]]]) -> [JSONTree.Member] {
        members.compactMap { member in
            let rest = paths.filter { $0.first == member.name }.map { Array($0.dropFirst()) }
            if rest.contains(where: \.isEmpty) { return member }
            return rest.isEmpty ? nil : narrowed(member.value, rest).map { JSONTree.Member(member.name, $0) }
        }
    }

    private static func narrowed(_ tree: JSONTree, _ paths: [[[UInt16]]]) -> JSONTree? {
        switch tree {
        case .object(let members): .object(narrowed(members, paths))
        case .array(let elements): .array(elements.compactMap { narrowed($0, paths) })
        case .scalar: nil
        }
    }

    @Test(arguments: [
        ["rule": "join", "from": "first,last,a"], ["rule": "band", "from": "age"],
        ["rule": "join", "from": "a,b", "originals": "keep", "separator": "\"\u{1}"],
    ])
    func deriveLeavesTheOriginalsOut(rule: [String: String]) async throws {
        let seed = UInt64.random(in: .min ... .max)
        let parameters = rule.merging(["field": "c"]) { $1 }
        let sources = rule["from"]!.split(separator: ",").map { Array(String($0).utf16) }
        let field = Array("c".utf16)
        for values in samples(seed) {
            for (value, answer) in zip(values, try await answers("derive", parameters, values)) {
                let text = String(decoding: value, as: UTF8.self)
                guard let tree = JSONTree(value) else {
                    #expect(answer == .failed(class: 1), "\(text), seed \(seed)")
                    continue
                }
                guard case .object(let members) = tree else {
                    #expect(answer == .failed(class: 2), "\(text), seed \(seed)")
                    continue
                }
                if answer == .failed(class: 2) { continue }
                let kept = members.filter {
                    $0.name != field && (rule["originals"] == "keep" || !sources.contains($0.name))
                }
                guard case .object(let sent)? = Self.sent(answer, value).flatMap({ JSONTree($0) }) else {
                    Issue.record("\(text) gives no object: \(answer), seed \(seed)")
                    continue
                }
                #expect(sent.dropLast() == kept[...] && sent.last?.name == field, "\(text), seed \(seed)")
            }
        }
    }

    @Test(arguments: [
        [:], ["keep": "4"], ["pattern": "##-##", "keep": "1"], ["pattern": "####"], ["pattern": "-#-"],
        ["pattern": "#-#", "keep": "1", "mask": "x"], ["pattern": "###-##-#### ###-##-####"],
    ])
    func scrubLeavesNoMatch(parameters: [String: String]) async throws {
        let seed = UInt64.random(in: .min ... .max)
        var text = SampleText(random: SeededGenerator(seed: seed))
        for _ in 0..<rounds {
            var values = (0..<150).map { _ in text.digits() }
            values += (0..<50).map { text.spoilt(values[$0]) }
            for (value, answer) in zip(values, try await answers("scrub", parameters, values)) {
                guard String(validating: value, as: UTF8.self) != nil else {
                    #expect(answer == .failed(class: 1), "seed \(seed)")
                    continue
                }
                let expected = Self.scrubbed(value, parameters)
                #expect(Self.sent(answer, value) == expected, "\(String(decoding: value, as: UTF8.self)), seed \(seed)")
                #expect(Self.scrubbed(expected, parameters) == expected, "a match is left, seed \(seed)")
            }
        }
    }

    /// Every match masked, from left to right, in the plainest way.
    private static func scrubbed(_ value: [UInt8], _ parameters: [String: String]) -> [UInt8] {
        let pattern = Array((parameters["pattern"] ?? "###-##-####").utf8)
        let mask = (parameters["mask"] ?? "*").utf8.first!
        let places = pattern.indices.filter { pattern[$0] == UInt8(ascii: "#") }.dropLast(
            Int(parameters["keep"] ?? "0")!)
        var text = value
        guard text.count >= pattern.count else { return text }
        for start in 0...text.count - pattern.count {
            let fits = pattern.indices.allSatisfy { index in
                pattern[index] == UInt8(ascii: "#")
                    ? (0x30...0x39).contains(text[start + index]) : text[start + index] == pattern[index]
            }
            if fits { for place in places { text[start + place] = mask } }
        }
        return text
    }

    @Test(arguments: ["combined", "logfmt"])
    func parseGivesJSONOrNothing(format: String) async throws {
        let seed = UInt64.random(in: .min ... .max)
        var text = SampleText(random: SeededGenerator(seed: seed))
        for _ in 0..<rounds {
            let lines = (0..<40).map { _ in Array(text.line().utf8) }
            let values = lines + (0..<160).map { text.spoilt(lines[$0 % 40]) } + (0..<40).map { _ in text.noise() }
            for (value, answer) in zip(values, try await answers("parse", ["format": format], values)) {
                if answer == .failed(class: 1) { continue }
                let sent = Self.sent(answer, value)
                guard case .object? = sent.flatMap({ JSONTree($0) }), answer != .keep else {
                    Issue.record("\(String(decoding: value, as: UTF8.self)) gives \(answer), seed \(seed)")
                    continue
                }
            }
        }
    }

    static let configurations: [(use: String, parameters: [String: String])] = [
        ("scrub", [:]), ("scrub", ["pattern": "#########"]), ("narrow", ["fields": "a.b,c"]),
        ("derive", ["field": "a", "rule": "join", "from": "a,b", "originals": "keep"]),
        ("parse", ["format": "combined"]),
        ("parse", ["format": "logfmt"]),
    ]

    /// No record, one of 1 MiB, 10,000 tiny ones; nothing ends a call, and the view has an answer for each record.
    @Test(arguments: configurations)
    func sizes(use: String, parameters: [String: String]) async throws {
        let large = 1 << 20
        func filled(_ unit: String, from start: String = "", to end: String = "") -> [UInt8] {
            let room = large - start.utf8.count - end.utf8.count
            return Array((start + String(repeating: unit, count: room / unit.utf8.count) + end).utf8)
        }
        let texts = [
            filled("x"), filled("["), filled(#"{"a":"#), filled("7"), filled("-"), filled("123-45-6789"),
            filled(#"\u0061"#, from: #"{"a":""#, to: #""}"#), filled("a "),
            filled(#""a":{"b":1},"#, from: "{", to: #""c":2}"#),
            filled(" ", from: "{", to: "}"), filled("[1],", from: #"{"a":["#, to: "0]}"), filled("\\"), filled("é"),
        ]
        var batches: [[[UInt8]]] = [[]] + texts.map { [$0] }
        batches.append((0..<10_000).map { Array(["", "{}", "1-2", "a=1", "x", "[", "{\"c\":1}"][$0 % 7].utf8) })
        for values in batches where !values.isEmpty || use == "scrub" {
            _ = try await answers(use, parameters, values)
        }
        let bytes = try ExampleGuest(use: use, language: .c).bytes()
        let plan = try await fixture.plan(bytes, parameters: parameters)
        for values in batches.suffix(6) {
            let batch = Batches.decoded(values.map { Record(key: nil, value: $0, timestamp: 1) })
            let outcome = try await fixture.outcome(batch, plan, recordMax: 8 << 20)
            #expect(outcome.records.count == values.count)
            #expect(!outcome.records.contains { $0.kind == .failed && $0.failure != .moduleError })
        }
    }
}
