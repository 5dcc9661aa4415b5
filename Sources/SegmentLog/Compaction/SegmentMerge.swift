import KafkaRecords

/// Some neighbouring segments on their way into one. As long as there is one only, and nothing in it changes, nothing is
/// written.
struct SegmentMerge<FS: FileSystem> {
    private(set) var sources: ContiguousArray<Segment<FS>> = []
    let baseOffset: Int64
    private let configuration: LogConfiguration
    private var output: CleanedSegment<FS>?
    /// Bytes of the first source that stay as they are, while there is no output.
    private var unchangedByteCount = 0
    /// Bytes of the sources that are still to come. With those of the output never more than 2³¹ - 1: positions have 32 bits.
    private var remainingByteCount = 0
    /// The last batch that was met, where nothing of it was kept. If no other follows it stands at the end of the new
    /// segment without records: so no segment is ever empty, and a reader at the end of one goes on to the next offset.
    private var dropped: RecordBatchHeader?

    init(_ first: Segment<FS>, _ configuration: LogConfiguration) {
        baseOffset = first.baseOffset
        self.configuration = configuration
    }

    var byteCount: Int { output?.byteCount ?? unchangedByteCount }

    /// Whether `source` fits behind what is there: by bytes, and by the entries of its indexes.
    func hasRoom(for source: Segment<FS>) throws(CompactionError) -> Bool {
        guard let output else {
            return try source.compactedByteCount() + unchangedByteCount <= configuration.segmentBytes
        }
        let added = try compactionIO { () throws(FileError) in try source.index.counts(source) }
        let offsetBytes = (output.offsetEntryCount + added.offsets + 1) * OffsetEntry.byteCount
        let timeBytes = (output.timeEntryCount + added.times + 1) * TimeEntry.byteCount
        return try source.compactedByteCount() + output.byteCount <= configuration.segmentBytes
            && max(offsetBytes, timeBytes) <= configuration.segmentIndexBytes
    }

    /// The batches of `source` follow.
    mutating func begin(_ source: Segment<FS>) throws(CompactionError) {
        if !sources.isEmpty { try startWriting() }
        sources.append(source)
        remainingByteCount += try source.compactedByteCount()
    }

    /// Takes the next batch of the source. Returns how many bytes are written for it.
    mutating func take(
        _ fate: BatchFate, _ header: RecordBatchHeader, _ bytes: RawSpan
    ) throws(CompactionError) -> Int {
        remainingByteCount -= header.byteCount
        switch fate {
        case .unchanged:
            dropped = nil
            guard output != nil else {
                unchangedByteCount += header.byteCount
                return 0
            }
            return try write(bytes, header)
        case .dropped:
            try startWriting()
            dropped = header
            return 0
        case .rewritten(let batch):
            try startWriting()
            dropped = nil
            // Compressed again, or with a new base timestamp, it may be longer. Where there is no room for that it stays as
            // it was, which is always safe.
            let isFitting =
                batch.count <= header.byteCount || byteCount + batch.count + remainingByteCount <= Int(Int32.max)
            guard isFitting, let rewritten = try? RecordBatchHeader(batch.rawSpan) else {
                return try write(bytes, header)
            }
            return try write(batch.rawSpan, rewritten)
        }
    }

    /// The swap, final on disk; nil if nothing was written because nothing changes.
    mutating func finish() throws(CompactionError) -> SegmentSwap<FS>? {
        guard output != nil else { return nil }
        if let dropped {
            let batch = BatchFilter.empty(dropped)
            if let header = try? RecordBatchHeader(batch.rawSpan) { _ = try write(batch.rawSpan, header) }
        }
        do throws(FileError) {
            try output?.finish()
        } catch {
            throw .file(error)
        }
        let swap = output.map { SegmentSwap(sources: sources, replacement: $0.segment) }
        try swap?.commit()
        return swap
    }

    func discard() throws(FileError) { try output?.discard() }

    private mutating func write(_ bytes: RawSpan, _ header: RecordBatchHeader) throws(CompactionError) -> Int {
        do throws(FileError) {
            try output?.append(bytes, header)
            return header.byteCount
        } catch {
            throw .file(error)
        }
    }

    /// Begins the output with what was left unchanged so far.
    private mutating func startWriting() throws(CompactionError) {
        guard output == nil, let first = sources.first else { return }
        output = try compactionIO { () throws(FileError) in
            try CleanedSegment(inPlaceOf: first, indexIntervalBytes: configuration.indexIntervalBytes)
        }
        var reader = try compactionIO { () throws(FileError) in try BatchReader(first, endOffset: .max) }
        while reader.position < unchangedByteCount, let header = try reader.next() {
            _ = try write(reader.batch, header)
        }
    }
}

extension Segment {
    func compactedByteCount() throws(CompactionError) -> Int {
        try compactionIO { () throws(FileError) in try sealedByteCount() }
    }
}
