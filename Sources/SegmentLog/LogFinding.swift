/// Something in a partition's folder that is not as the log leaves it. Coordinates and classes only.
public struct LogFinding: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Bytes that are no batch, or one whose checksum is wrong.
        case damagedBatch = "damaged-batch"
        /// The same at the very end, behind all that was known to be on disk: an append that a crash interrupted.
        case tornTail = "torn-tail"
        /// A whole batch whose offsets do not fit those around it.
        case misplacedBatch = "misplaced-batch"
        /// A batch whose checksum is right and whose records can't be read.
        case unreadableRecords = "unreadable-records"
        /// Offsets that are in no batch, in a topic that isn't compacted.
        case gap
        /// The log ends before an offset that was known to be on disk.
        case missingEnd = "missing-end"
        case leaderEpoch = "leader-epoch"
        case offsetIndex = "offset-index"
        case timeIndex = "time-index"
        case snapshot
        case checkpoint
        /// New segments wait to take the place of old ones.
        case interruptedCompaction = "interrupted-compaction"
        case metadata
    }

    public enum Remedy: String, Sendable, CaseIterable {
        /// The broker mends it by itself when it starts.
        case nextStart = "next-start"
        case repair
        /// Nothing brings it back, or nobody can know what is right.
        case none
    }

    public var kind: Kind
    /// Name of the file in the partition's folder.
    public var file: String
    /// Bytes of the file that are meant; nil: all of it.
    public var bytes: Range<Int>?
    /// Offsets that can't be read, as far as they are known; an upper bound of `Int64.max` means that nobody knows how many.
    public var lost: Range<Int64>?
    public var detail: String
    public var remedy: Remedy

    init(
        _ kind: Kind, _ file: String, bytes: Range<Int>? = nil, lost: Range<Int64>? = nil, _ detail: String,
        _ remedy: Remedy
    ) {
        self.kind = kind
        self.file = file
        self.bytes = bytes
        self.lost = lost
        self.detail = detail
        self.remedy = remedy
    }
}

/// What a check of one partition has seen.
public struct LogCheckReport: Sendable, Equatable {
    /// At most `LogCheck.findingsMax`.
    public var findings: [LogFinding] = []
    /// Findings beyond those.
    public var furtherCount = 0
    public var segmentCount = 0
    public var batchCount = 0
    /// Bytes of the segments.
    public var byteCount = 0
    /// The first offset that is kept, and the one after the last sound batch.
    public var startOffset: Int64 = 0
    public var endOffset: Int64 = 0
    /// The offset up to which everything was known to be on disk; nil: the folder doesn't say.
    var knownEndOffset: Int64?
    /// Bytes that hold no batch of this log, by the base offset of their segment, ascending.
    var badRanges: [Int64: [Range<Int>]] = [:]

    /// Batches whose leader epoch isn't what the checkpoint says, where the checkpoint is right.
    var epochFixes: [EpochFix] = []

    struct EpochFix: Sendable, Equatable {
        var segment: Int64
        /// Where the batch begins.
        var position: Int
        var epoch: Int32
    }

    public var isSound: Bool { findings.isEmpty }

    mutating func add(_ finding: LogFinding) {
        if findings.count < LogCheckLimits.findingsMax { findings.append(finding) } else { furtherCount += 1 }
    }
}

enum LogCheckLimits {
    static let findingsMax = 1000
    static let epochFixesMax = 100_000
}
