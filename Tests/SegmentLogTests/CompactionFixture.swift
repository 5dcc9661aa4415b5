import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

/// What was appended to a log with keys, and what compaction may make of it.
struct CompactionModel {
    struct Entry: Equatable {
        var offset: Int64
        var key: [UInt8]?
        var value: [UInt8]?
        var timestamp: Int64
    }

    /// In order.
    var entries: [Entry] = []
    /// The last sequence of each producer, and where its batch ends.
    var producers: [Int64: (sequence: Int32, lastOffset: Int64)] = [:]

    /// What is left of the entries before `end` when all of them are compacted and no tombstone has expired.
    func latest(before end: Int64) -> [Entry] {
        var latest: [[UInt8]: Int64] = [:]
        for entry in entries where entry.offset < end {
            if let key = entry.key { latest[key] = entry.offset }
        }
        return entries.filter { entry in
            entry.offset < end && entry.key.map { latest[$0] == entry.offset } ?? false
        }
    }

    /// The whole log after a compaction up to `compactedEnd`.
    func expected(compactedEnd: Int64, end: Int64) -> [Entry] {
        latest(before: compactedEnd) + entries.filter { $0.offset >= compactedEnd && $0.offset < end }
    }
}

extension LogFixture {
    static func compacting(segmentBytes: Int = 700) -> LogConfiguration {
        var configuration = LogConfiguration()
        configuration.segmentBytes = segmentBytes
        configuration.indexIntervalBytes = 120
        configuration.recoveryPointBytes = 900
        configuration.compacts = true
        configuration.deletesOldSegments = false
        configuration.minCleanableDirtyRatio = 0
        return configuration
    }

    /// Appends records with keys; a nil value is a tombstone.
    @discardableResult
    func put(
        _ records: [(key: String?, value: String?)], codec: Codec = .none, producerId: Int64 = -1,
        baseSequence: Int32 = -1, attributes: Int16 = 0, into model: inout CompactionModel
    ) throws -> AppendResult {
        let made = records.enumerated().map { number, record in
            Record(
                key: record.key.map { Array($0.utf8) }, value: record.value.map { Array($0.utf8) },
                timestamp: clock.now + Int64(number))
        }
        var batch = RecordBatch.encode(
            made, codec: codec, producerId: producerId, producerEpoch: producerId < 0 ? -1 : 0,
            baseSequence: baseSequence)
        if attributes != 0 { batch = try Self.with(attributes: attributes, batch) }
        let result = try append(batch)
        for (number, record) in made.enumerated() {
            model.entries.append(
                CompactionModel.Entry(
                    offset: result.baseOffset + Int64(number), key: record.key, value: record.value,
                    timestamp: record.timestamp))
        }
        if producerId >= 0 {
            model.producers[producerId] = (baseSequence + Int32(records.count) - 1, result.lastOffset)
        }
        return result
    }

    func put(_ key: String, _ value: String?, into model: inout CompactionModel) throws {
        try put([(key, value)], into: &model)
    }

    static func with(attributes: Int16, _ batch: [UInt8]) throws -> [UInt8] {
        var header = try RecordBatchHeader(batch.rawSpan)
        header.attributes.rawValue |= attributes
        let section = Array(batch[RecordBatchHeader.byteCount...])
        header.crc = header.checksum(section: section.rawSpan)
        var bytes: [UInt8] = []
        header.write(to: &bytes)
        return bytes + section
    }

    /// A marker that ends the transaction of a producer.
    func end(_ type: ControlType, producerId: Int64) throws {
        var template = RecordBatchHeader()
        template.producerId = producerId
        template.producerEpoch = 0
        template.attributes.rawValue = 1 << 4
        template.baseTimestamp = clock.now
        template.maxTimestamp = clock.now
        try append(RecordBatch.control(ControlRecord(type: type, coordinatorEpoch: 0), template: template))
    }

    /// Makes everything that was appended so far inactive.
    func seal() throws {
        try log.flushNow()
        if log.tail.byteCount > 0 { try log.roll(now: clock.now) }
        try log.flushNow()
    }

    /// One compaction, as the broker's cleaner does it. `between` runs where others may use the log meanwhile.
    @discardableResult
    func compact(
        _ settings: CompactorSettings = CompactorSettings(), between: () throws -> Void = {}
    ) throws -> CompactionStatistics? {
        do {
            return try run(settings, between)
        } catch let error as CompactionError {
            log.failCompaction(error)
            throw error
        }
    }

    private func run(_ settings: CompactorSettings, _ between: () throws -> Void) throws -> CompactionStatistics? {
        if let swap = log.unfinishedSwap { try finish(swap) }
        guard let plan = try log.beginCompaction(now: clock.now) else { return nil }
        let compactor = LogCompactor(plan, settings) { _ in true }
        try compactor.readKeys()
        while let swap = try compactor.next() {
            try between()
            guard log.swap(swap) else {
                try swap.abandon()
                return compactor.statistics
            }
            try between()
            try finish(swap)
        }
        try compactor.writeCheckpoint()
        log.endCompaction(cleanedTo: compactor.endOffset)
        return compactor.statistics
    }

    func finish(_ swap: SegmentSwap<InMemoryFileSystem>) throws {
        do {
            try swap.finish()
        } catch {
            log.endSwap(swap, failure: error)
            throw error
        }
        log.endSwap(swap)
    }

    /// The records that readers see, in order; checks every batch and that a reader gets to the end.
    func entries(of view: LogView<InMemoryFileSystem>? = nil) throws -> [CompactionModel.Entry] {
        let view = view ?? self.view
        var found: [CompactionModel.Entry] = []
        var next = view.logStartOffset
        while next < view.highWatermark {
            let slice = try #require(try view.slice(from: next, maxBytes: 300), "nothing at \(next)")
            let bytes = try read(slice)
            var batches = RecordBatches(bytes.rawSpan)
            while let (header, position) = try batches.next() {
                try #require(header.lastOffset >= next && (found.last?.offset ?? -1) < header.baseOffset)
                let batch = try DecodedBatch(
                    decoding: bytes.rawSpan.extracting(position..<position + header.byteCount), bound: 1 << 20)
                for index in batch.records.indices where !header.attributes.isControl {
                    let record = batch.record(at: index)
                    found.append(
                        CompactionModel.Entry(
                            offset: header.offset(of: batch.records[index]), key: record.key, value: record.value,
                            timestamp: record.timestamp))
                }
                next = header.lastOffset + 1
            }
            try #require(batches.remainder == 0)
        }
        return found
    }

    /// Files of compaction that should not be there when it has ended.
    func leftovers() throws -> [String] {
        try fileSystem.list(Self.directory).filter { $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") }
    }
}
