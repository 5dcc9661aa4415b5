// swift-format-ignore-file: NeverForceUnwrap

import KafkaRecords
import TestSupport
import Testing

@testable import WasmRuntime

/// `scrub-ssn` against an oracle that shares nothing with it.
@Suite struct ScrubTests {
    let fixture = Fixture()

    /// nil: not UTF-8.
    static func oracle(_ value: [UInt8]) -> [UInt8]? {
        guard String(validating: value, as: UTF8.self) != nil else { return nil }
        var text = value
        var start = 0
        let pattern = Array("ddd-dd-dddd".utf8)
        while start + pattern.count <= text.count {
            let fits = pattern.indices.allSatisfy { index in
                pattern[index] == UInt8(ascii: "-")
                    ? text[start + index] == UInt8(ascii: "-") : (0x30...0x39).contains(text[start + index])
            }
            if fits {
                for (index, byte) in "***-**-****".utf8.enumerated() { text[start + index] = byte }
                start += pattern.count
            } else {
                start += 1
            }
        }
        return text
    }

    private func check(_ values: [[UInt8]?], seed: UInt64) async throws {
        let batch = Batches.decoded(values.map { Record(key: nil, value: $0, timestamp: 5) })
        let outcome = try await fixture.outcome(batch, fixture.plan(Fixture.scrub()))
        for (index, value) in values.enumerated() {
            let record = outcome.records[index]
            guard let value else {
                #expect(record.kind == .keep, "null stays null, seed \(seed)")
                continue
            }
            switch Self.oracle(value) {
            case nil: #expect(record.kind == .failed && record.failure == .moduleError, "record \(index), seed \(seed)")
            case value: #expect(record.kind == .keep, "record \(index), seed \(seed)")
            case let scrubbed:
                #expect(record.kind == .replaced && record.parts == .value, "record \(index), seed \(seed)")
                #expect(outcome.bytes(record.value) == scrubbed, "record \(index), seed \(seed)")
            }
        }
    }

    @Test func chosenValues() async throws {
        let long = String(repeating: "x", count: 61)
        let texts = [
            "", "123-45-6789", "1123-45-67890", "123-45-6789-12-3456", "123-45-678", "23-45-6789",
            "123-45-6789123-45-6789",
            "123-456-789", "12-3456-7890", "--------", "123-45-67-89", "١٢٣-٤٥-٦٧٨٩", "é123-45-6789é", "123-45-6789é",
            long + "123-45-6789", long + "é123-45-6789", #"{"ssn":"123-45-6789","other":"987-65-4321"}"#,
        ]
        try await check(texts.map { Array($0.utf8) } + [nil], seed: 0)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3],
            [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x28, 0x80],
        ] as [[UInt8]])
    func notText(bytes: [UInt8]) async throws {
        let tail = Array(" 123-45-6789".utf8)
        try await check([bytes, bytes + tail, tail + bytes, Array(repeating: 0x61, count: 40) + bytes + tail], seed: 0)
    }

    @Test func randomValues() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let values = (0..<250).map { _ in Self.value(&random) }
            try await check(values, seed: seed)
        }
    }

    /// Mostly digits and dashes, so that numbers are common; sometimes whole numbers, text past ASCII, any bytes.
    private static func value(_ random: inout SeededGenerator) -> [UInt8]? {
        var bytes: [UInt8] = []
        let length = Int.random(in: 0...150, using: &random)
        while bytes.count < length {
            switch Int.random(in: 0..<40, using: &random) {
            case 0..<4:
                for place in "ddd-dd-dddd".utf8 {
                    bytes.append(place == 0x2D ? 0x2D : UInt8.random(in: 0x30...0x39, using: &random))
                }
            case 4: bytes += Array(["é", "€", "😀", "١"].randomElement(using: &random)!.utf8)
            case 5: bytes += Array("ab ".utf8)
            case 6..<16: bytes.append(0x2D)
            case 16 where Int.random(in: 0..<20, using: &random) == 0:
                bytes.append(UInt8.random(in: 0x80...0xFF, using: &random))
            default: bytes.append(UInt8.random(in: 0x30...0x39, using: &random))
            }
        }
        return Int.random(in: 0..<30, using: &random) == 0 ? nil : bytes
    }
}
