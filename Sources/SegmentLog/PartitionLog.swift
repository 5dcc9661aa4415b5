import KafkaRecords

/// The log of one partition: a folder of segments, of which the last one grows.
///
/// Confined to one thread (the partition's lane). Other threads read through `published` and run flush tickets.
///
/// What is acknowledged when:
/// - `LogConfiguration.Flush.commit`: `append` writes, `beginFlush`/`FlushTicket.run`/`endFlush` make it durable and show
///   it to readers. A segment is synced before the next one gets its first byte, so only the last one can be torn.
/// - `.os`: `append` shows it to readers at once.
public final class PartitionLog<FS: FileSystem> {
    public let directory: String
    public var configuration: LogConfiguration
    /// What readers take; safe on every thread.
    public let published: PublishedLogView<FS>
    /// What opening found and did.
    public let recovery: RecoveryReport

    let files: FileCache<FS>
    var segments: ContiguousArray<Segment<FS>>
    var tail: SegmentTail
    var producers: ProducerState
    var epochs: LeaderEpochs
    var state = State.open

    public internal(set) var logStartOffset: Int64
    /// The offset that the next record gets.
    public internal(set) var endOffset: Int64
    var highWatermark: Int64
    /// Bytes of the active segment below the high watermark.
    var publishedByteCount: Int
    /// Everything below is on stable storage.
    public internal(set) var flushedOffset: Int64
    /// `flushedOffset` as the checkpoint file has it.
    var recoveryPoint: Int64
    /// Everything below has been compacted; nil: nothing ever was.
    public internal(set) var cleanedOffset: Int64?
    /// Nothing can be compacted any more: see `CompactionError.isLasting`.
    public internal(set) var isUncleanable = false
    /// A swap that readers see already, while its files do not all have their names yet. Until then no segment is deleted.
    public internal(set) var unfinishedSwap: SegmentSwap<FS>?
    /// Bytes appended since the checkpoint was written.
    var bytesSinceRecoveryPoint = 0
    /// A ticket is out.
    public internal(set) var isFlushing = false
    /// Keeps the active file open while it has bytes that were not synced: closing it could lose the report of a failed
    /// write-back.
    var dirtyFile: FS.File?
    /// Files of sealed segments that the next flush has to sync.
    var pendingFiles: [FS.File] = []
    /// The folder has new names that the next flush has to sync.
    var isDirectoryDirty: Bool

    // Reused by every append.
    var planned: ContiguousArray<PlannedBatch> = []
    var patches: [UInt8] = []
    var pieces: [GatherPiece] = []

    enum State {
        case open
        case closed
        case offline(FileError)
        case corrupt(LogView<FS>.Corruption)
    }

    init(_ opened: OpenedLog<FS>) {
        directory = opened.directory
        configuration = opened.configuration
        files = opened.files
        segments = opened.segments
        tail = opened.tail
        producers = opened.producers
        epochs = opened.epochs
        logStartOffset = opened.logStartOffset
        endOffset = opened.endOffset
        highWatermark = opened.endOffset
        publishedByteCount = opened.tail.byteCount
        flushedOffset = opened.endOffset
        recoveryPoint = opened.recoveryPoint
        cleanedOffset = opened.cleanedOffset
        bytesSinceRecoveryPoint = opened.report.verifiedByteCount
        isDirectoryDirty = opened.isDirectoryDirty
        recovery = opened.report
        if let corruption = opened.corruption { state = .corrupt(corruption) }
        published = PublishedLogView(
            LogView(
                logStartOffset: opened.logStartOffset, highWatermark: opened.endOffset, endOffset: opened.endOffset,
                cleanedOffset: opened.cleanedOffset, corruption: opened.corruption, segments: opened.segments,
                publishedByteCount: opened.tail.byteCount))
    }

    var fileSystem: FS { files.fileSystem }

    /// Proven non-empty: opening makes a segment where there is none, and retention never takes the last one.
    var active: Segment<FS> { segments[segments.count - 1] }

    func path(_ name: String) -> String { directory + "/" + name }

    func publish() {
        let corruption: LogView<FS>.Corruption? = if case .corrupt(let place) = state { place } else { nil }
        published.publish(
            LogView(
                logStartOffset: logStartOffset, highWatermark: highWatermark, endOffset: endOffset,
                cleanedOffset: cleanedOffset, corruption: corruption, segments: segments,
                publishedByteCount: publishedByteCount))
    }

