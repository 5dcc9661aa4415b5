import KafkaRecords

/// What opening a log found and did, for one line in the broker's log.
public struct RecoveryReport: Sendable, Equatable {
    /// Bytes whose checksums were verified, after a stop that was not clean.
    public var verifiedByteCount = 0
    /// Bytes cut off behind the last whole batch: an append that a crash interrupted.
    public var truncatedByteCount = 0
    /// Segments whose index files were built anew.
    public var rebuiltIndexCount = 0
    /// Where the log is broken, if it is.
    public var corruption: LogError?
}

/// The state of a log when it has been opened.
struct OpenedLog<FS: FileSystem> {
    var directory: String
    var configuration: LogConfiguration
    var files: FileCache<FS>
    var segments: ContiguousArray<Segment<FS>>
    var tail: SegmentTail
    var producers: ProducerState
    var epochs: LeaderEpochs
    var logStartOffset: Int64
    var endOffset: Int64
    var recoveryPoint: Int64
    var cleanedOffset: Int64?
    var isDirectoryDirty: Bool
    var corruption: LogView<FS>.Corruption?
    var report: RecoveryReport
}

extension PartitionLog {
    /// Opens the log in `directory`, which exists; makes its first segment if it has none.
    ///
    /// `isClean`: the data folder carried the mark of a clean stop. Then only the end of the last segment is looked at.
    /// Else everything behind the recovery point is verified, a torn tail is cut off, and damage that no crash explains opens
    /// the log as corrupt: readable up to there, closed for appends. See `LogOpener`. `isSynced`: after a crash, the caller has
    /// synced the whole folder already.
    public static func open(
        directory: String, files: FileCache<FS>, configuration: LogConfiguration, isClean: Bool,
        isSynced: Bool = false, now: Int64
    ) throws(LogError) -> PartitionLog<FS> {
        var opener = LogOpener(directory: directory, files: files, configuration: configuration, now: now)
        do throws(FileError) {
            return PartitionLog(try opener.open(isClean: isClean, isSynced: isSynced))
        } catch {
            throw .io(error)
        }
    }
}

/// Opens the log of a partition, after a clean stop or a crash.
///
/// After a crash:
/// 1. What lies before the log start is deleted: retention was interrupted.
/// 2. From the segment that holds the recovery point on, every batch is checked (lengths, offsets, checksum) and the
///    indexes are built anew. Before that point only the files' presence is looked at.
/// 3. A bad batch in the last segment that holds data is a torn tail if no whole valid batch lies anywhere behind it: nothing
///    behind it can have been acknowledged, because an acknowledgement covers everything before it. The file is cut there.
///    In all other cases (something valid follows, or the segment is not the last) bytes that were once acknowledged may be
///    damaged: the log is corrupt, nothing is changed on disk, and whoever runs the broker decides.
///    The price: where power fails while several appends are being written back and the device stores a later one but not an
///    earlier one, the log is reported corrupt although nothing acknowledged is lost.
/// 4. Unless all of the data folder has been synced, what was read is synced before readers see it, since after a kill it may be in the page cache only.
/// 5. Producer state is the newest whole snapshot, moved on by the batches behind it.
struct LogOpener<FS: FileSystem> {
    let directory: String
    let files: FileCache<FS>
    let configuration: LogConfiguration
    let now: Int64

    var segments: ContiguousArray<Segment<FS>> = []
    var tail: SegmentTail
    var epochs = LeaderEpochs()
    var report = RecoveryReport()
    var endOffset: Int64 = 0
    var logStartOffset: Int64 = 0
    var recoveryPoint: Int64 = 0
    var corruption: LogView<FS>.Corruption?
    var isDirectoryDirty = false

    init(directory: String, files: FileCache<FS>, configuration: LogConfiguration, now: Int64) {
        self.directory = directory
        self.files = files
        self.configuration = configuration
        self.now = now
        tail = SegmentTail(createdAt: now)
    }

    var fileSystem: FS { files.fileSystem }

    mutating func open(isClean: Bool, isSynced: Bool) throws(FileError) -> OpenedLog<FS> {
        let names = try completeSwaps(removeLeftovers(fileSystem.list(directory)))
        logStartOffset = try checkpoint(LogFileName.logStart) ?? 0
        recoveryPoint = try checkpoint(LogFileName.recoveryPoint) ?? 0
        if let bytes = try fileSystem.contents(of: directory + "/" + LogFileName.leaderEpochs) {
            epochs = LeaderEpochs(bytes) ?? LeaderEpochs()
        }
        try findSegments(names)
        if segments.isEmpty {
            try makeFirstSegment(at: logStartOffset)
        } else {
            let isReadable = isClean ? try readCleanTail(names) : false
            if !isReadable {
                try recover(names)
                if !isSynced, corruption == nil { try syncFound() }
            }
        }
        if endOffset < logStartOffset, corruption == nil {
            // Only `log.flush=os` can lose what was deleted already: begin anew where readers expect it.
            for segment in segments { try removeFiles(segment) }
            segments = []
            try makeFirstSegment(at: logStartOffset)
        }
        logStartOffset = max(logStartOffset, segments[0].baseOffset)
        epochs.truncate(to: endOffset)
        let producers = try recoverProducers(names)
        // What lies in the active segment was never compacted; a lost tail may have been written anew.
        let activeBase = segments[segments.count - 1].baseOffset
        let cleanedOffset =
            names.contains(LogFileName.cleanerCheckpoint)
            ? min(try checkpoint(LogFileName.cleanerCheckpoint) ?? 0, activeBase) : nil
        report.corruption = corruption.map { .corrupt(segment: $0.segment, position: $0.position) }
        return OpenedLog(
            directory: directory, configuration: configuration, files: files, segments: segments, tail: tail,
            producers: producers, epochs: epochs, logStartOffset: logStartOffset, endOffset: endOffset,
            recoveryPoint: min(recoveryPoint, endOffset), cleanedOffset: cleanedOffset,
            isDirectoryDirty: isDirectoryDirty, corruption: corruption,
            report: report)
    }

