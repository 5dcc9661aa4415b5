import KafkaRecords

extension PartitionLog {
    /// A ticket for all that is not yet durable; nil if everything is, if a flush is under way, or if the log takes
    /// nothing any more. Run it on any thread, then hand it to `endFlush`.
    @specialized(where FS == PosixFileSystem)
    public func beginFlush() -> FlushTicket<FS>? {
        guard case .open = state, !isFlushing else { return nil }
        guard endOffset > flushedOffset || isDirectoryDirty || !pendingFiles.isEmpty else { return nil }
        return makeTicket()
    }

    /// Takes a ticket back that has run: shows its batches to readers, or takes the log offline if it failed.
    @specialized(where FS == PosixFileSystem)
    public func endFlush(_ ticket: FlushTicket<FS>) throws(LogError) {
        precondition(isFlushing, "Only the ticket of the flush that is under way comes back")
        isFlushing = false
        if let failure = ticket.failure {
            if case .closed = state { return }
            throw goOffline(failure)
        }
        // The log may have been discarded meanwhile, or a roll may have flushed more.
        guard case .open = state, ticket.endOffset > flushedOffset else { return }
        flushed(to: ticket.endOffset, position: ticket.endPosition, segment: ticket.segment)
    }

    /// Flushes on this thread, for callers that have nothing else to do: tests, tools, stopping.
    public func flushNow() throws(LogError) {
        try checkWritable()
        precondition(!isFlushing, "One flush at a time")
        guard endOffset > flushedOffset || isDirectoryDirty || !pendingFiles.isEmpty else { return }
        let ticket = makeTicket()
        do throws(LogError) {
            try ticket.run()
        } catch {
            isFlushing = false
            if case .offline(let failure) = error { throw goOffline(failure) }
            throw error
        }
        try endFlush(ticket)
    }

    private func makeTicket() -> FlushTicket<FS> {
        let ticket = FlushTicket(
            endOffset: endOffset, endPosition: tail.byteCount, segment: active, files: pendingFiles,
            activeFile: dirtyFile, syncsActive: endOffset > flushedOffset, syncsDirectory: isDirectoryDirty)
        pendingFiles = []
        isDirectoryDirty = false
        isFlushing = true
        return ticket
    }

    private func flushed(to offset: Int64, position: Int, segment: Segment<FS>) {
        flushedOffset = offset
        if offset == endOffset { dirtyFile = nil }
        guard configuration.flush == .commit else { return }
        if offset > highWatermark {
            highWatermark = offset
            // Had the segment been rolled, the roll would have flushed past this ticket.
            publishedByteCount = position
        }
        publish()
    }

    // MARK: Rolling

    func rollIfNeeded(byteCount: Int, lastOffset: Int64, now: Int64) throws(LogError) {
        guard tail.byteCount > 0 else { return }
        let active = active
        let isFull = tail.byteCount + byteCount > configuration.segmentBytes
        let isOffsetSpent = lastOffset - active.baseOffset > Int64(Int32.max)
        // One more of each may follow with each batch, and the time index gets a last one when it is sealed.
        let isIndexFull =
            (tail.offsetEntryCount + planned.count) * OffsetEntry.byteCount > configuration.segmentIndexBytes
            || (tail.timeEntryCount + planned.count + 1) * TimeEntry.byteCount > configuration.segmentIndexBytes
        if isFull || isOffsetSpent || isIndexFull || isOld(now: now) {
            try roll(now: now)
        } else if tail.unspilledCount >= SegmentIndex<FS>.spillCount {
            _ = try io { () throws(FileError) in try active.index.spill(active) }
            tail.unspilledCount = 0
        }
    }

    /// As Kafka: by the records' own time where the first batch has one, else since the segment was made.
    private func isOld(now: Int64) -> Bool {
        let next = planned.reduce(-1) { max($0, $1.header.maxTimestamp) }
        let ageMax = configuration.segmentAgeMaxMs
        if let first = tail.firstTimestamp, first >= 0, next >= 0 { return next - first > ageMax }
        return now - tail.createdAt > ageMax
    }

    /// Seals the active segment and begins the next one.
    func roll(now: Int64) throws(LogError) {
        let old = active
        // Before the next segment gets its first byte, so that a crash can tear only the last segment. What is left to
        // sync here is what came since the last flush.
        if configuration.flush == .commit { try syncBeforeRoll() }
        var sealedFiles: [FS.File] = []
        let next: Segment<FS>
        do throws(FileError) {
            let (index, timeIndex) = try spillIndexes()
            sealedFiles += [index, timeIndex, try writeSnapshot()]
            if endOffset > flushedOffset { sealedFiles.append(try old.file(.log)) }
            next = Segment(baseOffset: endOffset, directory: directory, files: files, isNew: true)
            // The last step that can fail: an empty segment left amid the log would hide what is appended before it.
            _ = try next.file(.log, create: true)
        } catch {
            throw failure(error)
        }
        old.setSealed(byteCount: tail.byteCount)
        old.setMaxTimestamp(tail.maxTimestamp)
        pendingFiles += sealedFiles
        isDirectoryDirty = true
        dirtyFile = nil
        segments.append(next)
        tail = SegmentTail(createdAt: now)
        publishedByteCount = 0
        publish()
    }

    private func syncBeforeRoll() throws(LogError) {
        guard endOffset > flushedOffset else { return }
        do throws(FileError) {
            if let dirtyFile { try fileSystem.sync(dirtyFile) }
            // A ticket that is out may have taken the task along and not have run.
            if isDirectoryDirty || isFlushing { try fileSystem.syncDirectory(directory) }
        } catch {
            throw goOffline(error)
        }
        isDirectoryDirty = false
        flushed(to: endOffset, position: tail.byteCount, segment: active)
    }

    func spillIndexes() throws(FileError) -> (index: FS.File, timeIndex: FS.File) {
        tail.indexTime(active)
        let files = try active.index.spill(active)
        tail.unspilledCount = 0
        return files
    }

    /// Writes the state of the producers at the end of the log. The file is not synced yet; its checksum tells.
    func writeSnapshot() throws(FileError) -> FS.File {
        let path = path(LogFileName.name(endOffset, .snapshot))
        let file = try fileSystem.open(path, .create)
        try fileSystem.truncate(file, to: 0)
        try fileSystem.write(file, at: 0, ProducerSnapshot.encode(producers))
        isDirectoryDirty = true
        return file
    }

    /// After a crash, recovery checks what lies behind this point. Written only once everything before it is durable.
    func writeRecoveryPoint() throws(FileError) {
        let bytes = CheckpointText.encode(offset: flushedOffset, partitionDirectory: directory)
        try fileSystem.replace(path(LogFileName.recoveryPoint), with: bytes)
        recoveryPoint = flushedOffset
        bytesSinceRecoveryPoint = 0
    }
}
