import KafkaRecords
import TestSupport
import Testing

@Suite struct BatchBuilderTests {
    private static func decoded(
        _ seed: UInt64, codec: Codec = .none
    ) throws -> (batch: [UInt8], decoded: DecodedBatch, random: SeededGenerator) {
        var random = SeededGenerator(seed: seed)
        let records = (0..<Int.random(in: 1...50, using: &random)).map { _ in random.record() }
        let batch = RecordBatch.encode(
            records, baseOffset: 1_000, codec: codec, producerId: 77, producerEpoch: 2, baseSequence: 900,
            isTransactional: true, partitionLeaderEpoch: 12)
        return (batch, try DecodedBatch(decoding: batch.rawSpan, bound: 1 << 20), random)
    }

    /// All records kept: the very same batch, whether copied one by one or as a run.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func verbatim(seed: UInt64) throws {
        let (batch, decoded, _) = try Self.decoded(seed)
        let section = decoded.body
        var one = BatchBuilder(template: decoded.header, codec: .none, capacity: decoded.body.byteCount)
        for entry in decoded.records { try one.append(entry, from: section) }
        #expect(one.finish() == batch)
        // A finished builder is empty and makes another batch in the same place.
        let first = try #require(decoded.records.first)
        let last = try #require(decoded.records.last)
        try one.append(from: first, through: last, count: Int32(decoded.records.count), of: section)
        #expect(one.finish() == batch)
        #expect(one.finish() == RecordBatch.empty(decoded.header))
    }

    /// Every record written anew from its parts is the same batch, too: each value has one encoding.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func rewritten(seed: UInt64) throws {
        let (batch, decoded, _) = try Self.decoded(seed)
        let section = decoded.body
        var builder = BatchBuilder(template: decoded.header, codec: .none)
        for entry in decoded.records {
            try builder.append(
                entry, key: entry.key(in: section), value: entry.value(in: section), headers: entry.headers(in: section)
            )
        }
        #expect(builder.finish() == batch)
    }

    /// Records kept, dropped and replaced at random: what is left has its offsets and timestamps, and the batch its place.
    @Test(arguments: Codec.allCases, 0..<20 as Range<UInt64>)
    func filteredAndReplaced(codec: Codec, seed: UInt64) throws {
        var (_, decoded, random) = try Self.decoded(seed, codec: codec)
        let section = decoded.body
        let replacement = Record(key: nil, value: Array("***".utf8), headers: [("new", [1])], timestamp: 0)
        let headers = replacement.headerSection
        let output = Codec.allCases.randomElement(using: &random) ?? .none
        var builder = BatchBuilder(template: decoded.header, codec: output)
        var expected: [(Int64, Record)] = []
        for (index, entry) in decoded.records.enumerated() {
            let stored = decoded.record(at: index)
            let offset = decoded.header.offset(of: entry)
            switch Int.random(in: 0...3, using: &random) {
            case 0: continue
            case 1:
                let value = replacement.value ?? []
                try builder.append(entry, key: nil, value: value.rawSpan, headers: headers.rawSpan)
                var record = replacement
                record.timestamp = stored.timestamp
                expected.append((offset, record))
            case 2:
                try builder.append(entry, key: nil, value: nil, headers: RawSpan())
                expected.append((offset, Record(value: nil, timestamp: stored.timestamp)))
            default:
                try builder.append(entry, from: section)
                expected.append((offset, stored))
            }
        }
        let bytes = builder.finish()
        let result = try DecodedBatch(decoding: bytes.rawSpan, bound: 1 << 20)
        #expect(result.allRecords == expected.map(\.1), "seed \(seed)")
        #expect(result.records.map { result.header.offset(of: $0) } == expected.map(\.0))
        var header = result.header
        header.crc = decoded.header.crc
        header.batchLength = decoded.header.batchLength
        header.recordCount = decoded.header.recordCount
        header.attributes = header.attributes.with(codec: codec)
        #expect(header == decoded.header)
        #expect(try result.header.codec() == (expected.isEmpty ? .none : output))
    }

    @Test func bound() throws {
        let value = [UInt8](repeating: 7, count: 100)
        var builder = BatchBuilder(new: RecordBatchHeader(), codec: .none, bound: 300)
        try builder.append(key: nil, value: value.rawSpan, headers: RawSpan(), timestamp: 1)
        let refused = RecordBatchError.batchTooLarge(bound: 300)
        let large = [UInt8](repeating: 7, count: 300)
        do {
            try builder.append(key: nil, value: large.rawSpan, headers: RawSpan(), timestamp: 1)
            Issue.record("a record beyond the bound was taken")
        } catch {
            #expect(error == refused)
        }
        let batch = builder.finish()
        #expect(try DecodedBatch(decoding: batch.rawSpan, bound: 300).records.count == 1)
    }

    @Test(arguments: [ControlType.abort, .commit])
    func control(type: ControlType) throws {
        var template = RecordBatchHeader(baseOffset: 55, partitionLeaderEpoch: 3)
        template.producerId = 9
        template.producerEpoch = 1
        template.attributes.rawValue = 0b1_0000
        let record = ControlRecord(type: type, coordinatorEpoch: 0x0102_0304)
        let batch = RecordBatch.control(record, template: template)
        let decoded = try DecodedBatch(decoding: batch.rawSpan, bound: 1_000)
        #expect(try decoded.controlRecord() == record)
        #expect(decoded.record(at: 0).key == [0, 0, 0, UInt8(type.rawValue)])
        #expect(decoded.record(at: 0).value == [0, 0, 1, 2, 3, 4])
        #expect(decoded.header.attributes.isControl && decoded.header.attributes.isTransactional)
        #expect(try RecordBatch.rebuildControl(decoded) == batch)
    }

    /// Payload smuggled into a control batch doesn't come through: not in longer fields, nor in headers.
    @Test func controlIsRebuilt() throws {
        let canary = Array("canary".utf8)
        let record = Record(
            key: [0, 1, 0, 1] + canary, value: [0, 1, 0, 0, 0, 9] + canary, headers: [("canary", canary)], timestamp: 10
        )
        var batch = RecordBatch.encode([record], baseOffset: 7, codec: .gzip, producerId: 4)
        batch[22] |= 1 << 5
        let resealed = batch.resealed()
        let decoded = try DecodedBatch(decoding: resealed.rawSpan, bound: 1_000)
        let rebuilt = try RecordBatch.rebuildControl(decoded)
        let again = try DecodedBatch(decoding: rebuilt.rawSpan, bound: 1_000)
        #expect(again.allRecords == [Record(key: [0, 0, 0, 1], value: [0, 0, 0, 0, 0, 9], timestamp: 10)])
        #expect(
            again.header.baseOffset == 7 && again.header.producerId == 4 && again.header.attributes.codecNumber == 0)
    }

    @Test(arguments: [
        [Record(key: nil, value: [0, 0, 0, 0, 0, 1], timestamp: 0)],
        [Record(key: [0, 0, 0, 1], value: nil, timestamp: 0)],
        [Record(key: [0, 0, 0, 2], value: [0, 0, 0, 0, 0, 1], timestamp: 0)],
        [Record(key: [0, 0, 1], value: [0, 0, 0, 0, 0, 1], timestamp: 0)],
        [Record(key: [0, 0, 0, 1], value: [0, 0, 0, 0, 0], timestamp: 0)],
        [Record(key: [0xff, 0, 0, 1], value: [0, 0, 0, 0, 0, 1], timestamp: 0)],
        Array(repeating: Record(key: [0, 0, 0, 1], value: [0, 0, 0, 0, 0, 1], timestamp: 0), count: 2),
    ])
    func malformedControl(records: [Record]) throws {
        var batch = RecordBatch.encode(records)
        batch[22] |= 1 << 5
        let resealed = batch.resealed()
        let decoded = try DecodedBatch(decoding: resealed.rawSpan, bound: 1_000)
        #expect(throws: RecordBatchError.malformedControlRecord) { try RecordBatch.rebuildControl(decoded) }
    }

    @Test func controlNeedsItsBit() throws {
        let batch = RecordBatch.encode([Record(key: [0, 0, 0, 1], value: [0, 0, 0, 0, 0, 1], timestamp: 0)])
        let decoded = try DecodedBatch(decoding: batch.rawSpan, bound: 1_000)
        #expect(throws: RecordBatchError.malformedControlRecord) { try decoded.controlRecord() }
    }
}
