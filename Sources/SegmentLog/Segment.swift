import KafkaRecords
import Synchronization

/// One segment of a partition as all threads see it: where its files are, its indexes, and what is known of its content.
/// Holds no file open itself.
final class Segment<FS: FileSystem>: Sendable {
    private struct Facts {
        /// -1 as long as the segment is active or nobody has asked.
        var byteCount: Int
        var maxTimestamp: Int64?
        var firstTimestamp: Int64?
        /// Where recent slices ended: (offset of the next batch, its position). Sequential readers start there.
        var ends: InlineArray<8, ReadPoint> = .init(repeating: ReadPoint(offset: -1, position: 0))
        var nextEnd = 0
    }

    struct ReadPoint: BitwiseCopyable {
        var offset: Int64
        var position: Int
    }

    let baseOffset: Int64
    let directory: String
    let files: FileCache<FS>
    let index: SegmentIndex<FS>
    private let owner: UInt64
    private let facts: Mutex<Facts>

    /// `isNew`: the segment is being made, its index files are void.
    init(baseOffset: Int64, directory: String, files: FileCache<FS>, isNew: Bool) {
        self.baseOffset = baseOffset
        self.directory = directory
        self.files = files
        owner = files.makeOwner()
        index = SegmentIndex(fileSystem: files.fileSystem, isNew: isNew)
        facts = Mutex(Facts(byteCount: -1))
    }

    deinit { files.remove(owner: owner) }

    var fileSystem: FS { files.fileSystem }

    func path(_ kind: LogFileName.Kind) -> String {
        directory + "/" + LogFileName.name(baseOffset, kind)
    }

    func file(_ kind: LogFileName.Kind, create: Bool = false) throws(FileError) -> FS.File {
        try files.file(owner: owner, kind: kind, mode: create ? .create : .readWrite, path: path(kind))
    }

    /// Holds `file` for as long as this segment lives or until `unpin`: it is read whatever its name stands for meanwhile.
    func pin(_ kind: LogFileName.Kind, _ file: FS.File) { files.pin(owner: owner, kind: kind, file) }

    func unpin() { files.unpin(owner: owner) }

    /// Closes what the cache holds, once the segment's files are gone.
    func forgetFiles() { files.remove(owner: owner) }

    // MARK: Content

    /// Bytes of the log file, which does not grow any more.
    func sealedByteCount() throws(FileError) -> Int {
        let known = facts.withLock { $0.byteCount }
        if known >= 0 { return known }
        let byteCount = try fileSystem.size(at: path(.log))
        setSealed(byteCount: byteCount)
        return byteCount
    }

    func setSealed(byteCount: Int) {
        facts.withLock { $0.byteCount = byteCount }
    }

    /// The largest timestamp in the sealed segment, by its time index; -1 if it has none.
    func maxTimestamp() throws(FileError) -> Int64 {
        if let known = facts.withLock({ $0.maxTimestamp }) { return known }
        let found = try index.floor(timestamp: .max, self)?.timestamp ?? -1
        setMaxTimestamp(found)
        return found
    }

    func setMaxTimestamp(_ timestamp: Int64) {
        facts.withLock { $0.maxTimestamp = timestamp }
    }

    /// `maxTimestamp` of the first batch of the sealed segment; -1 if it has none.
    func firstTimestamp() throws(LogError) -> Int64 {
        if let known = facts.withLock({ $0.firstTimestamp }) { return known }
        let (limit, file) = try io { () throws(FileError) in (try sealedByteCount(), try self.file(.log)) }
        var reader = HeaderReader(fileSystem, file: file, segmentBase: baseOffset, windowByteCount: 64)
        let found = limit > 0 ? try reader.header(at: 0, limit: limit).maxTimestamp : -1
        facts.withLock { $0.firstTimestamp = found }
        return found
    }

    func remember(end: ReadPoint) {
        facts.withLock { facts in
            // One entry per reader position; a reader that moves on replaces the oldest.
            for number in facts.ends.indices where facts.ends[number].offset == end.offset { return }
            facts.ends[facts.nextEnd] = end
            facts.nextEnd = (facts.nextEnd + 1) % facts.ends.count
        }
    }

    private func rememberedPosition(of offset: Int64) -> Int? {
        facts.withLock { facts in
            for number in facts.ends.indices where facts.ends[number].offset == offset {
                return facts.ends[number].position
            }
            return nil
        }
    }

    // MARK: Finding batches

    /// The first batch before `limit` whose last offset is at least `offset`; nil if there is none.
    ///
    /// The index is only a hint: if the batch that it points to is not the one that it names, the segment is searched from
    /// its beginning and the index is marked for rebuilding.
    func firstBatch(
        holding offset: Int64, limit: Int, _ reader: inout HeaderReader<FS>
    ) throws(LogError) -> (header: RecordBatchHeader, position: Int)? {
        var position = 0
        if offset <= baseOffset {
            position = 0
        } else if let remembered = rememberedPosition(of: offset) {
            position = remembered
        } else {
            position = try indexedPosition(of: offset, limit: limit, &reader)
        }
        while position < limit {
            let header = try reader.header(at: position, limit: limit)
            if header.lastOffset >= offset { return (header, position) }
            position += header.byteCount
        }
        return nil
    }

    private func indexedPosition(
        of offset: Int64, limit: Int, _ reader: inout HeaderReader<FS>
    ) throws(LogError) -> Int {
        let relativeOffset = Int32(clamping: offset &- baseOffset)
        guard !index.isBroken,
            let entry = try io({ () throws(FileError) in try index.floor(relativeOffset: relativeOffset, self) })
        else { return 0 }
        return try checked(entry, limit: limit, &reader) ?? 0
    }

    /// The position in `entry`, if the batch there is the one that the entry names.
    func checked(
        _ entry: OffsetEntry, limit: Int, _ reader: inout HeaderReader<FS>
    ) throws(LogError) -> Int? {
        let position = Int(entry.position)
        if position >= 0, position < limit {
            do throws(LogError) {
                let header = try reader.header(at: position, limit: limit)
                if header.lastOffset == baseOffset &+ Int64(entry.relativeOffset) { return position }
            } catch {
                guard case .corrupt = error else { throw error }
            }
        }
        index.markBroken()
        return nil
    }

    /// Where a slice ends that begins at `start`, whose first batch ends at `firstEnd`: the last boundary of a batch that is
    /// at most `bytesMax` away, but never before `firstEnd`. Also returns the offset that follows, where it is known.
    func sliceEnd(
        start: Int, firstEnd: Int, nextOffset: Int64, bytesMax: Int, limit: Int, _ reader: inout HeaderReader<FS>
    ) throws(LogError) -> ReadPoint {
        let target = start + max(0, min(bytesMax, Int(Int32.max)))
        var end = ReadPoint(offset: nextOffset, position: firstEnd)
        if !index.isBroken,
            let entry = try io({ () throws(FileError) in try index.floor(position: min(target, limit - 1), self) }),
            Int(entry.position) > firstEnd, let position = try checked(entry, limit: limit, &reader)
        {
            end.position = position
        }
        while end.position < limit {
            let header = try reader.header(at: end.position, limit: limit)
            if end.position + header.byteCount > target {
                end.offset = header.baseOffset
                break
            }
            end.position += header.byteCount
            end.offset = header.lastOffset &+ 1
        }
        return end
    }
}

/// Runs file operations of a reader or of a step that leaves the log as it was.
func io<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(LogError) -> Result {
    do throws(FileError) {
        return try body()
    } catch {
        throw .io(error)
    }
}
