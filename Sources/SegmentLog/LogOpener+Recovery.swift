import KafkaRecords

extension LogOpener {
    /// Checks what lies behind the recovery point and finds the end of the log.
    mutating func recover(_ names: Set<String>) throws(FileError) {
        let lastWithData = try lastSegmentWithData()
        endOffset = segments[0].baseOffset
        for number in segments.indices {
            let segment = segments[number]
            let next = number + 1 < segments.count ? segments[number + 1].baseOffset : Int64.max
            if next <= recoveryPoint, number < lastWithData {
                if !hasIndexes(segment, names) {
                    try Self.rebuildIndex(segment, configuration: configuration)
                    report.rebuiltIndexCount += 1
                }
                endOffset = next
                continue
            }
            if number > lastWithData {
                try adoptEmpty(number)
                if segments.count == number { break }
                continue
            }
            if segment.baseOffset < endOffset {
                stopAsCorrupt(number, at: 0)
                return
            }
            try recover(number, isTail: number == lastWithData)
            if corruption != nil { return }
        }
    }

    private func lastSegmentWithData() throws(FileError) -> Int {
        for number in segments.indices.reversed() where try fileSystem.size(at: segments[number].path(.log)) > 0 {
            return number
        }
        return -1
    }

    /// An empty file behind the data is a segment begun before the crash; one whose name lies within the data is what is
    /// left of a roll that failed.
    private mutating func adoptEmpty(_ number: Int) throws(FileError) {
        let segment = segments[number]
        if segment.baseOffset < endOffset {
            for leftover in segments[number...] { try removeFiles(leftover) }
            segments.removeSubrange(number...)
            return
        }
        segment.index.reset()
        endOffset = segment.baseOffset
        tail = SegmentTail(createdAt: now)
        if number > 0 {
            segments[number - 1].setSealed(byteCount: try fileSystem.size(at: segments[number - 1].path(.log)))
        }
    }

    /// Checks one segment and builds its indexes anew.
    private mutating func recover(_ number: Int, isTail: Bool) throws(FileError) {
        let segment = segments[number]
        let file = try segment.file(.log)
        let byteCount = try fileSystem.size(of: file)
        segment.index.reset()
        report.rebuiltIndexCount += 1
        // A segment is sealed only when it holds something.
        if byteCount == 0, !isTail { return stopAsCorrupt(number, at: 0) }
        var tail = SegmentTail(createdAt: now)
        var scanner = SegmentScanner(
            fileSystem, file: file, segmentBase: segment.baseOffset, limit: byteCount,
            checks: .checksums(after: recoveryPoint))
        var bad: SegmentScanner<FS>.Batch?
        while let batch = try scanner.next() {
            guard batch.status == .valid, let header = batch.header else {
                bad = batch
                break
            }
            if header.lastOffset >= recoveryPoint { report.verifiedByteCount += header.byteCount }
            epochs.assign(header.partitionLeaderEpoch, startOffset: header.baseOffset)
            tail.took(header, segment: segment, indexIntervalBytes: configuration.indexIntervalBytes)
        }
        self.tail = tail
        endOffset = scanner.expectedOffset
        if let bad {
            guard isTail, endOffset >= recoveryPoint, try isTorn(bad, &scanner) else {
                return stopAsCorrupt(number, at: scanner.position)
            }
            try fileSystem.truncate(file, to: scanner.position)
            report.truncatedByteCount += byteCount - scanner.position
        } else if isTail, endOffset < recoveryPoint, number == segments.count - 1 {
            // What was known to be on disk is gone.
            return stopAsCorrupt(number, at: scanner.position)
        }
        if number < segments.count - 1 {
            self.tail.indexTime(segment)
            let (index, timeIndex) = try segment.index.spill(segment)
            try fileSystem.sync(index)
            try fileSystem.sync(timeIndex)
            segment.setSealed(byteCount: scanner.position)
            segment.setMaxTimestamp(tail.maxTimestamp)
        }
    }