    func checkWritable() throws(LogError) {
        switch state {
        case .open: return
        case .closed: throw .closed
        case .offline(let error): throw .offline(error)
        case .corrupt(let place): throw .corrupt(segment: place.segment, position: place.position)
        }
    }

    /// From here on the log takes nothing; what was published stays readable.
    ///
    /// After a failed sync the kernel counts the pages as clean though the disk does not have them, and a restarted broker
    /// would read them from the cache, show them and never write them. Nothing in them was acknowledged, so they are cut off.
    func goOffline(_ error: FileError) -> LogError {
        if case .open = state, configuration.flush == .commit, let dirtyFile {
            do throws(FileError) {
                try fileSystem.truncate(dirtyFile, to: publishedByteCount)
            } catch {
                // The disk is failing; the first error is the one that is reported.
            }
        }
        state = .offline(error)
        dirtyFile = nil
        pendingFiles = []
        return .offline(error)
    }

    /// What a failed file operation means: after a failed sync nothing is certain any more, all else leaves the log as it was.
    func failure(_ error: FileError) -> LogError {
        error.operation == .sync || error.operation == .syncDirectory ? goOffline(error) : .io(error)
    }

    /// The end offset of `epoch`, or of the largest epoch before it: what OffsetForLeaderEpoch answers. Nil if all are newer.
    public func endOffset(ofLeaderEpoch epoch: Int32) -> (epoch: Int32, endOffset: Int64)? {
        epochs.end(of: epoch, endOffset: endOffset)
    }

    /// Takes nothing more and writes nothing: for a partition that is being deleted.
    public func discard() {
        state = .closed
        dirtyFile = nil
        pendingFiles = []
    }

    /// Syncs everything, leaves indexes, a producer snapshot and the recovery point behind, and takes nothing more. A log
    /// that throws here was not stopped cleanly: the data folder must not be marked so.
    public func close() throws(LogError) {
        switch state {
        case .closed: return
        case .offline(let error):
            state = .closed
            throw .offline(error)
        case .corrupt(let place):
            state = .closed
            throw .corrupt(segment: place.segment, position: place.position)
        case .open: break
        }
        precondition(!isFlushing, "A log is closed after its last flush has ended")
        try flushNow()
        do throws(FileError) {
            let (index, timeIndex) = try spillIndexes()
            try fileSystem.sync(index)
            try fileSystem.sync(timeIndex)
            try fileSystem.sync(writeSnapshot())
            try fileSystem.syncDirectory(directory)
            try writeRecoveryPoint()
        } catch {
            throw goOffline(error)
        }
        state = .closed
    }
}

/// The growing end of the active segment.
struct SegmentTail: Sendable, Equatable {
    var byteCount = 0
    var bytesSinceIndexEntry = 0
    /// -1 as long as there is no record with a timestamp.
    var maxTimestamp: Int64 = -1
    /// Last offset of the batch that reached it first.
    var maxTimestampOffset: Int64 = -1
    /// `maxTimestamp` of the segment's first batch: what `segment.ms` counts from.
    var firstTimestamp: Int64?
    /// The timestamp of the newest entry of the time index.
    var indexedTimestamp: Int64 = -1
    /// Entries of the segment's indexes, in files and memory.
    var offsetEntryCount = 0
    var timeEntryCount = 0
    /// Entries that are only in memory.
    var unspilledCount = 0
    var createdAt: Int64
}

/// A batch of an append before it is written.
struct PlannedBatch {
    var header: RecordBatchHeader
    /// In the bytes given to `append`.
    var start: Int
}

/// What an append did.
public struct AppendResult: Sendable, Equatable {
    public var baseOffset: Int64
    public var lastOffset: Int64
    /// The broker's time given to the records; -1 where they keep their own.
    public var appendTime: Int64
    public var logStartOffset: Int64
    /// The producer had sent this batch before; the offsets are those of the first time.
    public var isDuplicate: Bool
}

public struct AppendOptions: Sendable {
    /// The caller has checked the checksums of the batches. If not, `append` does.
    public var isVerified: Bool

    public init(isVerified: Bool = false) {
        self.isVerified = isVerified
    }

    public static let verified = AppendOptions(isVerified: true)
}
