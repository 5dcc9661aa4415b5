import KafkaMessages
import KafkaRecords
import TestSupport
import Testing

@testable import Broker
@testable import WasmRuntime

/// A client that reads to the end sees exactly what an oracle says, whatever the batches, bounds and dialect.
@Suite struct ReaderPropertyTests {
    let fixture = ReaderFixture()

    @Test(arguments: [AnswerDialect.emptyBatches, .noEmptyBatches])
    func readersSeeWhatTheOracleSays(dialect: AnswerDialect) async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for round in 0..<25 {
            var log = StoredLog()
            var values: [String] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let hidesAll = Int.random(in: 0..<3, using: &random) == 0
                let batch = (0..<Int.random(in: 1...9, using: &random)).map { _ -> String in
                    let letter = hidesAll ? "d" : ["a", "b", "d", "e", "s", "t"].randomElement(using: &random)!
                    return letter + String(repeating: "x", count: Int.random(in: 0...60, using: &random))
                }
                log.append(
                    batch, codec: Codec.allCases.randomElement(using: &random)!,
                    leaderEpoch: Int32(values.count / 20))
                values += batch
            }
            let rule = [OnErrorRule.drop, .replace].randomElement(using: &random)!
            let plan = try await fixture.plan(rule, digest: UInt8(round))
            var seen: [String] = []
            var position: Int64 = 0
            var rounds = 0
            while position < log.endOffset, rounds < 200 {
                rounds += 1
                var request = fixture.request(
                    plan, from: position, bytesMax: Int.random(in: 1...600, using: &random), dialect: dialect)
                request.codec = Codec.allCases.randomElement(using: &random)!
                let fetch = try await fixture.encode(request, log)
                #expect(fetch.error == nil, "seed \(seed)")
                let batches = try fetch.decoded()
                if dialect == .noEmptyBatches { #expect(batches.allSatisfy { $0.header.recordCount > 0 }) }
                for (before, after) in zip(batches, batches.dropFirst()) {
                    #expect(before.header.lastOffset < after.header.baseOffset, "seed \(seed)")
                }
                // As a client does: records before its position are skipped, and it moves behind the last batch.
                seen += try fetch.words().filter { Int64($0.prefix { $0 != ":" })! >= position }
                position = batches.last.map { $0.header.lastOffset + 1 } ?? fetch.nextOffset
                #expect(fetch.nextOffset >= position, "seed \(seed)")
            }
            #expect(seen == oracle(values, rule), "seed \(seed), round \(round)")
        }
    }

    private func oracle(_ values: [String], _ rule: OnErrorRule) -> [String] {
        // More than 16 traps in a batch can't be: a batch has at most 9 records.
        values.enumerated().compactMap { offset, value in
            switch value.first {
            case "d": nil
            case "s": "\(offset):*"
            case "e": rule == .drop ? nil : "\(offset):null sluice-error=module_error"
            case "t": rule == .drop ? nil : "\(offset):null sluice-error=trap"
            default: "\(offset):\(value)"
            }
        }
    }
}
