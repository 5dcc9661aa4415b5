import KafkaRecords

/// A record as a step gets it: where its parts lie in the step's bytes.
struct GuestRecord: BitwiseCopyable {
    /// Its place in the batch.
    var index: Int32
    var headerCount: Int32
    var offset: Int64
    var timestamp: Int64
    var key: PartRange
    var value: PartRange
    var headers: PartRange
}

extension GuestRecord {
    /// A record as it is stored.
    init(_ entry: RecordEntry, index: Int, _ header: RecordBatchHeader) {
        self.init(
            index: Int32(truncatingIfNeeded: index), headerCount: entry.headerCount, offset: header.offset(of: entry),
            timestamp: header.timestamp(of: entry), key: PartRange(start: entry.keyStart, count: entry.keyCount),
            value: PartRange(start: entry.valueStart, count: entry.valueCount),
            headers: PartRange(start: entry.headersStart, count: entry.headersCount))
    }
}

/// What a step gets: the batch's own bytes, or what the step before left of them.
struct StepInput: PayloadHolder {
    private let header: RecordBatchHeader
    private let storage: [UInt8]
    private let place: Range<Int>
    /// The batch's records as they are stored, or, for a later step, none.
    private let entries: ContiguousArray<RecordEntry>
    /// What earlier steps have left of the records.
    private let left: ContiguousArray<GuestRecord>
    let count: Int
    /// No step has done anything to the records yet.
    let isUntouched: Bool

    /// What the records' parts are in.
    var bytes: RawSpan {
        @_lifetime(borrow self) get { storage.rawSpan.extracting(place) }
    }

    var baseOffset: Int64 { header.baseOffset }
    var isAppendTime: Bool { header.attributes.isLogAppendTime }

    /// The first step's: all records, from the bytes as they are.
    init(_ batch: DecodedBatch) {
        header = batch.header
        storage = batch.bytes
        place = batch.bodyRange
        entries = batch.records
        left = []
        count = batch.records.count
        isUntouched = true
    }

    subscript(index: Int) -> GuestRecord {
        isUntouched ? GuestRecord(entries[index], index: index, header) : left[index]
    }

    /// A later step's: the records that are left, with the parts that earlier steps replaced. One copy of each byte.
    init(_ batch: DecodedBatch, _ outcome: BatchOutcome) {
        let body = batch.body
        let arena = outcome.arena.rawSpan
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.byteCount)
        var records = ContiguousArray<GuestRecord>()
        records.reserveCapacity(batch.records.count)
        for index in batch.records.indices {
            let result = outcome.records[index]
            guard result.kind == .keep || result.kind == .replaced else { continue }
            let parts = result.parts
            var record = GuestRecord(batch.records[index], index: index, batch.header)
            if parts.contains(.headers) {
                record.headers = result.headers
                var position = Int(record.headers.start)
                if let count = arena.varint32(at: &position, end: arena.byteCount) { record.headerCount = count }
            }
            record.key = Self.take(
                parts.contains(.key) ? result.key : record.key, parts.contains(.key) ? arena : body, &bytes)
            record.value = Self.take(
                parts.contains(.value) ? result.value : record.value, parts.contains(.value) ? arena : body, &bytes)
            record.headers = Self.take(record.headers, parts.contains(.headers) ? arena : body, &bytes)
            records.append(record)
        }
        header = batch.header
        storage = bytes
        place = 0..<bytes.count
        entries = []
        left = records
        count = records.count
        isUntouched = false
    }

    private static func take(_ range: PartRange, _ source: RawSpan, _ bytes: inout [UInt8]) -> PartRange {
        guard range.count >= 0 else { return PartRange(start: 0, count: -1) }
        let start = Int32(truncatingIfNeeded: bytes.count)
        let part = source.extracting(Int(range.start)..<Int(range.start) + Int(range.count))
        unsafe part.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        return PartRange(start: start, count: range.count)
    }

    /// The smallest piece of `bytes` that holds every part of the records in `range`.
    func extent(of range: Range<Int>) -> Range<Int> {
        if range.count == count { return 0..<place.count }
        var low = Int32.max
        var high: Int32 = 0
        for index in range {
            let record = self[index]
            for part in [record.key, record.value, record.headers] where part.count > 0 {
                low = min(low, part.start)
                high = max(high, part.start + part.count)
            }
        }
        return low < high ? Int(low)..<Int(high) : 0..<0
    }
}
