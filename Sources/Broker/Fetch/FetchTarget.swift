import KafkaMessages
import NIOCore
import SegmentLog
import Views

/// One partition of a fetch and what is known of it while the answer is made.
struct FetchTarget: Sendable {
    let wanted: FetchSession.Wanted
    /// Which of the fetch's topics.
    let topicNumber: Int
    /// Its place in the session, where there is one.
    let slot: Int
    var partition: Partition?
    /// What the request itself is refused with, whatever the log holds.
    var refusal: ErrorCode?
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
    /// Stands for the topic and for what the reader gets of it.
    var source = 0

    var byteCount: Int {
        switch content {
        case .nothing: 0
        case .raw(let raw): raw.slice.byteCount
        case .encoded(let encoded): encoded.bytes.readableBytes
        }
    }

    /// There are no transactions: what is committed is stable.
    var lastStableOffset: Int64 { highWatermark }

    var told: FetchSession.Told {
        FetchSession.Told(
            errorCode: errorCode, highWatermark: highWatermark, lastStableOffset: lastStableOffset,
            logStartOffset: logStartOffset, source: source)
    }
}
