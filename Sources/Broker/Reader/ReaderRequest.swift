import KafkaMessages
import KafkaRecords
import WasmRuntime

/// What is to be read, and all that the bytes of the answer depend on.
struct ReaderRequest: Sendable {
    var topicId: Uuid
    var topic: String
    var partition: Int32
    /// The partition's leader epoch now.
    var leaderEpoch: Int32
    var fetchOffset: Int64
    /// Bytes of the answer, as the reader gets them. The first batch comes whole if `sendsFirstWhole`.
    var bytesMax: Int
    var sendsFirstWhole: Bool
    var plan: ViewPlan
    var dialect: AnswerDialect
    /// The answer's codec. Without empty batches always none.
    var codec = Codec.none
    var codecLevel: Int32?
    /// Offsets that the operator had left out for this view.
    var quarantined: Set<Int64> = []
    /// Bytes that a batch may decompress to.
    var decompressedMax: Int
    /// `max.message.bytes` of the topic: bytes that a record may become.
    var recordMax: Int
    /// Where the view's work is counted.
    var meter: ViewMeter

    func identity(of header: RecordBatchHeader) -> BatchIdentity {
        BatchIdentity(
            topicIdHigh: topicId.high, topicIdLow: topicId.low, partition: partition, baseOffset: header.baseOffset,
            leaderEpoch: header.partitionLeaderEpoch, crc: header.crc, byteCount: header.byteCount)
    }
}

/// What the encoded form of one stored batch depends on, and nothing else does.
struct EncodedBatchKey: Sendable, Hashable {
    var outcome: OutcomeKey
    var dialect: AnswerDialect
    var codec: Codec
    var level: Int32?
    /// A record that passes one bound may fail another.
    var recordMax: Int
}

extension ReaderRequest {
    func key(of header: RecordBatchHeader, codec: Codec) -> EncodedBatchKey {
        EncodedBatchKey(
            outcome: OutcomeKey(batch: identity(of: header), digest: plan.digest), dialect: dialect, codec: codec,
            level: codecLevel, recordMax: recordMax)
    }
}
