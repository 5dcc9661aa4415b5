import KafkaRecords

/// What a partition remembers of idempotent producers, to recognise repeated, lost and outdated batches (KIP-98, KIP-360).
///
/// Confined to the thread that owns the partition. Knows no files: see `ProducerSnapshot`.
struct ProducerState: Sendable {
    private(set) var entries: [Int64: ProducerEntry] = [:]
    private let countMax: Int

    init(countMax: Int) { self.countMax = countMax }

    /// The earlier append of exactly this batch, if it is among the producer's last five; nil if the batch is new and in
    /// sequence. A producer that is not known may begin anywhere: its history may have been deleted with old segments.
    func check(_ header: RecordBatchHeader) throws(LogError) -> ProducerEntry.Batch? {
        guard header.hasProducerId, let entry = entries[header.producerId] else { return nil }
        guard header.producerEpoch >= entry.epoch else {
            throw .invalidProducerEpoch(
                producerId: header.producerId, current: entry.epoch, found: header.producerEpoch)
        }
        // Markers that end a transaction carry no sequence.
        if header.attributes.isControl { return nil }
        guard header.producerEpoch == entry.epoch else {
            guard header.baseSequence == 0 else {
                throw .outOfOrderSequence(
                    producerId: header.producerId, expected: -1, found: header.baseSequence)
            }
            return nil
        }
        if let repeated = entry.batch(first: header.baseSequence, last: header.lastSequence) { return repeated }
        let expected = entry.lastSequence.map { nextSequence($0, 1) } ?? 0
        guard header.baseSequence == expected else {
            throw .outOfOrderSequence(
                producerId: header.producerId, expected: expected, found: header.baseSequence)
        }
        return nil
    }

    /// Takes in a batch that is in the log, offsets set. Idleness counts from `now`, the broker's clock: the records' own
    /// timestamps, from which Kafka counts, may be years old. While recovering it is the time of recovery.
    mutating func update(_ header: RecordBatchHeader, now: Int64) {
        guard header.hasProducerId else { return }
        var entry = entries[header.producerId] ?? ProducerEntry(epoch: header.producerEpoch)
        if entry.epoch != header.producerEpoch {
            entry.startEpoch(header.producerEpoch)
        }
        entry.lastTimestamp = now
        if header.attributes.isControl {
            entry.transactionFirstOffset = nil
        } else {
            entry.add(
                ProducerEntry.Batch(
                    lastSequence: header.lastSequence, lastOffset: header.lastOffset,
                    offsetDelta: header.lastOffsetDelta, timestamp: header.maxTimestamp))
            if header.attributes.isTransactional, entry.transactionFirstOffset == nil {
                entry.transactionFirstOffset = header.baseOffset
            }
        }
        entries[header.producerId] = entry
        if entries.count > countMax { forgetIdlest() }
    }

    /// Forgets producers that have been idle for `idleMs` and have no transaction open.
    mutating func expire(now: Int64, idleMs: Int64) {
        let old = entries.filter { $0.value.transactionFirstOffset == nil && now &- $0.value.lastTimestamp >= idleMs }
        for producerId in old.keys { entries[producerId] = nil }
    }

    mutating func insert(_ entry: ProducerEntry, producerId: Int64) {
        entries[producerId] = entry
    }

    /// Makes room for many more at once, so that the cost is small for each.
    private mutating func forgetIdlest() {
        let idle = entries.lazy.filter { $0.value.transactionFirstOffset == nil }
            .map { (timestamp: $0.value.lastTimestamp, producerId: $0.key) }
            .sorted { ($0.timestamp, $0.producerId) < ($1.timestamp, $1.producerId) }
        for (_, producerId) in idle.prefix(max(1, countMax / 10)) { entries[producerId] = nil }
    }
}

/// One producer: its epoch and its last five batches, newest last.
struct ProducerEntry: Sendable, Equatable {
    struct Batch: Sendable, Equatable, BitwiseCopyable {
        var lastSequence: Int32
        var lastOffset: Int64
        var offsetDelta: Int32
        var timestamp: Int64

        var firstOffset: Int64 { lastOffset &- Int64(offsetDelta) }
        var firstSequence: Int32 { previousSequence(lastSequence, offsetDelta) }
    }

    static let batchesMax = 5

    private(set) var epoch: Int16
    private(set) var batches: [Batch] = []
    var lastTimestamp: Int64 = -1
    var coordinatorEpoch: Int32 = -1
    /// First offset of the transaction that is open, if one is.
    var transactionFirstOffset: Int64?

    init(epoch: Int16) { self.epoch = epoch }

    var lastSequence: Int32? { batches.last?.lastSequence }

    mutating func startEpoch(_ epoch: Int16) {
        self.epoch = epoch
        batches.removeAll(keepingCapacity: true)
    }

    mutating func add(_ batch: Batch) {
        if batches.count == Self.batchesMax { batches.removeFirst() }
        batches.append(batch)
    }

    func batch(first: Int32, last: Int32) -> Batch? {
        batches.first { $0.lastSequence == last && $0.firstSequence == first }
    }
}

extension RecordBatchHeader {
    /// The sequence of the last record; sequences wrap from 2³¹-1 to 0.
    var lastSequence: Int32 { baseSequence < 0 ? baseSequence : nextSequence(baseSequence, lastOffsetDelta) }
}

private func nextSequence(_ sequence: Int32, _ count: Int32) -> Int32 {
    (sequence &+ count) & Int32.max
}

private func previousSequence(_ sequence: Int32, _ count: Int32) -> Int32 {
    (sequence &- count) & Int32.max
}
