import KafkaRecords

/// Reads the whole batches of a sealed segment one after the other, through one block of memory that grows to the largest
/// of them.
struct BatchReader<FS: FileSystem> {
    let segment: Segment<FS>
    /// Bytes of the file that belong to the log.
    let limit: Int
    /// Where the next batch begins.
    private(set) var position = 0
    private let endOffset: Int64
    private var expectedOffset: Int64
    private var window: FileWindow<FS>
    private var range = 0..<0

    private static var windowByteCount: Int { 1 << 20 }

    /// `endOffset`: all offsets of the segment lie before it.
    init(_ segment: Segment<FS>, endOffset: Int64) throws(FileError) {
        self.segment = segment
        self.endOffset = endOffset
        limit = try segment.sealedByteCount()
        expectedOffset = segment.baseOffset
        window = FileWindow(
            segment.fileSystem, file: try segment.file(.log),
            byteCount: max(RecordBatchHeader.byteCount, min(limit, Self.windowByteCount)))
    }

    /// The bytes of the batch that `next` has returned.
    var batch: RawSpan {
        @_lifetime(borrow self)
        get { window.bytes.rawSpan.extracting(range) }
    }

    /// The next batch's header; nil at the end. Its lengths and offsets are right; its checksum is not looked at.
    mutating func next() throws(CompactionError) -> RecordBatchHeader? {
        guard position < limit else { return nil }
        let start = try load(RecordBatchHeader.byteCount)
        guard let header = try? RecordBatchHeader(window.bytes.rawSpan.extracting(start)),
            header.byteCount <= limit - position, isPlaced(header)
        else { throw bad(at: position) }
        if header.byteCount > window.bytes.count {
            window = FileWindow(segment.fileSystem, file: window.file, byteCount: header.byteCount)
        }
        let whole = try load(header.byteCount)
        // The file is shorter than it was when it was sealed.
        guard whole.count >= header.byteCount else { throw bad(at: position) }
        range = whole.lowerBound..<whole.lowerBound + header.byteCount
        position += header.byteCount
        expectedOffset = header.lastOffset + 1
        return header
    }

    private mutating func load(_ needed: Int) throws(CompactionError) -> Range<Int> {
        do throws(FileError) {
            return try window.load(at: position, needed: needed, limit: limit)
        } catch {
            throw .file(error)
        }
    }

    /// The error for the batch that begins at `position`.
    func bad(at position: Int) -> CompactionError {
        .badBatch(segment: segment.baseOffset, position: position)
    }

    private func isPlaced(_ header: RecordBatchHeader) -> Bool {
        let (lastOffset, overflow) = header.baseOffset.addingReportingOverflow(Int64(header.lastOffsetDelta))
        return header.baseOffset >= expectedOffset && !overflow && lastOffset < endOffset
    }
}
