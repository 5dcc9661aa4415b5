import KafkaMessages
import KafkaRecords
import NIOCore

/// Reads partition 0 of a topic from its beginning to its end, one fetch at a time.
struct FetchLoad {
    let topic: String
    let endOffset: Int64
    static let answerBytes: Int32 = 1 << 20

    struct Totals {
        var bytes = 0
        /// What each answer held, by position and length in the partition if that is what is stored.
        var answers: [Int] = []
    }

    /// `onAnswer` sees the records of each answer.
    func run(on connection: KafkaConnection, onAnswer: (ByteBuffer) throws -> Void = { _ in }) throws -> Totals {
        var totals = Totals()
        var offset: Int64 = 0
        while offset < endOffset {
            let request = Workload.fetchRequest(topic: topic, offset: offset, bytesMax: Self.answerBytes)
            let records = try Self.records(
                of: try connection.call(request, version: Workload.fetchVersion))
            try onAnswer(records)
            totals.bytes += records.readableBytes
            totals.answers.append(records.readableBytes)
            let next = try Self.nextOffset(records.readableBytesSpan)
            guard next > offset else { throw Failure("a fetch at \(offset) gave nothing new") }
            offset = next
        }
        return totals
    }

    static func records(of response: FetchResponse) throws -> ByteBuffer {
        try response.errorCode.check("fetch")
        guard response.responses.count == 1, response.responses[0].partitions.count == 1 else {
            throw Failure("a fetch answer has the wrong shape")
        }
        let partition = response.responses[0].partitions[0]
        try partition.errorCode.check("fetch")
        guard case .bytes(let records) = partition.records else { throw Failure("a fetch answer without records") }
        return records
    }

    static func nextOffset(_ records: RawSpan) throws -> Int64 {
        var batches = RecordBatches(records)
        var next: Int64 = -1
        while let (header, _) = try batches.next() { next = header.lastOffset + 1 }
        return next
    }
}
