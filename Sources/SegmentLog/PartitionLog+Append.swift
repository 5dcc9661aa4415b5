import KafkaRecords

extension PartitionLog {
    /// Appends whole record batches, of which every one gets the next offsets. The records are not copied: one vectored
    /// write takes them from `batches` and puts offset and leader epoch (and with `logAppendTime` the timestamp) between.
    ///
    /// `now`: milliseconds since 1970. A batch that an idempotent producer sends again is not written; the result is that
    /// of the first time. Durable and visible only after a flush, unless `flush` is `.os`.
    @specialized(where FS == PosixFileSystem)
    public func append(
        _ batches: RawSpan, leaderEpoch: Int32, now: Int64, options: AppendOptions = AppendOptions()
    ) throws(LogError) -> AppendResult {
        try checkWritable()
        if let repeated = try plan(batches, leaderEpoch: leaderEpoch, now: now, options: options) {
            return AppendResult(
                baseOffset: repeated.firstOffset, lastOffset: repeated.lastOffset,
                appendTime: configuration.timestampType == .logAppendTime ? repeated.timestamp : -1,
                logStartOffset: logStartOffset, isDuplicate: true)
        }
        guard let first = planned.first, let last = planned.last else { throw .invalidBatch(.truncated(byteCount: 0)) }
        try rollIfNeeded(byteCount: batches.byteCount, lastOffset: last.header.lastOffset, now: now)
        try recordEpoch(leaderEpoch, startOffset: first.header.baseOffset)
        try write(batches)
        for batch in planned { took(batch.header, now: now) }
        endOffset = last.header.lastOffset + 1
        bytesSinceRecoveryPoint += batches.byteCount
        if configuration.flush == .os {
            highWatermark = endOffset
            publishedByteCount = tail.byteCount
        }
        publish()
        return AppendResult(
            baseOffset: first.header.baseOffset, lastOffset: last.header.lastOffset,
            appendTime: configuration.timestampType == .logAppendTime ? now : -1,
            logStartOffset: logStartOffset, isDuplicate: false)
    }

    /// Frames the batches, gives them offsets, checks their sequences, and lays out the write: `planned`, `patches`,
    /// `pieces`. Changes nothing else. Returns the earlier append if this is a repetition.
    private func plan(
        _ batches: RawSpan, leaderEpoch: Int32, now: Int64, options: AppendOptions
    ) throws(LogError) -> ProducerEntry.Batch? {
        planned.removeAll(keepingCapacity: true)
        patches.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
        guard batches.byteCount <= configuration.segmentBytes else {
            throw .appendTooLarge(byteCount: batches.byteCount, limit: configuration.segmentBytes)
        }
        var (position, nextOffset) = (0, endOffset)
        while position < batches.byteCount {
            var header = try frame(batches, at: position, isVerified: options.isVerified)
            header.baseOffset = nextOffset
            header.partitionLeaderEpoch = leaderEpoch
            let (following, overflow) = nextOffset.addingReportingOverflow(Int64(header.lastOffsetDelta) + 1)
            guard !overflow else { throw .offsetsExhausted }
            nextOffset = following
            if configuration.timestampType == .logAppendTime { stamp(&header, now: now, batches, at: position) }
            layOut(header, at: position)
            planned.append(PlannedBatch(header: header, start: position))
            position += header.byteCount
        }
        return try checkSequences(now: now)
    }

    private func frame(
        _ batches: RawSpan, at position: Int, isVerified: Bool
    ) throws(LogError) -> RecordBatchHeader {
        do throws(RecordBatchError) {
            let rest = batches.extracting(position..<batches.byteCount)
            let header = try RecordBatchHeader(rest)
            guard header.byteCount <= rest.byteCount else { throw .truncated(byteCount: rest.byteCount) }
            if !isVerified {
                let computed = CRC32C.checksum(
                    rest.extracting(RecordBatchHeader.checksummedPosition..<header.byteCount))
                guard computed == header.crc else { throw .checksumMismatch(stored: header.crc, computed: computed) }
            }
            return header
        } catch {
            throw .invalidBatch(error)
        }
    }

    /// Sets the broker's time, which the checksum covers.
    private func stamp(_ header: inout RecordBatchHeader, now: Int64, _ batches: RawSpan, at position: Int) {
        header.attributes.rawValue |= 1 << 3
        header.maxTimestamp = now
        var covered: [UInt8] = []
        covered.reserveCapacity(RecordBatchHeader.byteCount - RecordBatchHeader.checksummedPosition)
        header.appendChecksummedFields(to: &covered)
        let records = batches.extracting(position + RecordBatchHeader.byteCount..<position + header.byteCount)
        header.crc = CRC32C.checksum(records, seed: CRC32C.checksum(covered.rawSpan))
    }

