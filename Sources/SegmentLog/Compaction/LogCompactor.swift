import KafkaRecords

/// Carries out one compaction of a log: reads the records that came since the last one, notes the latest offset of each
/// key, and writes the segments anew without what a later record replaces.
///
///     let compactor = LogCompactor(plan, settings) { byteCount in … }
///     try compactor.readKeys()
///     while let swap = try compactor.next() {
///         // on the lane:   let isTaken = log.swap(swap)
///         // here:          try isTaken ? swap.finish() : swap.abandon()
///         // on the lane:   log.endSwap(swap)
///     }
///     try compactor.writeCheckpoint()
///     // on the lane:       log.endCompaction(cleanedTo: compactor.endOffset)
///
/// Confined to one thread, which may be slow: nothing waits for it.
public final class LogCompactor<FS: FileSystem> {
    private let plan: CompactionPlan<FS>
    private let settings: CompactorSettings
    private let pace: (_ byteCount: Int) -> Bool
    private var filter: BatchFilter
    private var knowsAborted = false
    /// The next segment to write.
    private var number = 0
    /// Bytes read and written that `pace` has not been told of: less than a turn's.
    public private(set) var turnByteCount = 0

    /// `pace` is told of bytes read and written, may take its time, and says whether to go on.
    public init(
        _ plan: CompactionPlan<FS>, _ settings: CompactorSettings, pace: @escaping (_ byteCount: Int) -> Bool
    ) {
        self.plan = plan
        self.settings = settings
        self.pace = pace
        let hash = KeyHash.random()
        let map =
            settings.keysMax.map { OffsetMap(countMax: $0, hash: hash) }
            ?? OffsetMap(byteCountMax: settings.keyTableByteCountMax, hash: hash)
        filter = BatchFilter(
            map: map, endOffset: plan.upperOffset, producers: LastBatches(plan.producers), now: plan.now,
            deleteRetentionMs: plan.configuration.deleteRetentionMs,
            decompressedBytesMax: settings.decompressedBytesMax)
    }

    /// The first offset that this compaction does not reach; final after `readKeys`.
    public var endOffset: Int64 { filter.endOffset }
    public var statistics: CompactionStatistics { filter.statistics }

    // MARK: Keys

    /// Fills the table of keys from the dirty part, as far as it holds.
    public func readKeys() throws(CompactionError) {
        for number in plan.segments.indices where plan.end(of: number) > plan.firstDirtyOffset {
            guard plan.segments[number].baseOffset < endOffset, try readKeys(of: number) else { break }
        }
        // That the log has holes is known before it gets any, whatever happens before the end.
        if plan.isFirst { try writeCheckpoint(plan.firstDirtyOffset) }
    }

    /// False when the table is full, or the bound is reached.
    private func readKeys(of number: Int) throws(CompactionError) -> Bool {
        var reader = try reader(number)
        while true {
            let position = reader.position
            guard let header = try reader.next() else { return true }
            guard header.baseOffset < endOffset else { return false }
            try worked(header.byteCount)
            if header.lastOffset < plan.firstDirtyOffset || header.attributes.isControl { continue }
            if header.attributes.isTransactional, !knowsAborted {
                try findAborted(from: number, at: position)
                guard header.baseOffset < endOffset else { return false }
            }
            if filter.aborted.contains(header) { continue }
            do throws(RecordBatchError) {
                if try !note(reader.batch) { return false }
            } catch {
                throw reader.bad(at: position)
            }
        }
    }

    /// False when the table is full: all from the record on that doesn't fit is left to the next compaction.
    private func note(_ bytes: RawSpan) throws(RecordBatchError) -> Bool {
        let batch = try DecodedBatch(decoding: bytes, bound: settings.decompressedBytesMax)
        let section = batch.body
        for index in batch.records.indices {
            let entry = batch.records[index]
            let offset = batch.header.offset(of: entry)
            if offset < plan.firstDirtyOffset { continue }
            guard offset < endOffset else { return false }
            guard let key = entry.key(in: section) else { continue }
            if !filter.map.put(key, offset: offset) {
                filter.endOffset = offset
                return false
            }
        }
        return true
    }

