extension PartitionLog {
    /// Does what is due from time to time: retention, forgetting idle producers, a new recovery point, rebuilding of index
    /// files that a reader found wrong. Returns the number of segments deleted.
    @discardableResult
    public func maintain(now: Int64) throws(LogError) -> Int {
        try checkWritable()
        producers.expire(now: now, idleMs: configuration.producerIdExpirationMs)
        // First of all: on a full disk it makes the room that the rest needs.
        let count = try deleteOldSegments(now: now)
        if bytesSinceRecoveryPoint >= configuration.recoveryPointBytes, flushedOffset > recoveryPoint {
            do throws(FileError) {
                try writeRecoveryPoint()
            } catch {
                throw failure(error)
            }
        }
        try rollForCompaction(now: now)
        // Not while names change hands.
        if unfinishedSwap == nil {
            for segment in segments.dropLast() where segment.index.isBroken {
                try rebuildIndex(segment)
            }
        }
        return count
    }

    /// Deletes whole segments from the beginning, by `retention.ms` (the segment's largest timestamp is older),
    /// `retention.bytes` (what stays is still at least as large) and the log start offset. The active segment goes only after it
    /// has been rolled, when all in it is too old. Returns how many were deleted.
    public func deleteOldSegments(now: Int64) throws(LogError) -> Int {
        try checkWritable()
        do throws(LogError) {
            if isActiveExpired(now: now) { try roll(now: now) }
        } catch {
            // The segments before it may still go, and make room.
            guard error.isOutOfSpace else { throw error }
        }
        guard unfinishedSwap == nil else { return 0 }
        var count = 0
        do throws(FileError) {
            if configuration.deletesOldSegments { count = max(try expiredCount(now: now), try surplusCount()) }
        } catch {
            throw failure(error)
        }
        let bases = segments.dropFirst().prefix { $0.baseOffset <= logStartOffset }
        count = max(count, bases.count)
        guard count > 0 else { return 0 }
        let start = max(logStartOffset, segments[count].baseOffset)
        var left = count
        do throws(LogError) {
            // Without this on disk, a crash in the middle of deleting could leave a gap.
            try advanceLogStart(to: start)
        } catch {
            guard error.isOutOfSpace else { throw error }
            try deleteFirstSegment()
            left -= 1
            try advanceLogStart(to: start)
        }
        let deleted = Array(segments.prefix(left))
        segments.removeFirst(left)
        publish()
        do throws(FileError) {
            for segment in deleted { try removeFiles(segment) }
        } catch {
            // They lie before the log start: opening the log removes them.
            throw failure(error)
        }
        return count
    }

    /// Deletes one segment without noting first where the log begins, which a full disk has no room for. A log begins where
    /// its first segment does, so that a crash leaves no gap: the segment is there or it isn't.
    private func deleteFirstSegment() throws(LogError) {
        do throws(FileError) {
            try removeFiles(segments[0])
            try fileSystem.syncDirectory(directory)
        } catch {
            throw failure(error)
        }
        segments.removeFirst()
        logStartOffset = max(logStartOffset, segments[0].baseOffset)
        epochs.advance(to: logStartOffset)
        publish()
    }

    /// Makes `offset` the first one that readers may see, and deletes the segments before it. At most the high watermark;
    /// an offset before the log start changes nothing. Returns the log start offset.
    @discardableResult
    public func deleteRecords(before offset: Int64) throws(LogError) -> Int64 {
        try checkWritable()
        guard offset >= 0, offset <= highWatermark else {
            throw .offsetOutOfRange(requested: offset, logStartOffset: logStartOffset, endOffset: highWatermark)
        }
        guard offset > logStartOffset else { return logStartOffset }
        try advanceLogStart(to: offset)
        publish()
        let configuration = configuration
        defer { self.configuration = configuration }
        self.configuration.deletesOldSegments = false
        _ = try deleteOldSegments(now: 0)
        return logStartOffset
    }

    /// Bytes of all segments.
    public func byteCount() throws(LogError) -> Int {
        var total = tail.byteCount
        for segment in segments.dropLast() {
            total += try io { () throws(FileError) in try segment.sealedByteCount() }
        }
        return total
    }

    private func isActiveExpired(now: Int64) -> Bool {
        guard configuration.deletesOldSegments, let retentionMs = configuration.retentionMs, tail.maxTimestamp >= 0,
            tail.byteCount > 0
        else { return false }
        return now - tail.maxTimestamp > retentionMs
    }

    private func expiredCount(now: Int64) throws(FileError) -> Int {
        guard let retentionMs = configuration.retentionMs else { return 0 }
        var count = 0
        for segment in segments.dropLast() {
            let newest = try segment.maxTimestamp()
            // Records without timestamps do not age.
            guard newest >= 0, now - newest > retentionMs else { break }
            count += 1
        }
        return count
    }

    private func surplusCount() throws(FileError) -> Int {
        guard let retentionBytes = configuration.retentionBytes else { return 0 }
        var surplus = Int64(tail.byteCount) - retentionBytes
        for segment in segments.dropLast() { surplus += Int64(try segment.sealedByteCount()) }
        var count = 0
        for segment in segments.dropLast() {
            surplus -= Int64(try segment.sealedByteCount())
            guard surplus >= 0 else { break }
            count += 1
        }
        return count
    }

    private func advanceLogStart(to offset: Int64) throws(LogError) {
        guard offset > logStartOffset else { return }
        do throws(FileError) {
            let bytes = CheckpointText.encode(offset: offset, partitionDirectory: directory)
            try fileSystem.replace(path(LogFileName.logStart), with: bytes)
            try fileSystem.syncDirectory(directory)
        } catch {
            throw failure(error)
        }
        logStartOffset = offset
        epochs.advance(to: offset)
    }

    /// Who holds the files open still reads them.
    private func removeFiles(_ segment: Segment<FS>) throws(FileError) {
        segment.forgetFiles()
        for kind in LogFileName.Kind.allCases { try fileSystem.removeIfPresent(segment.path(kind)) }
    }

    private func rebuildIndex(_ segment: Segment<FS>) throws(LogError) {
        do throws(FileError) {
            try LogOpener.rebuildIndex(segment, configuration: configuration)
        } catch {
            throw failure(error)
        }
    }
}
