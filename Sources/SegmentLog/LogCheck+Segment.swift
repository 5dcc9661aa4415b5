import KafkaRecords

extension LogCheck {
    /// A sound batch that left offsets out before it: in a topic that isn't compacted its offset may be damaged, which the
    /// batch behind it tells.
    private struct Suspect {
        var header: RecordBatchHeader
        var position: Int
        var expected: Int64
    }

    /// One segment on its way through the check.
    private struct Walk {
        var base: Int64
        /// Where the next segment begins; nil: there is none with data.
        var nextBase: Int64?
        var limit: Int
        var file: FS.File
        /// nil: the indexes aren't compared.
        var indexes: IndexCheck?
        var expected: Int64
        var suspect: Suspect?
        var reported = 0
        var hasEpochFinding = false
        var name: String { LogFileName.name(base, .log) }
    }

    mutating func checkSegment(_ number: Int) throws(FileError) {
        let base = bases[number]
        let file = try fileSystem.open(directory + "/" + LogFileName.name(base, .log), .read)
        let limit = try fileSystem.size(of: file)
        let nextBase = try nextWithData(behind: number)
        var walk = Walk(
            base: base, nextBase: nextBase, limit: limit, file: file,
            indexes: try indexes(of: base, isLast: nextBase == nil, isEmpty: limit == 0), expected: base)
        if limit == 0 {
            // An empty file behind the data is a segment just begun.
            if let nextBase { bad(0..<0, .damagedBatch, "the file is empty", next: nextBase, from: base, &walk) }
        } else if base < report.endOffset, !options.isLive {
            // A running broker may just have merged the two.
            report.add(
                LogFinding(
                    .misplacedBatch, walk.name,
                    "the segment begins at \(base), the one before it ends at \(report.endOffset)", .none))
        } else if base > report.endOffset, number > 0, !options.allowsGaps {
            let missing = report.endOffset..<base
            if !isReported(missing) {
                report.add(LogFinding(.gap, walk.name, lost: missing, "offsets are missing before the segment", .none))
            }
        }
        try walkBatches(&walk)
        progress(limit - walk.reported)
        report.byteCount += limit
        report.endOffset = max(report.endOffset, walk.expected)
        try finishIndexes(&walk)
    }

    /// Where the next segment begins that holds anything.
    private func nextWithData(behind number: Int) throws(FileError) -> Int64? {
        for later in bases[(number + 1)...] {
            if try fileSystem.size(at: directory + "/" + LogFileName.name(later, .log)) > 0 { return later }
        }
        return nil
    }

    /// Offsets that were lost with damaged bytes are no gap of their own.
    private func isReported(_ missing: Range<Int64>) -> Bool {
        report.findings.contains { $0.lost.map { $0.overlaps(missing) } ?? false }
    }

    private func scanner(_ walk: Walk, from position: Int) -> SegmentScanner<FS> {
        SegmentScanner(
            fileSystem, file: walk.file, segmentBase: walk.base, limit: walk.limit, from: position,
            checks: .checksums(after: 0))
    }

    private mutating func walkBatches(_ walk: inout Walk) throws(FileError) {
        var scanner = scanner(walk, from: 0)
        while let batch = try scanner.next() {
            if walk.reported + (1 << 20) <= batch.position {
                progress(batch.position - walk.reported)
                walk.reported = batch.position
            }
            if batch.status == .valid, let header = batch.header, isBefore(walk.nextBase, header),
                header.baseOffset >= walk.expected
            {
                settle(&walk)
                if header.baseOffset > walk.expected {
                    walk.suspect = Suspect(header: header, position: batch.position, expected: walk.expected)
                }
                try took(batch, header, &walk, &scanner)
                continue
            }
            if let suspect = walk.suspect, let header = batch.header, header.baseOffset >= suspect.expected,
                isBefore(walk.nextBase, header), try scanner.isIntact(batch)
            {
                // The batch before it claimed offsets that this one has: its own were damaged.
                bad(
                    suspect.position..<batch.position, .misplacedBatch,
                    "its offset \(suspect.header.baseOffset) is wrong",
                    next: header.baseOffset, from: suspect.expected, &walk)
                walk.suspect = nil
                walk.expected = header.baseOffset
                scanner = self.scanner(walk, from: batch.position)
                continue
            }
            guard try goOn(behind: batch, &walk, &scanner) else { break }
        }
        settle(&walk)
    }

