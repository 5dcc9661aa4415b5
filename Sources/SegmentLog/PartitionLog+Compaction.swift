import KafkaRecords

extension PartitionLog {
    /// A plan for a compaction of all that may be compacted now; nil if there is nothing, or while the files of an earlier
    /// swap are not in line (see `unfinishedSwap`). One compaction of a log at a time.
    public func beginCompaction(now: Int64) throws(LogError) -> CompactionPlan<FS>? {
        try checkWritable()
        guard configuration.compacts, unfinishedSwap == nil, !isUncleanable else { return nil }
        let range = try published.current.compactionRange(configuration, now: now)
        // A transaction that is open may still be aborted.
        let openOffset = producers.entries.values.lazy.compactMap(\.transactionFirstOffset).min() ?? .max
        let upper = min(range.upperBound, openOffset)
        guard range.lowerBound < upper else { return nil }
        let count = segments.dropLast().prefix { $0.baseOffset < upper }.count
        var last: ContiguousArray<(producerId: Int64, epoch: Int16, lastOffset: Int64?)> = []
        for (producerId, entry) in producers.entries {
            let lastOffset = entry.batches.last?.lastOffset
            if lastOffset ?? -1 < upper { last.append((producerId, entry.epoch, lastOffset)) }
        }
        let isFirst = cleanedOffset == nil
        if isFirst {
            cleanedOffset = range.lowerBound
            publish()
        }
        return CompactionPlan(
            segments: ContiguousArray(segments.prefix(count)), segmentsEnd: segments[count].baseOffset,
            directory: directory, isFirst: isFirst, firstDirtyOffset: range.lowerBound, upperOffset: upper,
            producers: last,
            configuration: configuration, now: now)
    }

    /// Shows readers the new segment in place of the old ones. Touches no file. False if the old ones are not all there any
    /// more: then the swap has to be abandoned.
    public func swap(_ swap: SegmentSwap<FS>) -> Bool {
        guard case .open = state, configuration.compacts, let first = swap.sources.first,
            let start = segments.firstIndex(where: { $0 === first }), start + swap.sources.count < segments.count
        else { return false }
        for (number, source) in swap.sources.enumerated() where segments[start + number] !== source { return false }
        segments.replaceSubrange(start..<start + swap.sources.count, with: CollectionOfOne(swap.replacement))
        unfinishedSwap = swap
        publish()
        return true
    }

    /// The files of the swap are in line, or `failure` says why they are not. After a failed sync the log goes offline;
    /// else `unfinishedSwap.finish()` can be tried again.
    public func endSwap(_ swap: SegmentSwap<FS>, failure: FileError? = nil) {
        guard let failure else {
            if unfinishedSwap === swap { unfinishedSwap = nil }
            return
        }
        if case .open = state { _ = self.failure(failure) }
    }

    /// A compaction ended before its end. If that is lasting, it was the last one until the log is opened anew.
    public func failCompaction(_ error: CompactionError) {
        if error.isLasting { isUncleanable = true }
    }

    /// Everything before `offset` is compacted, and the checkpoint says so.
    public func endCompaction(cleanedTo offset: Int64) {
        guard offset > cleanedOffset ?? 0 else { return }
        cleanedOffset = offset
        publish()
    }

    /// Rolls the active segment when its oldest record has waited for compaction as long as it may, so that
    /// `max.compaction.lag.ms` also holds where nothing is appended. (Kafka rolls at the next append only.)
    func rollForCompaction(now: Int64) throws(LogError) {
        guard configuration.compacts, let maxLagMs = configuration.maxCompactionLagMs, tail.byteCount > 0,
            let first = tail.firstTimestamp, first >= 0, now &- first > maxLagMs
        else { return }
        try roll(now: now)
    }
}
