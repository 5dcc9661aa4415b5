import KafkaRecords

/// Mends a partition's folder after a check, so that the broker takes it again.
///
/// Bytes that hold no batch of the log are set aside into files of their own beside the segment
/// (`00000000000000000000.log.cut-4711`), never deleted; whole batches before and behind them stay, so only the offsets of
/// what was cut are missing. Indexes, leader epochs, the producer snapshot and the recovery point are then made anew by
/// opening the log as after a crash, from its beginning, which also proves that the result is sound. Where the end of the
/// log is lost, the next record gets an offset behind what was known to be on disk: no offset is given out twice.
///
/// The caller holds the lock of the data folder. A crash leaves a folder that has to be checked again: the recovery point is
/// taken away before the first segment changes.
public struct LogRepair<FS: FileSystem> {
    public enum Step: Sendable, Equatable {
        /// Takes bytes out of a segment into a side file.
        case cut(file: String, bytes: Range<Int>, to: String)
        /// Takes a whole file aside.
        case setAside(file: String, to: String)
        /// Gives batches the leader epoch that the checkpoint says; no checksum covers it.
        case setEpochs(file: String, count: Int)
        /// Begins an empty segment, so that offsets below aren't given out again.
        case begin(segment: Int64)
        /// Makes indexes, epochs, snapshot and recovery point anew.
        case rebuild
    }

    public let steps: [Step]
    private let fileSystem: FS
    private let directory: String
    private let report: LogCheckReport

    /// - Parameter report: of a check with the folder locked since.
    /// - Throws: if the folder can't be listed. Nothing is changed.
    public init(_ fileSystem: FS, directory: String, report: LogCheckReport) throws(LogError) {
        self.fileSystem = fileSystem
        self.directory = directory
        self.report = report
        let names = try io { () throws(FileError) in Set(try fileSystem.list(directory)) }
        let sizes = try io { () throws(FileError) in
            var sizes: [Int64: Int] = [:]
            for base in report.badRanges.keys {
                sizes[base] = try fileSystem.size(at: directory + "/" + LogFileName.name(base, .log))
            }
            return sizes
        }
        steps = Self.steps(report, names, sizes)
    }

    public var isNeeded: Bool { !steps.isEmpty }