    private func isBefore(_ nextBase: Int64?, _ header: RecordBatchHeader) -> Bool {
        nextBase.map { header.lastOffset < $0 } ?? true
    }

    /// Notes the bytes from a bad batch to the next sound one, and goes on there. False: nothing sound follows.
    private mutating func goOn(
        behind batch: SegmentScanner<FS>.Batch, _ walk: inout Walk, _ scanner: inout SegmentScanner<FS>
    ) throws(FileError) -> Bool {
        let isIntact = try scanner.isIntact(batch)
        var start = batch.position
        var found = try sound(behind: batch.position, walk, &scanner)
        if found == nil, let suspect = walk.suspect {
            // Perhaps its offset only looked high, and hides all that follows.
            walk.expected = suspect.expected
            found = try sound(behind: batch.position, walk, &scanner)
            if found != nil {
                start = suspect.position
                walk.suspect = nil
            } else {
                walk.expected = suspect.header.lastOffset + 1
            }
        }
        let detail = Self.detail(batch, isIntact: isIntact)
        if let found, let header = found.header {
            let kind: LogFinding.Kind = isIntact ? .misplacedBatch : .damagedBatch
            bad(start..<found.position, kind, detail, next: header.baseOffset, from: walk.expected, &walk)
            walk.expected = header.baseOffset
            scanner = self.scanner(walk, from: found.position)
            return true
        }
        let isLast = walk.nextBase == nil
        // A running broker may be amid this append.
        if options.isLive, isLast { return false }
        let isTorn = isLast && !options.isClean && !isIntact && walk.expected >= recoveryPoint ?? 0
        let kind: LogFinding.Kind = isTorn ? .tornTail : isIntact ? .misplacedBatch : .damagedBatch
        bad(start..<walk.limit, kind, detail, next: walk.nextBase, from: walk.expected, &walk)
        return false
    }

    /// The next whole batch that has a right checksum and offsets that may follow.
    private func sound(
        behind position: Int, _ walk: Walk, _ scanner: inout SegmentScanner<FS>
    ) throws(FileError) -> SegmentScanner<FS>.Batch? {
        var start = position
        while let found = try scanner.search(after: start).batch, let header = found.header {
            if header.baseOffset >= walk.expected, isBefore(walk.nextBase, header) { return found }
            start = found.position
        }
        return nil
    }

    private mutating func bad(
        _ bytes: Range<Int>, _ kind: LogFinding.Kind, _ detail: String, next: Int64?, from expected: Int64,
        _ walk: inout Walk
    ) {
        report.badRanges[walk.base, default: []].append(bytes)
        let end = next ?? max(expected, recoveryPoint.map { $0 > expected ? $0 : .max } ?? .max)
        let lost = expected < end ? expected..<end : nil
        report.add(
            LogFinding(kind, walk.name, bytes: bytes, lost: lost, detail, kind == .tornTail ? .nextStart : .repair))
    }

    private static func detail(_ batch: SegmentScanner<FS>.Batch, isIntact: Bool) -> String {
        switch batch.status {
        case .broken(let error): "\(error)"
        case .misplaced(let expected):
            "its offset is \(batch.header?.baseOffset ?? -1), at least \(expected) was expected"
        case .valid: "its offsets are those of the next segment"
        }
    }

    /// A batch that left offsets out was right after all.
    private mutating func settle(_ walk: inout Walk) {
        guard let suspect = walk.suspect else { return }
        walk.suspect = nil
        let missing = suspect.expected..<suspect.header.baseOffset
        // Retention and `topic delete-records` may have left a first batch that begins later.
        guard !options.allowsGaps, !isReported(missing) else { return }
        report.add(
            LogFinding(
                .gap, walk.name, bytes: suspect.position..<suspect.position + suspect.header.byteCount, lost: missing,
                "offsets are missing before the batch", .none))
    }

