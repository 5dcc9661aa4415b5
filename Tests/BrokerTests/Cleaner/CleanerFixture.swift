import KafkaMessages
import KafkaRecords
import NIOCore
import SegmentLog

@testable import Broker

/// A record as a reader got it.
struct KeyedRecord: Equatable {
    var offset: Int64
    var key: String?
    var value: String?

    init(_ offset: Int64, _ key: String?, _ value: String?) {
        self.offset = offset
        self.key = key
        self.value = value
    }
}

extension TestBroker {
    /// Nothing compacts but what a test asks for.
    static let cleanerSettings = [
        "log.cleaner.enable": "false", "log.cleaner.io.max.bytes.per.second": String(Int64.max),
    ]

    /// A topic of one partition, compacted whenever anything is dirty, with segments as small as no client can ask for.
    func compactedTopic(_ name: String, configs: [String: String] = [:]) async throws -> Partition {
        let settings = ["cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0"]
        let topic = try await createTopic(name, configs: settings.merging(configs) { _, own in own })
        let partition = topic.partitions[0]
        await shrinkSegments(partition)
        return partition
    }

    func shrinkSegments(_ partition: Partition, to byteCount: Int = 1500) async {
        var log = await partition.configuration
        log.segmentBytes = byteCount
        log.indexIntervalBytes = 200
        await partition.configure(log)
    }
}

extension TestConnection {
    func put(
        _ topic: String, _ records: [(key: String?, value: String?)], codec: Codec = .none
    ) async throws -> ProduceResponse.PartitionProduceResponse {
        let made = records.map { record in
            Record(
                key: record.key.map { Array($0.utf8) }, value: record.value.map { Array($0.utf8) },
                timestamp: 1_700_000_000_000)
        }
        return try await produce(topic, RecordBatch.encode(made, codec: codec))
    }

    /// `count` batches of two records; keys 0…4 come again and again.
    func fill(_ topic: String, count: Int, codec: Codec = .none) async throws {
        for number in 0..<count {
            let value = "\(number) " + String(repeating: "v", count: 60)
            let answer = try await put(
                topic, [("k\(number % 5)", value), ("k\((number + 1) % 5)", value)], codec: codec)
            guard answer.errorCode == .none else { throw TestFailure("\(answer.errorCode)") }
        }
    }

    /// Reads to the end as a client does.
    func readAll(_ topic: String, version: Int16 = 11) async throws -> [KeyedRecord] {
        var found: [KeyedRecord] = []
        var next: Int64 = 0
        while true {
            let answer = try await fetch(topic, from: next, maxBytes: 4000, version: version)
            guard answer.errorCode == .none else { throw TestFailure("\(answer.errorCode) at \(next)") }
            let batches = try decoded(answer.records)
            if batches.isEmpty {
                guard answer.highWatermark <= next else { throw TestFailure("nothing at \(next)") }
                return found
            }
            for batch in batches {
                for index in batch.records.indices {
                    let (record, offset) = (batch.record(at: index), batch.header.offset(of: batch.records[index]))
                    guard offset >= next else { continue }
                    found.append(
                        KeyedRecord(
                            offset, record.key.map { String(decoding: $0, as: UTF8.self) },
                            record.value.map { String(decoding: $0, as: UTF8.self) }))
                }
                next = batch.header.lastOffset + 1
            }
        }
    }
}

func decoded(_ records: Records) throws -> [DecodedBatch] {
    guard case .bytes(let buffer) = records else { return [] }
    let bytes = Array(buffer.readableBytesView)
    var batches = RecordBatches(bytes.rawSpan)
    var found: [DecodedBatch] = []
    while let (header, position) = try batches.next() {
        found.append(
            try DecodedBatch(
                decoding: bytes.rawSpan.extracting(position..<position + header.byteCount), bound: 1 << 24))
    }
    return found
}

/// What compaction leaves of records of which all may be compacted up to `end`.
func latest(_ records: [KeyedRecord], before end: Int64) -> [KeyedRecord] {
    var last: [String: Int64] = [:]
    for record in records where record.offset < end { if let key = record.key { last[key] = record.offset } }
    return records.filter { record in record.offset >= end || record.key.map { last[$0] == record.offset } ?? false }
}