    /// Walks ahead over the rest of the dirty part, once, because a batch's fate is told by a marker behind it.
    private func findAborted(from first: Int, at position: Int) throws(CompactionError) {
        var found = AbortedTransactions()
        walk: for number in first..<plan.segments.count {
            var reader = try reader(number)
            while true {
                let start = reader.position
                guard let header = try reader.next() else { break }
                if number == first, start < position { continue }
                guard header.baseOffset < plan.upperOffset else { break walk }
                try worked(header.byteCount)
                guard found.took(header, try ending(header, reader, at: start)) else {
                    break walk
                }
            }
        }
        // Nothing is known of the records of a transaction whose end was not met.
        if let openOffset = found.openOffset { filter.endOffset = min(endOffset, openOffset) }
        filter.aborted = found
        knowsAborted = true
    }

    private func ending(
        _ header: RecordBatchHeader, _ reader: BatchReader<FS>, at position: Int
    ) throws(CompactionError) -> ControlType? {
        guard header.attributes.isControl else { return nil }
        do throws(RecordBatchError) {
            return try DecodedBatch(decoding: reader.batch, bound: settings.decompressedBytesMax).controlRecord()?.type
        } catch {
            throw reader.bad(at: position)
        }
    }

    private func reader(_ number: Int) throws(CompactionError) -> BatchReader<FS> {
        try compactionIO { () throws(FileError) in
            try BatchReader(plan.segments[number], endOffset: plan.end(of: number))
        }
    }

    private func worked(_ byteCount: Int) throws(CompactionError) {
        turnByteCount += byteCount
        guard turnByteCount >= settings.turnByteCount else { return }
        let done = turnByteCount
        turnByteCount = 0
        if !pace(done) { throw .cancelled }
    }

    // MARK: Segments

    /// Writes the next segment and makes its swap final on disk; nil when all are done. Segments in which nothing changes,
    /// and which no neighbour joins, are left alone.
    public func next() throws(CompactionError) -> SegmentSwap<FS>? {
        while number < plan.segments.count, plan.segments[number].baseOffset < endOffset {
            var merge = SegmentMerge(plan.segments[number], plan.configuration)
            do throws(CompactionError) {
                repeat {
                    try add(number, to: &merge)
                    number += 1
                } while try isJoining(number, merge)
                if let swap = try merge.finish() {
                    filter.statistics.segmentCountBefore += merge.sources.count
                    filter.statistics.segmentCountAfter += 1
                    return swap
                }
                filter.statistics.segmentCountBefore += 1
                filter.statistics.segmentCountAfter += 1
            } catch {
                // The first error is the one that is reported; opening the log removes what this leaves.
                do throws(FileError) { try merge.discard() } catch {}
                throw error
            }
        }
        return nil
    }

    private func add(_ number: Int, to merge: inout SegmentMerge<FS>) throws(CompactionError) {
        var reader = try reader(number)
        filter.statistics.byteCountBefore += reader.limit
        let before = merge.byteCount
        try merge.begin(plan.segments[number])
        while true {
            let position = reader.position
            guard let header = try reader.next() else { break }
            try worked(header.byteCount)
            let fate: BatchFate
            do throws(RecordBatchError) {
                fate = try filter.fate(of: reader.batch, header)
            } catch {
                throw reader.bad(at: position)
            }
            try worked(merge.take(fate, header, reader.batch))
        }
        filter.statistics.byteCountAfter += merge.byteCount - before
    }

    /// Whether the next segment goes into the same file.
    private func isJoining(_ number: Int, _ merge: SegmentMerge<FS>) throws(CompactionError) -> Bool {
        guard number < plan.segments.count, merge.sources.count < settings.mergedSegmentsMax,
            plan.segments[number].baseOffset < endOffset,
            plan.end(of: number) - merge.baseOffset <= Int64(Int32.max)
        else { return false }
        return try merge.hasRoom(for: plan.segments[number])
    }

    // MARK: The end

    /// Notes on disk how far the log is compacted. Called when all swaps are through.
    public func writeCheckpoint() throws(CompactionError) { try writeCheckpoint(endOffset) }

    private func writeCheckpoint(_ offset: Int64) throws(CompactionError) {
        try compactionIO { () throws(FileError) in
            try plan.segments[0].fileSystem.replace(
                plan.directory + "/" + LogFileName.cleanerCheckpoint,
                with: CheckpointText.encode(offset: offset, partitionDirectory: plan.directory))
        }
    }
}