    private mutating func took(
        _ batch: SegmentScanner<FS>.Batch, _ header: RecordBatchHeader, _ walk: inout Walk,
        _ scanner: inout SegmentScanner<FS>
    ) throws(FileError) {
        report.batchCount += 1
        walk.expected = header.lastOffset + 1
        walk.indexes?.took(header, at: batch.position)
        let mayBeNew = !options.isClean && header.lastOffset >= recoveryPoint ?? 0
        let (start, isLive) = (logStart, options.isLive)
        let verdict = epochs?.took(header, logStart: start, mayBeNew: mayBeNew || isLive)
        if let verdict { note(verdict, of: header, at: batch.position, &walk) }
        guard options.readsRecords else { return }
        let bytes = try scanner.bytes(of: batch)
        do throws(RecordBatchError) {
            _ = try DecodedBatch(decoding: bytes.rawSpan, bound: 256 << 20)
        } catch {
            report.add(
                LogFinding(
                    .unreadableRecords, walk.name, bytes: batch.position..<batch.position + header.byteCount,
                    lost: header.baseOffset..<header.lastOffset + 1, "\(error)", .none))
        }
    }

    /// One finding for a segment, whatever the number of its batches.
    private mutating func note(
        _ verdict: EpochCheck.Verdict, of header: RecordBatchHeader, at position: Int, _ walk: inout Walk
    ) {
        let detail: String
        let remedy: LogFinding.Remedy
        switch verdict {
        case .right: return
        case .lowered(let before):
            (detail, remedy) = ("epoch \(header.partitionLeaderEpoch) follows \(before)", .none)
        case .misfit(let expected):
            if let expected, report.epochFixes.count < LogCheckLimits.epochFixesMax {
                report.epochFixes.append(.init(segment: walk.base, position: position, epoch: expected))
            }
            let other = expected.map { "epoch \($0)" } ?? "no epoch"
            detail = "epoch \(header.partitionLeaderEpoch) at offset \(header.baseOffset), the checkpoint says \(other)"
            remedy = .repair
        }
        guard !walk.hasEpochFinding else { return }
        walk.hasEpochFinding = true
        report.add(LogFinding(.leaderEpoch, walk.name, bytes: position + 12..<position + 16, detail, remedy))
    }

    // MARK: Indexes

    /// nil where they aren't compared: the broker builds those anew that reach behind the recovery point.
    private mutating func indexes(of base: Int64, isLast: Bool, isEmpty: Bool) throws(FileError) -> IndexCheck? {
        guard !(isLast && options.isLive) else { return nil }
        if !options.isClean, !options.isLive {
            let next = bases.first { $0 > base } ?? .max
            guard next <= recoveryPoint ?? 0 else { return nil }
        }
        let index = try contents(LogFileName.name(base, .index))
        let timeIndex = try contents(LogFileName.name(base, .timeIndex))
        // Retention or compaction of a running broker takes a segment's files one after the other.
        if options.isLive, index == nil || timeIndex == nil { return nil }
        if !isEmpty {
            if index == nil { report.add(LogFinding(.offsetIndex, LogFileName.name(base, .index), "missing", .repair)) }
            if timeIndex == nil {
                report.add(LogFinding(.timeIndex, LogFileName.name(base, .timeIndex), "missing", .repair))
            }
        }
        return IndexCheck(offsetBytes: index ?? [], timeBytes: timeIndex ?? [], baseOffset: base)
    }

    private mutating func finishIndexes(_ walk: inout Walk) throws(FileError) {
        guard var indexes = walk.indexes else { return }
        indexes.finish()
        // Another segment has taken this one's name meanwhile, and the indexes may be that one's.
        if options.isLive, try fileSystem.size(at: directory + "/" + walk.name) != walk.limit { return }
        if indexes.wrongOffsetCount > 0 {
            report.add(
                LogFinding(
                    .offsetIndex, LogFileName.name(walk.base, .index),
                    "\(indexes.wrongOffsetCount) of \(indexes.offsetCount) entries name no batch as it is", .repair))
        }
        if indexes.wrongTimeCount > 0 {
            report.add(
                LogFinding(
                    .timeIndex, LogFileName.name(walk.base, .timeIndex),
                    "\(indexes.wrongTimeCount) of \(indexes.timeCount) entries name no batch as it is", .repair))
        }
    }
}
