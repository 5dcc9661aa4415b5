import KafkaMessages
import KafkaRecords
import NIOCore

/// Decides whether what a client sends for a partition may be stored: exactly one whole record batch of format v2 with
/// known attributes. Its checksum is left to the log, which checks it where it writes: the bytes go from one processor's
/// cache to the other's once then. For a topic with a view the batch is decompressed and each record walked, so that no
/// batch that a view can't read is stored; that includes the checksum. So it is where the topic sets another codec, or how
/// old a record may be.
struct BatchValidator {
    struct Refusal: Error {
        var code: ErrorCode
        var message: String
        /// Records that are refused each for itself, by their places in the batch.
        var records: [Int] = []
    }

    /// Records that are named at most, where many are refused.
    private static let namedMax = 100

    let apiVersion: Int16
    let maxMessageBytes: Int
    /// Decompress and walk every record.
    let isDeep: Bool
    /// The topic is compacted: a record without a key could never be replaced, nor be kept.
    let needsKeys: Bool
    let decompressedBytesMax: Int
    /// nil: records carry the time of their append, whatever they come with.
    let times: ClosedRange<Int64>?
    /// nil: batches stay in the codec that they come in.
    let compression: TopicConfiguration.Compression?

    init(
        _ topic: TopicConfiguration, apiVersion: Int16, hasViews: Bool, decompressedBytesMax: Int, nowMs: Int64
    ) {
        self.apiVersion = apiVersion
        self.decompressedBytesMax = decompressedBytesMax
        maxMessageBytes = topic.maxMessageBytes
        compression = topic.compression
        if topic.usesLogAppendTime {
            times = nil
        } else {
            let (oldest, underflow) = nowMs.subtractingReportingOverflow(topic.timestampBeforeMaxMs)
            let (newest, overflow) = nowMs.addingReportingOverflow(topic.timestampAfterMaxMs)
            times = (underflow ? .min : oldest)...(overflow ? .max : newest)
        }
        // Only the newest time is in the header.
        let looksForOldTimes = times != nil && topic.timestampBeforeMaxMs < Int64.max
        needsKeys = topic.isCompacted
        isDeep = hasViews || looksForOldTimes || needsKeys
    }

    /// Whether batches may have to be compressed: that takes longer than a connection's thread should be kept.
    var mayRecompress: Bool { compression != nil }

    /// Returns the batch as it is to be stored, and whether its checksum is known to be right.
    func validate(_ records: ByteBuffer) throws(Refusal) -> (batch: ByteBuffer, isVerified: Bool) {
        let header = try check(records)
        let other = compression.flatMap { $0.codec.rawValue == header.attributes.codecNumber ? nil : $0 }
        guard isDeep || other != nil else { return (records, false) }
        let decoded = try decode(records, header)
        guard let other else { return (records, true) }
        let recompressed: ByteBuffer
        do throws(RecordBatchError) {
            recompressed = try other.recompress(decoded)
        } catch {
            throw refusal(error)
        }
        try checkSize(recompressed.readableBytes)
        return (recompressed, true)
    }

    private func check(_ records: ByteBuffer) throws(Refusal) -> RecordBatchHeader {
        let bytes = records.readableBytesSpan
        let header: RecordBatchHeader
        do throws(RecordBatchError) {
            header = try RecordBatchHeader(bytes)
        } catch {
            throw refusal(error)
        }
        try checkSize(header.byteCount)
        guard header.byteCount <= bytes.byteCount else {
            throw Refusal(code: .corruptMessage, message: "the batch is shorter than its length says")
        }
        guard header.byteCount == bytes.byteCount else {
            throw Refusal(code: .invalidRecord, message: "a partition takes exactly one record batch a request")
        }
        try checkAttributes(header)
        try checkTime(header.maxTimestamp)
        return header
    }

