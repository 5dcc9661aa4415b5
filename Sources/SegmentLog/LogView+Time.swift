import KafkaRecords

/// A record found by its time.
public struct TimestampedOffset: Sendable, Equatable {
    public var offset: Int64
    /// Milliseconds since 1970.
    public var timestamp: Int64
    public var leaderEpoch: Int32
}

extension LogView {
    /// The first record, by offset, whose timestamp is at least `timestamp`; nil if there is none. Exact: the records of the
    /// batch are looked at, decompressed to at most `decompressedBytesMax`.
    @specialized(where FS == PosixFileSystem)
    public func offset(
        forTimestamp timestamp: Int64, decompressedBytesMax: Int = 64 << 20
    ) throws(LogError) -> TimestampedOffset? {
        for number in segmentNumber(of: logStartOffset)..<segments.count {
            let segment = segments[number]
            if number < segments.count - 1 {
                let newest = try io { () throws(FileError) in try segment.maxTimestamp() }
                // A broken index says nothing.
                if newest < timestamp, !segment.index.isBroken { continue }
            }
            guard let (limit, file) = try open(number, requested: logStartOffset) else { continue }
            var reader = HeaderReader(segment.fileSystem, file: file, segmentBase: segment.baseOffset)
            var position = try segment.timePosition(timestamp, limit: limit, &reader)
            while position < limit {
                let header = try reader.header(at: position, limit: limit)
                if header.maxTimestamp >= timestamp, header.lastOffset >= logStartOffset,
                    let found = try record(
                        in: header, at: position, file, segment, decompressedBytesMax,
                        where: { offset, time in time >= timestamp && offset >= logStartOffset })
                {
                    return found
                }
                position += header.byteCount
            }
        }
        return nil
    }

    /// The first record with the largest timestamp (KIP-734); nil if there is no record with one.
    public func maxTimestampOffset(
        decompressedBytesMax: Int = 64 << 20
    ) throws(LogError) -> TimestampedOffset? {
        var best: (timestamp: Int64, number: Int, position: Int)?
        for number in segmentNumber(of: logStartOffset)..<segments.count {
            let segment = segments[number]
            guard let (limit, file) = try open(number, requested: logStartOffset) else { continue }
            var reader = HeaderReader(segment.fileSystem, file: file, segmentBase: segment.baseOffset)
            var position = try segment.newestTimePosition(before: highWatermark, limit: limit, &reader)
            while position < limit {
                let header = try reader.header(at: position, limit: limit)
                if header.maxTimestamp > (best?.timestamp ?? -1), header.lastOffset >= logStartOffset {
                    best = (header.maxTimestamp, number, position)
                }
                position += header.byteCount
            }
        }
        guard let best, let (limit, file) = try open(best.number, requested: logStartOffset) else { return nil }
        let segment = segments[best.number]
        var reader = HeaderReader(segment.fileSystem, file: file, segmentBase: segment.baseOffset)
        let header = try reader.header(at: best.position, limit: limit)
        return try record(
            in: header, at: best.position, file, segment, decompressedBytesMax,
            where: { offset, time in time == best.timestamp && offset >= logStartOffset })
    }

    private func record(
        in header: RecordBatchHeader, at position: Int, _ file: FS.File, _ segment: Segment<FS>,
        _ decompressedBytesMax: Int, where matches: (_ offset: Int64, _ timestamp: Int64) -> Bool
    ) throws(LogError) -> TimestampedOffset? {
        let bytes = try io { () throws(FileError) in
            try segment.fileSystem.bytes(of: file, at: position, count: header.byteCount)
        }
        do throws(RecordBatchError) {
            let batch = try DecodedBatch(decoding: bytes.rawSpan, bound: decompressedBytesMax)
            for entry in batch.records {
                let (offset, timestamp) = (header.offset(of: entry), header.timestamp(of: entry))
                if matches(offset, timestamp) {
                    return TimestampedOffset(
                        offset: offset, timestamp: timestamp, leaderEpoch: header.partitionLeaderEpoch)
                }
            }
            return nil
        } catch {
            throw .corrupt(segment: segment.baseOffset, position: position)
        }
    }
}

extension Segment {
    /// A position at or before the first batch with a timestamp of at least `timestamp`.
    func timePosition(_ timestamp: Int64, limit: Int, _ reader: inout HeaderReader<FS>) throws(LogError) -> Int {
        guard !index.isBroken else { return 0 }
        let entry = try io { () throws(FileError) in try index.floor(timestamp: timestamp, self) }
        guard let entry else { return 0 }
        return try position(of: entry, limit: limit, &reader)
    }

    /// A position at or before the first batch with the largest timestamp below `offset`.
    func newestTimePosition(before offset: Int64, limit: Int, _ reader: inout HeaderReader<FS>) throws(LogError) -> Int
    {
        guard !index.isBroken else { return 0 }
        let relativeOffset = Int32(clamping: offset &- 1 &- baseOffset)
        let entry = try io { () throws(FileError) in
            try index.timeFloor(relativeOffset: relativeOffset, self)
        }
        guard let entry else { return 0 }
        return try position(of: entry, limit: limit, &reader)
    }

    /// Where the batch lies that a time index entry names; 0 if it is not the one that the entry describes. An entry behind
    /// the limit says that nothing before it is as new: there is nothing to look at.
    private func position(
        of entry: TimeEntry, limit: Int, _ reader: inout HeaderReader<FS>
    ) throws(LogError) -> Int {
        let offset = baseOffset &+ Int64(entry.relativeOffset)
        guard let (header, position) = try firstBatch(holding: offset, limit: limit, &reader) else { return limit }
        if header.maxTimestamp == entry.timestamp, header.lastOffset == offset { return position }
        index.markBroken()
        return 0
    }
}
