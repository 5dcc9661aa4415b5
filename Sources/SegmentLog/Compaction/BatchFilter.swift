import KafkaRecords

/// What becomes of a batch.
enum BatchFate {
    case unchanged
    /// The bytes that stand for it now.
    case rewritten([UInt8])
    /// Nothing of it has to stay.
    case dropped
}

/// Decides, batch by batch from the beginning of the log, what compaction leaves. Knows no files.
///
/// The rules are those of Kafka's cleaner:
/// - A record stays if no later record has its key. One without a key goes: nothing says what it replaces.
/// - A tombstone (null value) stays `delete.retention.ms` from the first compaction that meets it on. That moment is
///   written into its batch, whose base timestamp it becomes (attribute bit 6, KIP-534).
/// - Records of an aborted transaction go. A marker stays until no batch of its transaction is left, and then as long as a
///   tombstone.
/// - The batch that holds the last sequence of a producer stays, without records if need be, so that a repeated batch is
///   still recognised when the producer's state is built anew from the log.
/// - What stays of a batch keeps offsets, base offset, last offset delta, producer fields, epoch and codec.
struct BatchFilter {
    /// The latest offset of each key of the part that is compacted now.
    var map: OffsetMap
    /// The map knows all that lies before this offset.
    var endOffset: Int64
    var aborted = AbortedTransactions()
    var statistics = CompactionStatistics()
    private let producers: LastBatches
    /// Milliseconds since 1970.
    private let now: Int64
    private let deleteRetentionMs: Int64
    private let decompressedBytesMax: Int
    /// Producers of whose running transaction a batch was met.
    private var openTransactions: Set<Int64> = []
    private var kept: ContiguousArray<Int> = []

    init(
        map: OffsetMap, endOffset: Int64, producers: LastBatches, now: Int64, deleteRetentionMs: Int64,
        decompressedBytesMax: Int
    ) {
        self.map = map
        self.endOffset = endOffset
        self.producers = producers
        self.now = now
        self.deleteRetentionMs = deleteRetentionMs
        self.decompressedBytesMax = decompressedBytesMax
    }

    /// Decides on the next batch of the log. Throws if it can't be read.
    mutating func fate(of bytes: RawSpan, _ header: RecordBatchHeader) throws(RecordBatchError) -> BatchFate {
        if header.baseOffset >= endOffset { return .unchanged }
        if header.attributes.isControl { return try fate(ofMarker: bytes, header) }
        if header.attributes.isTransactional { openTransactions.insert(header.producerId) }
        let batch = try DecodedBatch(decoding: bytes, bound: decompressedBytesMax)
        statistics.recordCountBefore += batch.records.count
        let holdsTombstone = chooseRecords(batch)
        statistics.recordCountAfter += kept.count
        guard !kept.isEmpty else { return emptied(header, isEmptyAlready: batch.records.isEmpty) }
        let getsHorizon = holdsTombstone && !header.attributes.hasDeleteHorizon
        if kept.count == batch.records.count, !getsHorizon { return .unchanged }
        return .rewritten(try rewrite(batch, getsHorizon: getsHorizon))
    }

    /// Fills `kept` with the records that stay; true if a tombstone is among them.
    private mutating func chooseRecords(_ batch: DecodedBatch) -> Bool {
        kept.removeAll(keepingCapacity: true)
        if aborted.contains(batch.header) { return false }
        let section = batch.body
        let header = batch.header
        let isPastHorizon = header.attributes.hasDeleteHorizon && header.baseTimestamp <= now
        var holdsTombstone = false
        for index in batch.records.indices {
            let entry = batch.records[index]
            let offset = header.offset(of: entry)
            if offset < endOffset {
                guard let key = entry.key(in: section) else {
                    statistics.keylessCount += 1
                    continue
                }
                if let latest = map.offset(of: key), latest > offset { continue }
                if entry.valueCount < 0, isPastHorizon { continue }
            }
            if entry.valueCount < 0 { holdsTombstone = true }
            kept.append(index)
        }
        return holdsTombstone
    }

