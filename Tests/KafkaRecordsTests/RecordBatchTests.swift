import KafkaRecords
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
        #expect(decoded.records.indices.map { decoded.record(at: $0) } == Self.records)
        #expect(decoded.records.map { decoded.header.offset(of: $0) } == [40, 41, 42])
    }
}
