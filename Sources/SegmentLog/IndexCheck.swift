import KafkaRecords

/// Compares the entries of a segment's index files with the batches, as they go by.
struct IndexCheck {
    private var offsets: [OffsetEntry] = []
    private var times: [TimeEntry] = []
    private var nextOffset = 0
    private var nextTime = 0
    private var maxTimestamp: Int64 = -1
    private var checkedTimestamp: Int64 = -1
    private let baseOffset: Int64
    /// Entries that name no batch, or not as it is.
    private(set) var wrongOffsetCount = 0
    private(set) var wrongTimeCount = 0

    var offsetCount: Int { offsets.count }
    var timeCount: Int { times.count }

    init(offsetBytes: [UInt8], timeBytes: [UInt8], baseOffset: Int64) {
        self.baseOffset = baseOffset
        let (offsetSpan, timeSpan) = (offsetBytes.rawSpan, timeBytes.rawSpan)
        for start in stride(from: 0, through: offsetBytes.count - OffsetEntry.byteCount, by: OffsetEntry.byteCount) {
            offsets.append(OffsetEntry(offsetSpan.extracting(start..<start + OffsetEntry.byteCount)))
        }
        for start in stride(from: 0, through: timeBytes.count - TimeEntry.byteCount, by: TimeEntry.byteCount) {
            times.append(TimeEntry(timeSpan.extracting(start..<start + TimeEntry.byteCount)))
        }
        if offsetBytes.count % OffsetEntry.byteCount != 0 { wrongOffsetCount += 1 }
        if timeBytes.count % TimeEntry.byteCount != 0 { wrongTimeCount += 1 }
    }

    mutating func took(_ header: RecordBatchHeader, at position: Int) {
        let relativeOffset = header.lastOffset &- baseOffset
        maxTimestamp = max(maxTimestamp, header.maxTimestamp)
        while nextOffset < offsets.count, Int(offsets[nextOffset].position) <= position {
            let entry = offsets[nextOffset]
            if Int(entry.position) != position || Int64(entry.relativeOffset) != relativeOffset {
                wrongOffsetCount += 1
            }
            nextOffset += 1
        }
        while nextTime < times.count, Int64(times[nextTime].relativeOffset) <= relativeOffset {
            let entry = times[nextTime]
            let isRight =
                Int64(entry.relativeOffset) == relativeOffset && entry.timestamp == header.maxTimestamp
                && entry.timestamp == maxTimestamp && entry.timestamp > checkedTimestamp
            if isRight { checkedTimestamp = entry.timestamp } else { wrongTimeCount += 1 }
            nextTime += 1
        }
    }

    /// What is left names batches behind the end of the file.
    mutating func finish() {
        wrongOffsetCount += offsets.count - nextOffset
        wrongTimeCount += times.count - nextTime
    }
}