    private func rewrite(_ batch: DecodedBatch, getsHorizon: Bool) throws(RecordBatchError) -> [UInt8] {
        let section = batch.body
        var header = batch.header
        if !header.attributes.isLogAppendTime {
            header.maxTimestamp = kept.reduce(Int64.min) { max($0, batch.header.timestamp(of: batch.records[$1])) }
        }
        let shift = getsHorizon ? setHorizon(&header) : 0
        var builder = BatchBuilder(template: header, codec: try header.codec(), capacity: batch.body.byteCount)
        for index in kept {
            let entry = batch.records[index]
            if getsHorizon {
                try builder.append(entry, from: section, timestampDelta: entry.timestampDelta &- shift)
            } else {
                try builder.append(entry, from: section)
            }
        }
        return builder.finish()
    }

    /// Returns by how much the base timestamp has grown.
    private func setHorizon(_ header: inout RecordBatchHeader) -> Int64 {
        let horizon = now &+ deleteRetentionMs
        let shift = horizon &- header.baseTimestamp
        header.attributes.rawValue |= 1 << 6
        header.baseTimestamp = horizon
        return shift
    }

    private mutating func fate(
        ofMarker bytes: RawSpan, _ header: RecordBatchHeader
    ) throws(RecordBatchError) -> BatchFate {
        let isSpent = openTransactions.remove(header.producerId) == nil
        let batch = try DecodedBatch(decoding: bytes, bound: decompressedBytesMax)
        guard try batch.controlRecord() != nil else { return emptied(header, isEmptyAlready: true) }
        guard isSpent else { return .unchanged }
        guard header.attributes.hasDeleteHorizon else {
            kept.removeAll(keepingCapacity: true)
            kept.append(0)
            return .rewritten(try rewrite(batch, getsHorizon: true))
        }
        return header.baseTimestamp <= now ? emptied(header, isEmptyAlready: false) : .unchanged
    }

    private func emptied(_ header: RecordBatchHeader, isEmptyAlready: Bool) -> BatchFate {
        guard producers.needs(header) else { return .dropped }
        return isEmptyAlready ? .unchanged : .rewritten(Self.empty(header))
    }

    /// The batch without its records.
    static func empty(_ header: RecordBatchHeader) -> [UInt8] {
        var header = header
        header.attributes.rawValue &= ~(1 << 6)
        header.baseTimestamp = -1
        return RecordBatch.empty(header)
    }
}

/// Where the last batch of each producer that the log remembers lies.
struct LastBatches: Sendable {
    /// Last offsets of data batches. An offset belongs to one batch only.
    private var offsets: Set<Int64> = []
    /// Producers of whom only a marker is known, which says their epoch.
    private var epochs: [Int64: Int16] = [:]

    init(_ entries: some Sequence<(producerId: Int64, epoch: Int16, lastOffset: Int64?)>) {
        for entry in entries {
            if let lastOffset = entry.lastOffset {
                offsets.insert(lastOffset)
            } else {
                epochs[entry.producerId] = entry.epoch
            }
        }
    }

    func needs(_ header: RecordBatchHeader) -> Bool {
        guard header.hasProducerId else { return false }
        if header.attributes.isControl { return epochs[header.producerId] == header.producerEpoch }
        return offsets.contains(header.lastOffset)
    }
}

/// What a compaction did, for metrics and one line in the broker's log.
public struct CompactionStatistics: Sendable, Equatable {
    /// Of the segments that were looked at.
    public var byteCountBefore = 0
    public var byteCountAfter = 0
    public var recordCountBefore = 0
    public var recordCountAfter = 0
    /// Records that went because they have no key.
    public var keylessCount = 0
    public var segmentCountBefore = 0
    public var segmentCountAfter = 0
}
