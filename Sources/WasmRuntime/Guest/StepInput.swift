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

/// What a step gets: the batch's own bytes, or what the step before left of them.
struct StepInput: PayloadHolder {
    let bytes: [UInt8]
    let records: ContiguousArray<GuestRecord>
    let baseOffset: Int64
    let isAppendTime: Bool

    /// The first step's: all records, from the bytes as they are.
    init(_ batch: DecodedBatch) {
        bytes = batch.body
        baseOffset = batch.header.baseOffset
        isAppendTime = batch.header.attributes.isLogAppendTime
        var records = ContiguousArray<GuestRecord>()
        records.reserveCapacity(batch.records.count)
        for entry in batch.records {
            records.append(
                GuestRecord(
                    index: Int32(truncatingIfNeeded: records.count), headerCount: entry.headerCount,
                    offset: batch.header.offset(of: entry), timestamp: batch.header.timestamp(of: entry),
                    key: PartRange(start: entry.keyStart, count: entry.keyCount),
                    value: PartRange(start: entry.valueStart, count: entry.valueCount),
                    headers: PartRange(start: entry.headersStart, count: entry.headersCount)))
        }
        self.records = records
    }

    /// A later step's: the records that are left, with the parts that earlier steps replaced. One copy of each byte.
    init(_ batch: DecodedBatch, _ outcome: BatchOutcome) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(batch.body.count)
        var records = ContiguousArray<GuestRecord>()
        records.reserveCapacity(batch.records.count)
        func take(_ range: PartRange, _ isReplaced: Bool) -> PartRange {
            guard range.count >= 0 else { return PartRange(start: 0, count: -1) }
            let start = Int32(truncatingIfNeeded: bytes.count)
            let from = Int(range.start)..<Int(range.start) + Int(range.count)
            bytes.append(contentsOf: isReplaced ? outcome.arena[from] : batch.body[from])
            return PartRange(start: start, count: range.count)
        }
        for index in batch.records.indices {
            let result = outcome.records[index]
            guard result.kind == .keep || result.kind == .replaced else { continue }
            let entry = batch.records[index]
            let parts = result.parts
            let key = parts.contains(.key) ? result.key : PartRange(start: entry.keyStart, count: entry.keyCount)
            let value =
                parts.contains(.value) ? result.value : PartRange(start: entry.valueStart, count: entry.valueCount)
            let headers =
                parts.contains(.headers)
                ? result.headers : PartRange(start: entry.headersStart, count: entry.headersCount)
            var position = Int(headers.start)
            let replacedCount =
                parts.contains(.headers)
                ? outcome.arena.rawSpan.varint32(at: &position, end: outcome.arena.count) : nil
            records.append(
                GuestRecord(
                    index: Int32(truncatingIfNeeded: index), headerCount: replacedCount ?? entry.headerCount,
                    offset: batch.header.offset(of: entry), timestamp: batch.header.timestamp(of: entry),
                    key: take(key, parts.contains(.key)), value: take(value, parts.contains(.value)),
                    headers: take(headers, parts.contains(.headers))))
        }
        self.bytes = bytes
        self.records = records
        baseOffset = batch.header.baseOffset
        isAppendTime = batch.header.attributes.isLogAppendTime
    }

    /// The smallest piece of `bytes` that holds every part of the records in `range`.
    func extent(of range: Range<Int>) -> Range<Int> {
        if range.count == records.count { return 0..<bytes.count }
        var low = Int32.max
        var high: Int32 = 0
        for index in range {
            let record = records[index]
            for part in [record.key, record.value, record.headers] where part.count > 0 {
                low = min(low, part.start)
                high = max(high, part.start + part.count)
            }
        }
        return low < high ? Int(low)..<Int(high) : 0..<0
    }
}