    /// The first bytes of the batch come from `patches`, the rest from where it lies: base offset, length and epoch are
    /// the first 16, with the broker's time it is the whole header.
    private func layOut(_ header: RecordBatchHeader, at position: Int) {
        let patchStart = patches.count
        patches.appendBigEndian(header.baseOffset)
        patches.appendBigEndian(header.batchLength)
        patches.appendBigEndian(header.partitionLeaderEpoch)
        if configuration.timestampType == .logAppendTime {
            patches.appendBigEndian(header.magic)
            patches.appendBigEndian(header.crc)
            header.appendChecksummedFields(to: &patches)
        }
        let patchCount = patches.count - patchStart
        pieces.append(GatherPiece(isPatch: true, start: patchStart, count: patchCount))
        pieces.append(
            GatherPiece(isPatch: false, start: position + patchCount, count: header.byteCount - patchCount))
    }

    private func checkSequences(now: Int64) throws(LogError) -> ProducerEntry.Batch? {
        if planned.count == 1 { return try producers.check(planned[0].header) }
        guard planned.contains(where: { $0.header.hasProducerId }) else { return nil }
        // Clients send one batch per partition (Produce v3 and later), so this copy of the table is made for nobody in a hurry.
        var expected = producers
        for batch in planned {
            if let repeated = try expected.check(batch.header) { return repeated }
            expected.update(batch.header, now: now)
        }
        return nil
    }

    private func write(_ batches: RawSpan) throws(LogError) {
        let file: FS.File
        if let dirtyFile {
            file = dirtyFile
        } else {
            let active = active
            file = try io { () throws(FileError) in try active.file(.log) }
        }
        do throws(FileError) {
            try fileSystem.write(file, at: tail.byteCount, pieces: pieces, patches: patches.rawSpan, body: batches)
        } catch {
            // Part of it may be in the file (no space left): without the cut, a later crash would find it behind good batches.
            do throws(FileError) {
                try fileSystem.truncate(file, to: tail.byteCount)
            } catch {
                throw goOffline(error)
            }
            throw .io(error)
        }
        if configuration.flush == .commit { dirtyFile = file }
    }

    /// Takes note of a batch that has been written at the end of the active segment.
    func took(_ header: RecordBatchHeader, now: Int64) {
        tail.took(header, segment: active, indexIntervalBytes: configuration.indexIntervalBytes)
        producers.update(header, now: now)
    }

    private func recordEpoch(_ leaderEpoch: Int32, startOffset: Int64) throws(LogError) {
        guard epochs.isNew(leaderEpoch) else { return }
        var next = epochs
        next.assign(leaderEpoch, startOffset: startOffset)
        do throws(FileError) {
            if epochs.latest == nil {
                // There is nothing to lose yet: the file is synced with the batch that begins the epoch.
                let file = try fileSystem.open(path(LogFileName.leaderEpochs), .create)
                try fileSystem.truncate(file, to: 0)
                try fileSystem.write(file, at: 0, next.encoded())
                pendingFiles.append(file)
            } else {
                try fileSystem.replace(path(LogFileName.leaderEpochs), with: next.encoded())
            }
        } catch {
            throw failure(error)
        }
        isDirectoryDirty = true
        epochs = next
    }
}

extension SegmentTail {
    /// Counts a batch in and adds index entries as Kafka does: one each time more than the interval has gone by.
    mutating func took<FS>(_ header: RecordBatchHeader, segment: Segment<FS>, indexIntervalBytes: Int) {
        if firstTimestamp == nil { firstTimestamp = header.maxTimestamp }
        if header.maxTimestamp > maxTimestamp {
            maxTimestamp = header.maxTimestamp
            maxTimestampOffset = header.lastOffset
        }
        if bytesSinceIndexEntry > indexIntervalBytes {
            // A segment is rolled before either number passes 32 bits.
            segment.index.add(
                OffsetEntry(
                    relativeOffset: Int32(header.lastOffset - segment.baseOffset), position: Int32(byteCount)))
            offsetEntryCount += 1
            unspilledCount += 1
            indexTime(segment)
            bytesSinceIndexEntry = 0
        }
        bytesSinceIndexEntry += header.byteCount
        byteCount += header.byteCount
    }

    /// Adds an entry to the time index if the largest timestamp has grown since the last one.
    mutating func indexTime<FS>(_ segment: Segment<FS>) {
        guard maxTimestamp > indexedTimestamp else { return }
        segment.index.add(
            TimeEntry(timestamp: maxTimestamp, relativeOffset: Int32(maxTimestampOffset - segment.baseOffset)))
        timeEntryCount += 1
        unspilledCount += 1
        indexedTimestamp = maxTimestamp
    }
}

extension RecordBatchHeader {
    /// The header from `attributes` on, as the checksum covers it.
    func appendChecksummedFields(to bytes: inout [UInt8]) {
        bytes.appendBigEndian(attributes.rawValue)
        bytes.appendBigEndian(lastOffsetDelta)
        bytes.appendBigEndian(baseTimestamp)
        bytes.appendBigEndian(maxTimestamp)
        bytes.appendBigEndian(producerId)
        bytes.appendBigEndian(producerEpoch)
        bytes.appendBigEndian(baseSequence)
        bytes.appendBigEndian(recordCount)
    }
}
