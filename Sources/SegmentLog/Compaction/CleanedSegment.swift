import KafkaRecords

/// Writes what compaction leaves of some segments into new files, `….log.cleaned` and its two indexes.
///
/// The segment that it makes has these files pinned, so that it can be read whatever they are called.
struct CleanedSegment<FS: FileSystem> {
    let segment: Segment<FS>
    private let log: FS.File
    private let indexIntervalBytes: Int
    private var tail = SegmentTail(createdAt: 0)
    private var buffer: [UInt8] = []
    private var writtenByteCount = 0

    private static var bufferByteCount: Int { 1 << 20 }

    /// Bytes so far.
    var byteCount: Int { tail.byteCount }
    var offsetEntryCount: Int { tail.offsetEntryCount }
    var timeEntryCount: Int { tail.timeEntryCount }

    init(inPlaceOf first: Segment<FS>, indexIntervalBytes: Int) throws(FileError) {
        segment = Segment(
            baseOffset: first.baseOffset, directory: first.directory, files: first.files, isNew: true)
        self.indexIntervalBytes = indexIntervalBytes
        let fileSystem = first.fileSystem
        for kind in LogFileName.Kind.ofSegment {
            let file = try fileSystem.open(segment.path(kind) + LogFileName.cleanedSuffix, .create)
            try fileSystem.truncate(file, to: 0)
            segment.pin(kind, file)
        }
        log = try segment.file(.log)
    }

    /// Whether a batch of so many bytes can follow: its position must fit 32 bits.
    func fits(_ byteCount: Int) -> Bool { self.byteCount + byteCount <= Int(Int32.max) }

    /// Appends a batch, whose offsets follow those before it and lie within 2³¹ of the segment's base.
    mutating func append(_ batch: RawSpan, _ header: RecordBatchHeader) throws(FileError) {
        tail.took(header, segment: segment, indexIntervalBytes: indexIntervalBytes)
        unsafe batch.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
        if buffer.count >= Self.bufferByteCount { try flush() }
        if tail.unspilledCount >= SegmentIndex<FS>.spillCount {
            _ = try segment.index.spill(segment)
            tail.unspilledCount = 0
        }
    }

    /// Puts everything on stable storage, but for the names.
    mutating func finish() throws(FileError) {
        try flush()
        tail.indexTime(segment)
        let (index, timeIndex) = try segment.index.spill(segment)
        let fileSystem = segment.fileSystem
        for file in [log, index, timeIndex] { try fileSystem.sync(file) }
        segment.setSealed(byteCount: byteCount)
        segment.setMaxTimestamp(tail.maxTimestamp)
    }

    /// Removes the files. What stays for an error goes when the log is opened next.
    func discard() throws(FileError) {
        for kind in LogFileName.Kind.ofSegment {
            try segment.fileSystem.removeIfPresent(segment.path(kind) + LogFileName.cleanedSuffix)
        }
    }

    private mutating func flush() throws(FileError) {
        guard !buffer.isEmpty else { return }
        try segment.fileSystem.write(log, at: writtenByteCount, buffer)
        writtenByteCount += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