    private static func steps(_ report: LogCheckReport, _ names: Set<String>, _ sizes: [Int64: Int]) -> [Step] {
        var steps: [Step] = []
        var taken = names
        let begins = report.knownEndOffset.flatMap { $0 > report.endOffset ? $0 : nil }
        let isOnlySegment = names.count { LogFileName.offset(of: $0, .log) != nil } == 1 && begins == nil
        for (base, ranges) in report.badRanges.sorted(by: { $0.key < $1.key }) {
            let file = LogFileName.name(base, .log)
            if ranges.reduce(0, { $0 + $1.count }) == sizes[base] ?? 0, !isOnlySegment {
                // Nothing is left, and an empty file amid the log would be taken for damage.
                steps.append(.setAside(file: file, to: free("\(file).cut-0", &taken)))
                continue
            }
            for bytes in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                steps.append(.cut(file: file, bytes: bytes, to: free("\(file).cut-\(bytes.lowerBound)", &taken)))
            }
        }
        for (base, fixes) in Dictionary(grouping: report.epochFixes, by: \.segment).sorted(by: { $0.key < $1.key }) {
            steps.append(.setEpochs(file: LogFileName.name(base, .log), count: fixes.count))
        }
        for finding in report.findings where finding.remedy == .repair {
            switch finding.kind {
            case .snapshot, .checkpoint, .leaderEpoch:
                // The checkpoint is right where it mends batches.
                if finding.kind == .leaderEpoch, !report.epochFixes.isEmpty { continue }
                // An epoch that a batch contradicts stands in the name of the batch's file.
                let file = finding.kind == .leaderEpoch ? LogFileName.leaderEpochs : finding.file
                let isPlanned = steps.contains { if case .setAside(file, _) = $0 { true } else { false } }
                // The recovery point is made anew in any case.
                if !isPlanned, names.contains(file), file != LogFileName.recoveryPoint {
                    steps.append(.setAside(file: file, to: free("\(file).cut", &taken)))
                }
            case .damagedBatch, .tornTail, .misplacedBatch, .unreadableRecords, .gap, .missingEnd, .offsetIndex,
                .timeIndex, .interruptedCompaction, .metadata:
                break
            }
        }
        if let begins { steps.append(.begin(segment: begins)) }
        let needsWork = report.findings.contains { $0.remedy == .repair || $0.kind == .tornTail }
        if needsWork { steps.append(.rebuild) }
        return steps
    }

    private static func free(_ name: String, _ taken: inout Set<String>) -> String {
        var candidate = name
        var number = 1
        while taken.contains(candidate) {
            candidate = "\(name).\(number)"
            number += 1
        }
        taken.insert(candidate)
        return candidate
    }

    /// Does what `steps` says. After an error the folder is as it was or partly mended, never worse to read: check it again.
    ///
    /// - Parameter now: milliseconds since 1970.
    public func run(configuration: LogConfiguration, now: Int64) throws(LogError) {
        guard isNeeded else { return }
        do throws(FileError) {
            try saveCuts()
            try fileSystem.removeIfPresent(path(LogFileName.recoveryPoint))
            try fileSystem.syncDirectory(directory)
            try setEpochs()
            try changeSegments()
            try fileSystem.syncDirectory(directory)
        } catch {
            throw .io(error)
        }
        let files = FileCache(fileSystem: fileSystem, capacity: 16)
        let log = try PartitionLog.open(
            directory: directory, files: files, configuration: configuration, isClean: false, now: now)
        if let corruption = log.recovery.corruption { throw corruption }
        let epochs = log.epochs
        try io { () throws(FileError) in try fileSystem.replace(path(LogFileName.leaderEpochs), with: epochs.encoded())
        }
        try log.close()
    }

    private func path(_ name: String) -> String { directory + "/" + name }

    /// Copies come first: whatever happens next, nothing is lost.
    private func saveCuts() throws(FileError) {
        for case .cut(let name, let bytes, let target) in steps {
            let source = try fileSystem.open(path(name), .read)
            let copy = try fileSystem.open(path(target), .create)
            try self.copy(source, bytes, to: copy, at: 0)
            try fileSystem.sync(copy)
        }
        try fileSystem.syncDirectory(directory)
    }

    /// While positions are still those of the check.
    private func setEpochs() throws(FileError) {
        for (base, fixes) in Dictionary(grouping: report.epochFixes, by: \.segment) {
            let file = try fileSystem.open(path(LogFileName.name(base, .log)), .readWrite)
            for fix in fixes {
                var bytes: [UInt8] = []
                bytes.appendBigEndian(fix.epoch)
                try fileSystem.write(file, at: fix.position + 12, bytes)
            }
            try fileSystem.sync(file)
        }
    }

    private func changeSegments() throws(FileError) {
        var cuts: [String: [Range<Int>]] = [:]
        for step in steps {
            switch step {
            case .cut(let name, let bytes, _): cuts[name, default: []].append(bytes)
            case .setAside(let name, let target):
                try fileSystem.rename(path(name), to: path(target))
            case .begin(let segment):
                _ = try fileSystem.open(path(LogFileName.name(segment, .log)), .create)
            case .setEpochs, .rebuild: break
            }
        }
        for (name, ranges) in cuts.sorted(by: { $0.key < $1.key }) { try rewrite(name, without: ranges) }
    }

    private func rewrite(_ name: String, without ranges: [Range<Int>]) throws(FileError) {
        let source = try fileSystem.open(path(name), .readWrite)
        let byteCount = try fileSystem.size(of: source)
        if ranges.count == 1, ranges[0].upperBound == byteCount {
            try fileSystem.truncate(source, to: ranges[0].lowerBound)
            try fileSystem.sync(source)
            return
        }
        let temporary = path(name) + LogFileName.temporarySuffix
        let target = try fileSystem.open(temporary, .create)
        try fileSystem.truncate(target, to: 0)
        var position = 0
        var start = 0
        for bad in ranges + [byteCount..<byteCount] {
            try copy(source, start..<bad.lowerBound, to: target, at: position)
            position += bad.lowerBound - start
            start = bad.upperBound
        }
        try fileSystem.sync(target)
        try fileSystem.rename(temporary, to: path(name))
    }

    private func copy(_ source: FS.File, _ bytes: Range<Int>, to target: FS.File, at position: Int) throws(FileError) {
        var start = bytes.lowerBound
        var position = position
        while start < bytes.upperBound {
            let chunk = try fileSystem.bytes(of: source, at: start, count: min(1 << 20, bytes.upperBound - start))
            guard !chunk.isEmpty else { return }
            try fileSystem.write(target, at: position, chunk)
            start += chunk.count
            position += chunk.count
        }
    }
}