    private func checkSize(_ byteCount: Int) throws(Refusal) {
        guard byteCount <= maxMessageBytes else {
            throw Refusal(
                code: .messageTooLarge,
                message: "the batch has \(byteCount) bytes, the topic takes \(maxMessageBytes) (max.message.bytes)")
        }
    }

    /// -1 stands for no time.
    private func checkTime(_ timestamp: Int64) throws(Refusal) {
        guard let times, timestamp != -1, !times.contains(timestamp) else { return }
        throw Refusal(
            code: .invalidTimestamp,
            message: "the time \(timestamp) of a record is not between \(times.lowerBound) and \(times.upperBound) "
                + "(message.timestamp.before.max.ms, message.timestamp.after.max.ms)")
    }

    private func checkAttributes(_ header: RecordBatchHeader) throws(Refusal) {
        guard header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1 else {
            throw invalid("record count and last offset delta don't agree")
        }
        guard !header.attributes.isControl else { throw invalid("control batches are the broker's") }
        guard !header.attributes.isTransactional else {
            throw Refusal(code: .invalidTxnState, message: "this version has no transactions")
        }
        guard header.attributes.unknownBits == 0, !header.attributes.hasDeleteHorizon else {
            throw invalid("unknown attribute bits")
        }
        guard let codec = Codec(rawValue: header.attributes.codecNumber) else { throw invalid("unknown codec") }
        guard codec != .zstd || apiVersion >= 7 else {
            throw Refusal(code: .unsupportedCompressionType, message: "zstd needs Produce version 7")
        }
        guard !header.hasProducerId || (header.producerEpoch >= 0 && header.baseSequence >= 0) else {
            throw invalid("a producer id needs an epoch and a sequence")
        }
    }

    /// Decompresses the batch and walks each record.
    private func decode(_ records: ByteBuffer, _ header: RecordBatchHeader) throws(Refusal) -> DecodedBatch {
        let batch: DecodedBatch
        do throws(RecordBatchError) {
            batch = try DecodedBatch(decoding: records.readableBytesSpan, bound: decompressedBytesMax)
        } catch {
            throw refusal(error)
        }
        for (index, record) in batch.records.enumerated() {
            guard record.offsetDelta == Int32(index) else { throw refusal(.malformedRecord(index: index)) }
            try checkTime(header.timestamp(of: record))
        }
        guard needsKeys else { return batch }
        let keyless = batch.records.indices.lazy.filter { batch.records[$0].keyCount < 0 }.prefix(Self.namedMax)
        guard keyless.isEmpty else {
            throw Refusal(
                code: .invalidRecord, message: "the topic is compacted: every record needs a key",
                records: Array(keyless))
        }
        return batch
    }

    private func invalid(_ message: String) -> Refusal {
        Refusal(code: .invalidRecord, message: message)
    }

    private func refusal(_ error: RecordBatchError) -> Refusal {
        switch error {
        case .truncated, .invalidLength:
            Refusal(code: .corruptMessage, message: "the batch is cut short or its length is wrong")
        case .checksumMismatch:
            Refusal(code: .corruptMessage, message: "the batch's CRC-32C is wrong")
        case .unsupportedMagic(let magic):
            invalid("record format \(magic) is not taken, only record batches of format 2")
        case .invalidRecordCount, .invalidLastOffsetDelta:
            invalid("record count and last offset delta don't agree")
        case .unknownCodec(let number): invalid("codec \(number) does not exist")
        case .unknownAttributes: invalid("unknown attribute bits")
        case .decompressionFailed: invalid("the batch can't be decompressed")
        case .decompressedTooLarge(let bound): invalid("the batch decompresses to more than \(bound) bytes")
        case .malformedRecord(let index): invalid("record \(index) of the batch is malformed")
        case .trailingBytes: invalid("bytes follow the last record of the batch")
        case .malformedHeaders, .malformedControlRecord: invalid("a record of the batch is malformed")
        case .compressionFailed, .batchTooLarge: invalid("the batch is too large")
        }
    }
}