    // MARK: Files

    private mutating func removeLeftovers(_ names: [String]) throws(FileError) -> Set<String> {
        var kept: Set<String> = []
        for name in names {
            if LogFileName.leftoverSuffixes.contains(where: name.hasSuffix) {
                try fileSystem.removeIfPresent(directory + "/" + name)
            } else {
                kept.insert(name)
            }
        }
        return kept
    }

    private func checkpoint(_ name: String) throws(FileError) -> Int64? {
        // One that is not whole counts as missing: the log is then checked from its beginning.
        try fileSystem.contents(of: directory + "/" + name).flatMap(CheckpointText.decodeOffset)
    }

    /// Lists the segments and deletes those that lie before the log start.
    private mutating func findSegments(_ names: Set<String>) throws(FileError) {
        let bases = names.compactMap { LogFileName.offset(of: $0, .log) }.sorted()
        for (number, base) in bases.enumerated() {
            let segment = Segment(baseOffset: base, directory: directory, files: files, isNew: false)
            if number + 1 < bases.count, bases[number + 1] <= logStartOffset {
                try removeFiles(segment)
            } else {
                segments.append(segment)
            }
        }
    }

    private mutating func makeFirstSegment(at offset: Int64) throws(FileError) {
        let segment = Segment(baseOffset: offset, directory: directory, files: files, isNew: true)
        let file = try segment.file(.log, create: true)
        try fileSystem.truncate(file, to: 0)
        segments = [segment]
        endOffset = offset
        tail = SegmentTail(createdAt: now)
        isDirectoryDirty = true
    }

    func removeFiles(_ segment: Segment<FS>) throws(FileError) {
        segment.forgetFiles()
        for kind in LogFileName.Kind.allCases { try fileSystem.removeIfPresent(segment.path(kind)) }
    }

    // MARK: After a clean stop

    /// Finds the end of the log from the last index entry. False if anything is not as a clean stop leaves it.
    private mutating func readCleanTail(_ names: Set<String>) throws(FileError) -> Bool {
        let segment = segments[segments.count - 1]
        guard hasIndexes(segment, names) else { return false }
        for older in segments.dropLast() where !hasIndexes(older, names) { return false }
        let file = try segment.file(.log)
        let byteCount = try fileSystem.size(of: file)
        var tail = SegmentTail(createdAt: now)
        let newest = try segment.index.floor(timestamp: .max, segment)
        if let newest {
            tail.maxTimestamp = newest.timestamp
            tail.maxTimestampOffset = segment.baseOffset + Int64(newest.relativeOffset)
            tail.indexedTimestamp = newest.timestamp
        }
        var scanner = SegmentScanner(
            fileSystem, file: file, segmentBase: segment.baseOffset, limit: byteCount, checks: .headers)
        tail.firstTimestamp = try scanner.next()?.header?.maxTimestamp
        if scanner.isStopped { return false }
        (tail.offsetEntryCount, tail.timeEntryCount) = try segment.index.counts(segment)
        let entry = try segment.index.floor(position: byteCount, segment)
        let start = Int(entry?.position ?? 0)
        guard start >= 0, start <= byteCount else { return false }
        scanner = SegmentScanner(
            fileSystem, file: file, segmentBase: segment.baseOffset, limit: byteCount, from: start, checks: .headers)
        tail.byteCount = start
        var isFirst = true
        while let batch = try scanner.next() {
            guard batch.status == .valid, let header = batch.header else { return false }
            if isFirst, let entry, header.lastOffset - segment.baseOffset != Int64(entry.relativeOffset) {
                return false
            }
            isFirst = false
            // The entry of the batch at `start` is in the index already, and none followed it.
            tail.took(header, segment: segment, indexIntervalBytes: .max)
        }
        if entry != nil, isFirst { return false }
        endOffset = scanner.expectedOffset
        self.tail = tail
        return true
    }

    func hasIndexes(_ segment: Segment<FS>, _ names: Set<String>) -> Bool {
        names.contains(LogFileName.name(segment.baseOffset, .index))
            && names.contains(LogFileName.name(segment.baseOffset, .timeIndex))
    }
}
