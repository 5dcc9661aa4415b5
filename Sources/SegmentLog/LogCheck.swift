import KafkaRecords

/// Reads a partition's folder and says what in it is not as the log leaves it: every batch with its checksum and offsets,
/// the indexes, the producer snapshots, the leader epochs and the checkpoints. Changes nothing.
///
/// What no checksum covers is compared with what else is known: base offsets with their neighbours, leader epochs with
/// their checkpoint, index entries with the batches. Where nothing else knows (the digits of a log start offset, a gap in a
/// compacted topic) a changed byte can't be seen.
public struct LogCheck<FS: FileSystem> {
    public struct Options: Sendable {
        /// The data folder carries the mark of a clean stop: indexes and checkpoints must be complete. Without it, what the
        /// broker makes anew at its next start isn't looked at.
        public var isClean = true
        /// A broker is writing: the end of the last segment may be amid an append, checkpoints move.
        public var isLive = false
        /// The topic is compacted, so offsets may be missing.
        public var allowsGaps = false
        /// Decompress every batch and walk its records, too.
        public var readsRecords = false

        public init() {}
    }

    let fileSystem: FS
    let directory: String
    private(set) var options: Options
    let progress: (Int) -> Void
    var report = LogCheckReport()
    var names: Set<String> = []
    var bases: [Int64] = []
    var epochs: EpochCheck?
    var logStart: Int64 = 0
    var recoveryPoint: Int64?

    /// - Parameter progress: is told of each part of the segments' bytes that has been read.
    public init(_ fileSystem: FS, directory: String, options: Options = Options(), progress: @escaping (Int) -> Void) {
        self.fileSystem = fileSystem
        self.directory = directory
        self.options = options
        self.progress = progress
    }

    /// Bytes of the folder's segments, for a progress bar.
    public static func byteCount(_ fileSystem: FS, directory: String) throws(LogError) -> Int {
        try io { () throws(FileError) in
            var sum = 0
            for name in try fileSystem.list(directory) where LogFileName.offset(of: name, .log) != nil {
                do throws(FileError) {
                    sum += try fileSystem.size(at: directory + "/" + name)
                } catch {
                    guard error.isNotFound else { throw error }
                }
            }
            return sum
        }
    }

    public mutating func run() throws(LogError) -> LogCheckReport {
        do throws(FileError) {
            try checkAll()
        } catch {
            throw .io(error)
        }
        return report
    }

    private mutating func checkAll() throws(FileError) {
        names = Set(try fileSystem.list(directory))
        // A log that was compacted once keeps its gaps.
        if names.contains(LogFileName.cleanerCheckpoint) { options.allowsGaps = true }
        if let swap = names.filter({ $0.hasSuffix(LogFileName.swapSuffix) }).min(), !options.isLive {
            // Which segments count is settled when the log is opened.
            report.add(
                LogFinding(
                    .interruptedCompaction, swap, "the next start finishes it; nothing else is checked before",
                    .nextStart))
            return
        }
        bases = names.compactMap { LogFileName.offset(of: $0, .log) }.sorted()
        try readCheckpoints()
        // What lies before the log start is waiting to be deleted.
        while bases.count > 1, bases[1] <= logStart { bases.removeFirst() }
        report.segmentCount = bases.count
        report.startOffset = max(logStart, bases.first ?? 0)
        report.endOffset = bases.first ?? logStart
        try readEpochs()
        for number in bases.indices {
            do throws(FileError) {
                try checkSegment(number)
            } catch {
                // Retention or compaction of a running broker has taken the file away.
                guard options.isLive, error.isNotFound else { throw error }
            }
        }
        finishEpochs()
        checkEnd()
        try checkSnapshots()
        try checkMetadata()
    }

    func contents(_ name: String) throws(FileError) -> [UInt8]? {
        names.contains(name) ? try fileSystem.contents(of: directory + "/" + name) : nil
    }

    // MARK: Files beside the segments

    private mutating func readCheckpoints() throws(FileError) {
        logStart = try checkpoint(LogFileName.logStart) ?? 0
        recoveryPoint = try checkpoint(LogFileName.recoveryPoint)
        report.knownEndOffset = recoveryPoint
        _ = try checkpoint(LogFileName.cleanerCheckpoint)
    }

