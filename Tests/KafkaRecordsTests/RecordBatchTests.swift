import KafkaRecords
import TestSupport
import Testing

@Suite struct RecordBatchTests {
    static let records: [Record] = [
        Record(key: Array("k".utf8), value: Array("value one".utf8), timestamp: 1_700_000_000_000),
        Record(value: [], headers: [("h", [1, 2, 3]), ("null", nil), ("", [])], timestamp: 1_699_999_999_990),
        Record(key: [], value: nil, timestamp: 1_700_000_000_005),
    ]

    @Test func encodedRecordsDecode() throws {
        let batch = RecordBatch.encode(Self.records, baseOffset: 40)
        let decoded = try DecodedBatch(decoding: batch.rawSpan, bound: 1 << 20)
        #expect(decoded.header.byteCount == batch.count)
        #expect(decoded.header.lastOffset == 42)
        #expect(decoded.header.maxTimestamp == 1_700_000_000_005)
        #expect(decoded.allRecords == Self.records)
        #expect(decoded.records.map { decoded.header.offset(of: $0) } == [40, 41, 42])
    }

    @Test func headerRoundTrip() throws {
        var header = RecordBatchHeader(baseOffset: 1 << 40, partitionLeaderEpoch: 9)
        header.batchLength = 1_000
        header.crc = 0xdead_beef
        header.attributes.rawValue = 0b111_0100
        header.lastOffsetDelta = 33
        header.baseTimestamp = -5
        header.maxTimestamp = 7
        header.producerId = 1 << 50
        header.producerEpoch = 3
        header.baseSequence = 12
        header.recordCount = 34
        var bytes: [UInt8] = [0xff]
        header.write(to: &bytes)
        #expect(bytes.count == 62)
        #expect(try RecordBatchHeader(bytes.rawSpan.extracting(droppingFirst: 1)) == header)
    }

