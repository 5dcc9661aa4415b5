import KafkaMessages
import KafkaRecords
import SegmentLog

extension LogError {
    /// Kafka's code for what a client is told.
    var code: ErrorCode {
        switch self {
        case .io, .offline, .closed, .locked, .malformedFile: .kafkaStorageError
        case .corrupt: .corruptMessage
        case .offsetOutOfRange: .offsetOutOfRange
        case .invalidBatch: .corruptMessage
        case .appendTooLarge: .recordListTooLarge
        case .outOfOrderSequence: .outOfOrderSequenceNumber
        case .invalidProducerEpoch: .invalidProducerEpoch
        case .offsetsExhausted: .invalidRecord
        }
    }

    /// A sentence for a client that may write: numbers only.
    var message: String {
        switch self {
        case .io(let error):
            "the log can't be read or written: \(error.operation.rawValue) failed with error \(error.code)"
        case .offline(let error):
            "the partition is offline since \(error.operation.rawValue) failed with error \(error.code); restart the broker when the disk is well"
        case .closed: "the partition is closed"
        case .locked: "the data folder is in use"
        case .corrupt(let segment, let position):
            "the log is broken in segment \(segment) at byte \(position): see sluice log dump"
        case .malformedFile(let name): "the file \(name) is malformed"
        case .offsetOutOfRange(let requested, let start, let end): "offset \(requested) is not in \(start)..<\(end)"
        case .invalidBatch(.checksumMismatch): "the batch's CRC-32C is wrong"
        case .invalidBatch: "the record batch is malformed"
        case .appendTooLarge(let byteCount, let limit):
            "\(byteCount) bytes don't fit a segment of \(limit) (segment.bytes)"
        case .outOfOrderSequence(_, let expected, let found): "sequence \(found), expected \(expected)"
        case .invalidProducerEpoch(_, let current, let found): "producer epoch \(found), current \(current)"
        case .offsetsExhausted: "the log has no offsets left"
        }
    }
}