    private mutating func checkpoint(_ name: String) throws(FileError) -> Int64? {
        guard let bytes = try contents(name) else { return nil }
        let folder = directory.split(separator: "/").last.flatMap { PartitionName(directoryName: $0) }
        guard let offset = CheckpointText.decodeOffset(bytes),
            folder == nil || bytes == CheckpointText.encode(offset: offset, partitionDirectory: directory)
        else {
            report.add(LogFinding(.checkpoint, name, "not whole", .repair))
            return nil
        }
        return offset
    }

    private mutating func readEpochs() throws(FileError) {
        guard let bytes = try contents(LogFileName.leaderEpochs) else {
            epochs = EpochCheck(nil)
            return
        }
        let decoded = LeaderEpochs(bytes)
        // What was assigned must be all that is written: entries that go down are left out when they are read.
        if decoded == nil || decoded?.encoded() != bytes {
            report.add(LogFinding(.leaderEpoch, LogFileName.leaderEpochs, "not whole", .repair))
        }
        epochs = EpochCheck(decoded?.encoded() == bytes ? decoded : nil)
    }

    private mutating func finishEpochs() {
        guard var epochs, !options.isLive else { return }
        epochs.finish(endOffset: report.endOffset)
        // One batch that differs, or one that breaks the order, is damaged itself; else the checkpoint is.
        if report.epochFixes.count != 1, !epochs.isOrderBroken { report.epochFixes = [] }
        if let start = epochs.misplacedStart, epochs.misfit == nil, options.isClean {
            report.add(
                LogFinding(
                    .leaderEpoch, LogFileName.leaderEpochs, "an epoch begins at \(start), where no batch does", .repair)
            )
        }
        self.epochs = epochs
    }

    private mutating func checkEnd() {
        guard !options.isLive else { return }
        let end = report.endOffset
        if logStart > end {
            report.add(
                LogFinding(
                    .checkpoint, LogFileName.logStart,
                    "the log begins at \(logStart) and its last batch ends before \(end)", .nextStart))
        }
        guard let recoveryPoint else { return }
        if recoveryPoint > end, report.badRanges.isEmpty, let base = bases.last {
            report.add(
                LogFinding(
                    .missingEnd, LogFileName.name(base, .log), lost: end..<recoveryPoint,
                    "the log ends at \(end); \(recoveryPoint) was known to be on disk", .repair))
        } else if recoveryPoint < end, options.isClean {
            report.add(
                LogFinding(
                    .checkpoint, LogFileName.recoveryPoint,
                    "says \(recoveryPoint) after a clean stop, the log ends at \(end)", .repair))
        }
    }

    private mutating func checkSnapshots() throws(FileError) {
        for name in names.sorted() {
            guard let offset = LogFileName.offset(of: name, .snapshot) else { continue }
            // After a crash, the broker makes do without those that were not synced.
            guard options.isClean || offset <= recoveryPoint ?? 0 else { continue }
            let bytes: [UInt8]?
            do throws(FileError) {
                bytes = try contents(name)
            } catch {
                guard options.isLive, error.isNotFound else { throw error }
                continue
            }
            guard let bytes else { continue }
            if ProducerSnapshot.decode(bytes, countMax: .max) == nil {
                report.add(LogFinding(.snapshot, name, "not whole, or its checksum is wrong", .repair))
            } else if offset > report.endOffset, !options.isLive, report.badRanges.isEmpty {
                report.add(LogFinding(.snapshot, name, "belongs behind the log's end, \(report.endOffset)", .nextStart))
            }
        }
    }

    private mutating func checkMetadata() throws(FileError) {
        guard let bytes = try contents(LogFileName.partitionMetadata) else { return }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let isWhole =
            lines.count == 3 && lines[0] == "version: 0" && lines[1].hasPrefix("topic_id: ")
            && TopicId(lines[1].dropFirst("topic_id: ".count)) != nil && lines[2].isEmpty
        guard !isWhole else { return }
        report.add(LogFinding(.metadata, LogFileName.partitionMetadata, "not whole: the topic's id is unknown", .none))
    }
}
