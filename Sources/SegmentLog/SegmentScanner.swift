public import KafkaRecords

/// Walks the batches of one segment file and says of each whether it is what it should be. For recovery, `log dump`,
/// `log check` and the scrubber; reads the file only.
public struct SegmentScanner<FS: FileSystem> {
    public enum Status: Sendable, Equatable {
        case valid
        /// The bytes are no batch, or its checksum is wrong.
        case broken(RecordBatchError)
        /// A whole batch whose offsets do not follow those before it, or do not fit the segment.
        case misplaced(expected: Int64)
    }

    public struct Batch: Sendable, Equatable {
        public var position: Int
        /// Nil where the bytes do not even form a header.
        public var header: RecordBatchHeader?
        public var status: Status
    }

    public enum Checks: Sendable, Equatable {
        /// Lengths and offsets.
        case headers
        /// Checksums, too, of batches that end behind this offset.
        case checksums(after: Int64)
    }

    public let segmentBase: Int64
    /// Bytes of the file that belong to the log.
    public let limit: Int
    /// Where the next batch should begin.
    public private(set) var position: Int
    /// The lowest base offset that the next batch may have.
    public private(set) var expectedOffset: Int64
    /// The walk has met something that is not a valid batch and stands before it.
    public private(set) var isStopped = false
    private let checks: Checks
    private var window: FileWindow<FS>

    public init(
        _ fileSystem: FS, file: FS.File, segmentBase: Int64, limit: Int, from position: Int = 0, checks: Checks
    ) {
        self.segmentBase = segmentBase
        self.limit = limit
        self.position = position
        self.checks = checks
        expectedOffset = segmentBase
        let byteCount = min(
            checks == .headers ? 4096 : 256 << 10, max(RecordBatchHeader.byteCount, limit - position))
        window = FileWindow(fileSystem, file: file, byteCount: byteCount)
    }

    /// The next batch; nil at the end of the file, and after the first one that is not valid.
    public mutating func next() throws(FileError) -> Batch? {
        guard !isStopped, position < limit else { return nil }
        let batch = try batch(at: position, offsetMin: expectedOffset, isChecked: isChecked)
        if batch.status == .valid, let header = batch.header {
            position += header.byteCount
            expectedOffset = header.lastOffset + 1
        } else {
            isStopped = true
        }
        return batch
    }

    /// After a stop: goes on with the batch at `position`, for tools that show what lies behind damage.
    public mutating func resume(at position: Int) {
        self.position = max(self.position, position)
        isStopped = false
    }

    /// Batches whose records are not looked at may be large: only their headers are read then.
    private var readMax: Int {
        switch checks {
        case .headers: 4096
        case .checksums(let offset): expectedOffset < offset ? 4096 : .max
        }
    }

    private func isChecked(_ header: RecordBatchHeader) -> Bool {
        switch checks {
        case .headers: false
        case .checksums(let offset): header.lastOffset >= offset
        }
    }

    private mutating func batch(
        at position: Int, offsetMin: Int64, isChecked: (RecordBatchHeader) -> Bool
    ) throws(FileError) -> Batch {
        let range = try window.load(
            at: position, needed: RecordBatchHeader.byteCount, limit: limit, readMax: readMax)
        let header: RecordBatchHeader
        do throws(RecordBatchError) {
            header = try RecordBatchHeader(window.bytes.rawSpan.extracting(range))
        } catch {
            return Batch(position: position, header: nil, status: .broken(error))
        }
        guard header.byteCount <= limit - position else {
            return Batch(position: position, header: header, status: .broken(.truncated(byteCount: limit - position)))
        }
        let (lastOffset, overflow) = header.baseOffset.addingReportingOverflow(Int64(header.lastOffsetDelta))
        guard header.baseOffset >= offsetMin, !overflow, lastOffset < .max,
            lastOffset - segmentBase <= Int64(Int32.max), position <= Int(Int32.max)
        else {
            return Batch(position: position, header: header, status: .misplaced(expected: offsetMin))
        }
        if isChecked(header) {
            let computed = try checksum(of: header, at: position)
            guard computed == header.crc else {
                let error = RecordBatchError.checksumMismatch(stored: header.crc, computed: computed)
                return Batch(position: position, header: header, status: .broken(error))
            }
        }
        return Batch(position: position, header: header, status: .valid)
    }

    /// Computed piece by piece: a batch may be larger than the window.
    private mutating func checksum(of header: RecordBatchHeader, at position: Int) throws(FileError) -> UInt32 {
        let end = position + header.byteCount
        var next = position + RecordBatchHeader.checksummedPosition
        var checksum: UInt32 = 0
        while next < end {
            let range = try window.load(at: next, needed: 1, limit: end)
            // The file has shrunk under our hands: no checksum can be right.
            guard !range.isEmpty else { return ~header.crc }
            checksum = CRC32C.checksum(window.bytes.rawSpan.extracting(range), seed: checksum)
            next += range.count
        }
        return checksum
    }

    /// Whether a whole batch that the walk found has the right checksum, be it misplaced or not.
    public mutating func isIntact(_ batch: Batch) throws(FileError) -> Bool {
        guard let header = batch.header, header.byteCount <= limit - batch.position else { return false }
        return try checksum(of: header, at: batch.position) == header.crc
    }

    /// The first whole batch with a right checksum and offsets of this segment that begins after `start`, at any byte.
    ///
    /// This tells a torn tail from damage in the middle: a crash in the middle of an append leaves nothing valid behind the
    /// tear. A candidate must have the magic byte, an offset within the segment's range, lengths that fit, and a right CRC-32C, so a chance hit is about one in 2⁷⁰. Bytes that a producer made up to look like a batch can only make the
    /// answer more careful. The work is bounded: when more than 64 times the range has been checksummed, `isGivenUp`.
    public mutating func search(after start: Int) throws(FileError) -> (batch: Batch?, isGivenUp: Bool) {
        let needed = RecordBatchHeader.byteCount
        var candidate = start + 1
        var budget = 64 * max(1, limit - start)
        while candidate + needed <= limit {
            let range = try window.load(at: candidate, needed: needed, limit: limit)
            guard range.count >= needed else { break }
            guard let skipped = firstCandidate(in: range) else {
                candidate += range.count - needed + 1
                continue
            }
            candidate += skipped
            let found = try batch(at: candidate, offsetMin: segmentBase) { _ in true }
            if found.status == .valid { return (found, false) }
            if case .broken(.checksumMismatch) = found.status, let header = found.header {
                budget -= header.byteCount
                if budget < 0 { return (nil, true) }
            }
            candidate += 1
        }
        return (nil, false)
    }

    /// How far into `range` of the window the first header could begin, by the cheap checks.
    private func firstCandidate(in range: Range<Int>) -> Int? {
        let bytes = window.bytes.rawSpan
        for start in range.lowerBound...range.upperBound - RecordBatchHeader.byteCount {
            guard bytes.bigEndian(at: start + 16, as: Int8.self) == 2 else { continue }
            let offset = bytes.bigEndian(at: start, as: Int64.self)
            guard offset >= segmentBase, offset - segmentBase <= Int64(Int32.max),
                bytes.bigEndian(at: start + 8, as: Int32.self) >= 49
            else { continue }
            return start - range.lowerBound
        }
        return nil
    }

    /// The stored bytes of a batch that `next` or `search` has found.
    public func bytes(of batch: Batch) throws(FileError) -> [UInt8] {
        let byteCount = min(batch.header?.byteCount ?? 0, limit - batch.position)
        return try window.fileSystem.bytes(of: window.file, at: batch.position, count: byteCount)
    }
}
