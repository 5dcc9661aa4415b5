/// What one compaction of a log goes by: made on the partition's lane by `PartitionLog.beginCompaction`, carried out by a
/// `LogCompactor` on another thread.
public struct CompactionPlan<FS: FileSystem>: Sendable {
    /// All sealed segments up to `upperOffset`.
    let segments: ContiguousArray<Segment<FS>>
    /// Where the last of `segments` ends.
    let segmentsEnd: Int64
    let directory: String
    /// The log was never compacted before.
    let isFirst: Bool
    /// Everything before was compacted before.
    public let firstDirtyOffset: Int64
    /// Records from here on may not be compacted yet.
    public let upperOffset: Int64
    let producers: ContiguousArray<(producerId: Int64, epoch: Int16, lastOffset: Int64?)>
    let configuration: LogConfiguration
    let now: Int64

    /// The offset after the last one of a segment.
    func end(of number: Int) -> Int64 {
        number + 1 < segments.count ? segments[number + 1].baseOffset : segmentsEnd
    }
}

/// Limits of a `LogCompactor`, the same for all logs.
public struct CompactorSettings: Sendable {
    /// Memory for the table of keys. What doesn't fit is left to the next compaction.
    public var keyTableByteCountMax = 128 << 20
    /// Bytes that one batch may decompress to.
    public var decompressedBytesMax = 128 << 20
    /// Segments that are merged at most into one; three files of each are open while they are.
    public var mergedSegmentsMax = 64
    /// Bytes read and written between two calls of the pace.
    public var turnByteCount = 256 << 10
    /// For tests: fewer keys than the memory holds.
    var keysMax: Int?

    public init() {}
}