    @Test(arguments: Codec.allCases, 0..<40)
    func roundTrip(codec: Codec, seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) << 8 | UInt64(codec.rawValue))
        let records = (0..<Int.random(in: 0...60, using: &random)).map { _ in random.record() }
        let batch = RecordBatch.encode(
            records, baseOffset: Int64.random(in: 0...(1 << 60), using: &random), codec: codec, producerId: 5,
            producerEpoch: 6, baseSequence: 7, isTransactional: true)
        let decoded = try DecodedBatch(decoding: batch.rawSpan, bound: 1 << 20)
        #expect(decoded.allRecords == records, "seed \(seed)")
        #expect(try decoded.header.codec() == (records.isEmpty ? .none : codec))
        #expect(decoded.header.attributes.isTransactional)
        for entry in decoded.records {
            let section = decoded.body
            let payload = entry.payload(in: section)
            var position = 0
            #expect(payload.varint32(at: &position, end: payload.byteCount) == entry.keyCount)
            #expect(Int(entry.payloadStart) + position == Int(entry.keyStart))
            #expect(try RecordHeaderCursor.validate(entry.headers(in: section)) == entry.headerCount)
        }
    }

    @Test func batchesOneAfterAnother() throws {
        let first = RecordBatch.encode(Self.records, baseOffset: 0)
        let second = RecordBatch.encode(Self.records, baseOffset: 3, codec: .lz4)
        let bytes = first + second + first
        for count in 0...bytes.count {
            var batches = RecordBatches(bytes.rawSpan.extracting(first: count))
            var found: [Int] = []
            while let (header, position) = try batches.next() {
                found.append(position)
                #expect(position + header.byteCount <= count)
            }
            let ends = [first.count, first.count + second.count, bytes.count]
            let whole = ends.filter { $0 <= count }
            #expect(found == Array(([0] + ends).prefix(whole.count)))
            #expect(batches.remainder == count - (whole.last ?? 0))
        }
    }

    @Test(arguments: [0, 1, 3, -1] as [Int8])
    func otherFormats(magic: Int8) {
        // A message of format 0 or 1 may be shorter than a header of format 2.
        for count in [17, 30, 61, 100] {
            var bytes = [UInt8](repeating: 0, count: count)
            bytes[11] = UInt8(count - 12)
            bytes[16] = UInt8(bitPattern: magic)
            let expected = RecordBatchError.unsupportedMagic(magic)
            #expect(throws: expected) { try DecodedBatch(decoding: bytes.rawSpan, bound: 1 << 20) }
            #expect(throws: expected) {
                var batches = RecordBatches(bytes.rawSpan)
                _ = try batches.next()
            }
        }
    }

    @Test func emptyBatches() throws {
        let batch = RecordBatch.encode(Self.records, baseOffset: 40, codec: .zstd, producerId: 8, isTransactional: true)
        let header = try RecordBatchHeader(batch.rawSpan)
        let empty = RecordBatch.empty(header)
        let decoded = try DecodedBatch(decoding: empty.rawSpan, bound: 0)
        #expect(empty.count == RecordBatchHeader.byteCount)
        #expect(decoded.records.isEmpty && decoded.header.attributes.codecNumber == 0)
        #expect(decoded.header.attributes.isTransactional && decoded.header.producerId == 8)
        #expect(decoded.header.lastOffset == 42 && decoded.header.maxTimestamp == header.maxTimestamp)
        let run = RecordBatch.empty(header, lastOffset: 99)
        #expect(try RecordBatchHeader(run.rawSpan).lastOffset == 99)
        // Compaction may leave a codec's number on nothing.
        var named = empty
        named[22] |= Codec.lz4.rawValue
        let resealed = named.resealed()
        #expect(try DecodedBatch(decoding: resealed.rawSpan, bound: 0).records.isEmpty)
    }

    @Test func attributesOfNoFormat() throws {
        let batch = RecordBatch.encode(Self.records)
        for number in 5...7 as ClosedRange<UInt8> {
            var other = batch
            other[22] |= number
            let resealed = other.resealed()
            #expect(throws: RecordBatchError.unknownCodec(number)) {
                try DecodedBatch(decoding: resealed.rawSpan, bound: 1 << 20)
            }
        }
        for bit in 7..<16 {
            var other = batch
            other[bit < 8 ? 22 : 21] |= 1 << UInt8(bit % 8)
            let resealed = other.resealed()
            #expect(throws: RecordBatchError.unknownAttributes(Int16(truncatingIfNeeded: 1 << bit))) {
                try DecodedBatch(decoding: resealed.rawSpan, bound: 1 << 20)
            }
        }
    }

    /// As a log sets the append time: header written anew in place, records as they are.
    @Test(arguments: [Codec.none, .zstd])
    func appendTimeIsEveryRecordsTimestamp(codec: Codec) throws {
        var batch = RecordBatch.encode(Self.records, codec: codec)
        var header = try RecordBatchHeader(batch.rawSpan)
        header.attributes.rawValue |= 1 << 3
        header.maxTimestamp = 1_800_000_000_000
        header.crc = header.checksum(section: batch.rawSpan.extracting(droppingFirst: RecordBatchHeader.byteCount))
        batch.withUnsafeMutableBytes { header.write(to: $0) }
        #expect(batch == batch.resealed())
        let decoded = try DecodedBatch(decoding: batch.rawSpan, bound: 1 << 20)
        #expect(decoded.allRecords.map(\.timestamp) == [1_800_000_000_000, 1_800_000_000_000, 1_800_000_000_000])
    }

    @Test func payloadIsNeverPrinted() throws {
        let canary = "canary-123-45-6789"
        let record = Record(key: Array(canary.utf8), value: Array(canary.utf8), headers: [(canary, nil)], timestamp: 1)
        let batch = RecordBatch.encode([record])
        let decoded = try DecodedBatch(decoding: batch.rawSpan, bound: 1 << 20)
        let number = "\(Array(canary.utf8))".dropFirst().prefix(20)
        func shown(_ value: Any) -> String {
            var text = "\(value) \(String(reflecting: value))"
            dump(value, to: &text)
            return text
        }
        for text in [shown(record), shown(decoded), shown([record]), shown(Optional(decoded) as Any)] {
            #expect(!text.contains("canary") && !text.contains(number))
        }
    }
}
