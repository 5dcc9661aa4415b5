import KafkaMessages
import NIOCore
import SegmentLog
import Views

/// One partition of a fetch request and what is known of it while the answer is made.
struct FetchTarget: Sendable {
    let wanted: FetchRequest.FetchPartition
    let topic: Topic?
    let partition: Partition?
    /// What the request itself is refused with, whatever the log holds.
    let refusal: ErrorCode?
    /// Where the log ended when this round read it; a parked fetch looks whether it has moved.
    var seenEnd: Int64 = -1
}

/// What one round found for a partition.
struct FetchedPartition: Sendable {
    enum Content: Sendable {
        case nothing
        case raw(RawSlice)
        case encoded(EncodedFetch)
    }

    var content = Content.nothing
    var errorCode = ErrorCode.none
    var highWatermark: Int64 = -1
    var logStartOffset: Int64 = -1

    var byteCount: Int {
        switch content {
        case .nothing: 0
        case .raw(let raw): raw.slice.byteCount
        case .encoded(let encoded): encoded.bytes.readableBytes
        }
    }
}