    /// Whether a crash in the middle of an append explains a bad batch at the end of the data.
    private func isTorn(
        _ bad: SegmentScanner<FS>.Batch, _ scanner: inout SegmentScanner<FS>
    ) throws(FileError) -> Bool {
        // A whole batch at a wrong place was not torn: an offset has been damaged, its own or the one before.
        if case .misplaced = bad.status, try scanner.isIntact(bad) { return false }
        let (following, isGivenUp) = try scanner.search(after: bad.position)
        return following == nil && !isGivenUp
    }

    /// The log ends for all purposes before the broken batch; nothing on disk is touched.
    private mutating func stopAsCorrupt(_ number: Int, at position: Int) {
        let segment = segments[number]
        if position == 0 {
            segment.index.reset()
            tail = SegmentTail(createdAt: now)
            endOffset = max(endOffset, segment.baseOffset)
        }
        segments.removeSubrange((number + 1)...)
        corruption = .init(segment: segment.baseOffset, position: position)
    }

    /// After a kill, what was found may be in the page cache only, names included. Readers see it from now on, so it is
    /// written first.
    func syncFound() throws(FileError) {
        for number in segments.indices {
            let next = number + 1 < segments.count ? segments[number + 1].baseOffset : Int64.max
            if next > recoveryPoint { try fileSystem.sync(segments[number].file(.log)) }
        }
        try fileSystem.syncDirectory(directory)
    }

    /// Builds the index files of a sealed segment anew from its batch headers, as far as they can be read.
    static func rebuildIndex(_ segment: Segment<FS>, configuration: LogConfiguration) throws(FileError) {
        let fileSystem = segment.fileSystem
        let file = try segment.file(.log)
        let byteCount = try fileSystem.size(of: file)
        segment.index.reset()
        var tail = SegmentTail(createdAt: 0)
        var scanner = SegmentScanner(
            fileSystem, file: file, segmentBase: segment.baseOffset, limit: byteCount, checks: .headers)
        while let batch = try scanner.next() {
            guard batch.status == .valid, let header = batch.header else { break }
            tail.took(header, segment: segment, indexIntervalBytes: configuration.indexIntervalBytes)
        }
        tail.indexTime(segment)
        segment.setMaxTimestamp(tail.maxTimestamp)
        let (index, timeIndex) = try segment.index.spill(segment)
        try fileSystem.sync(index)
        try fileSystem.sync(timeIndex)
    }

    // MARK: Producers

    /// The newest whole snapshot not behind the end, moved on by the headers that follow it. Snapshots that belong to no
    /// segment, and those behind the end, are removed: after other appends they would lie.
    func recoverProducers(_ names: Set<String>) throws(FileError) -> ProducerState {
        let snapshots = names.compactMap { LogFileName.offset(of: $0, .snapshot) }.sorted(by: >)
        var state = ProducerState(countMax: configuration.producersMax)
        var start = segments[0].baseOffset
        var isFound = false
        for offset in snapshots {
            let path = directory + "/" + LogFileName.name(offset, .snapshot)
            if !isFound, offset <= endOffset, let bytes = try fileSystem.contents(of: path),
                let decoded = ProducerSnapshot.decode(bytes, countMax: configuration.producersMax)
            {
                (state, start, isFound) = (decoded, max(start, offset), true)
            } else if corruption == nil, !segments.contains(where: { $0.baseOffset == offset }) || offset > endOffset {
                try fileSystem.removeIfPresent(path)
            }
        }
        try replay(from: start, into: &state)
        state.expire(now: now, idleMs: configuration.producerIdExpirationMs)
        return state
    }

    private func replay(from start: Int64, into state: inout ProducerState) throws(FileError) {
        guard start < endOffset else { return }
        for (number, segment) in segments.enumerated() {
            let isLast = number == segments.count - 1
            if !isLast, segments[number + 1].baseOffset <= start { continue }
            let file = try segment.file(.log)
            let limit = isLast ? tail.byteCount : try fileSystem.size(of: file)
            var scanner = SegmentScanner(
                fileSystem, file: file, segmentBase: segment.baseOffset, limit: limit, checks: .headers)
            while let batch = try scanner.next(), let header = batch.header, batch.status == .valid {
                if header.baseOffset >= start { state.update(header, now: now) }
            }
        }
    }
}
