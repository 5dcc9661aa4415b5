import KafkaRecords
import Synchronization

/// What readers may see of a partition's log at one moment. Immutable; reads files, so for threads that may block.
///
/// Segments that retention deletes later stay readable through slices already taken. A slice of a deleted one that nobody
/// has open fails with `offsetOutOfRange`, which by then is the truth.
public struct LogView<FS: FileSystem>: Sendable {
    /// First offset that readers may see.
    public let logStartOffset: Int64
    /// The offset after the last one that readers may see.
    public let highWatermark: Int64
    /// The offset after the last one in the log.
    public let endOffset: Int64
    /// Everything below has been compacted. Nil: nothing ever was, so no offset is missing.
    public let cleanedOffset: Int64?
    /// Where the log is broken, if it is: offsets from `highWatermark` on answer `LogError.corrupt`.
    let corruption: Corruption?
    /// Ascending; never empty. All but the last are sealed.
    let segments: ContiguousArray<Segment<FS>>
    /// Bytes of the last segment that belong to offsets below the high watermark.
    let publishedByteCount: Int

    struct Corruption: Sendable, Equatable {
        var segment: Int64
        var position: Int
    }

    /// A batch amid the log is broken: nothing is read from there on, and nothing written.
    public var isCorrupt: Bool { corruption != nil }

    public var segmentCount: Int { segments.count }

    /// Bytes that readers may see, over all segments. Looks at the disk for segments that nobody has read since the start.
    public func byteCount() throws(LogError) -> Int {
        var total = publishedByteCount
        do throws(FileError) {
            for segment in segments.dropLast() { total += try segment.sealedByteCount() }
        } catch {
            throw .io(error)
        }
        return total
    }

    /// The stored batches from the one that holds `offset` on, or that follows it where compaction has left a gap: whole
    /// batches of one segment, as many as fit into `bytesMax`, the first one whatever its size. Nil if there is nothing
    /// at `offset` yet.
    @specialized(where FS == PosixFileSystem)
    public func slice(from offset: Int64, maxBytes bytesMax: Int) throws(LogError) -> LogSlice<FS.File>? {
        guard offset >= logStartOffset, offset <= endOffset else { throw outOfRange(offset) }
        guard offset < highWatermark else {
            if let corruption { throw .corrupt(segment: corruption.segment, position: corruption.position) }
            return nil
        }
        var number = segmentNumber(of: offset)
        while number < segments.count {
            if let slice = try slice(of: number, from: offset, bytesMax: bytesMax) { return slice }
            number += 1
        }
        return nil
    }

    /// The last segment that begins at `offset` or before; the first one for offsets before all.
    func segmentNumber(of offset: Int64) -> Int {
        var (low, high) = (0, segments.count)
        while low < high {
            let middle = low + (high - low) / 2
            if segments[middle].baseOffset <= offset { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    private func slice(of number: Int, from offset: Int64, bytesMax: Int) throws(LogError) -> LogSlice<FS.File>? {
        let segment = segments[number]
        guard let (limit, file) = try open(number, requested: offset) else { return nil }
        var reader = HeaderReader(segment.fileSystem, file: file, segmentBase: segment.baseOffset)
        guard let (header, start) = try segment.firstBatch(holding: offset, limit: limit, &reader) else { return nil }
        let isLast = number == segments.count - 1
        var end = Segment<FS>.ReadPoint(
            offset: isLast ? highWatermark : segments[number + 1].baseOffset, position: limit)
        if limit - start > bytesMax {
            end = try segment.sliceEnd(
                start: start, firstEnd: start + header.byteCount, nextOffset: header.lastOffset &+ 1,
                bytesMax: bytesMax, limit: limit, &reader)
        }
        segment.remember(end: end)
        return LogSlice(file: file, position: start, byteCount: end.position - start, baseOffset: header.baseOffset)
    }

    /// The readable bytes and the file of a segment; nil if it has none. A file that is gone has been deleted by retention.
    func open(_ number: Int, requested: Int64) throws(LogError) -> (limit: Int, file: FS.File)? {
        let segment = segments[number]
        do throws(FileError) {
            let limit = number == segments.count - 1 ? publishedByteCount : try segment.sealedByteCount()
            return limit > 0 ? (limit, try segment.file(.log)) : nil
        } catch {
            guard error.isNotFound else { throw .io(error) }
            let start = number + 1 < segments.count ? segments[number + 1].baseOffset : highWatermark
            throw .offsetOutOfRange(requested: requested, logStartOffset: start, endOffset: endOffset)
        }
    }

    private func outOfRange(_ offset: Int64) -> LogError {
        .offsetOutOfRange(requested: offset, logStartOffset: logStartOffset, endOffset: endOffset)
    }
}

/// The place where the thread that owns a partition puts each new view and readers take the newest.
public final class PublishedLogView<FS: FileSystem>: Sendable {
    private let view: Mutex<LogView<FS>>

    init(_ view: LogView<FS>) { self.view = Mutex(view) }

    public var current: LogView<FS> { view.withLock { $0 } }

    func publish(_ next: LogView<FS>) {
        // The old view may hold the last reference to segments: let it go outside of the lock.
        let previous = view.withLock { view in
            let previous = view
            view = next
            return previous
        }
        withExtendedLifetime(previous) {}
    }
}
