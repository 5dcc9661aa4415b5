import KafkaMessages
import NIOCore

/// The records of one partition as a reader gets them through a view.
struct EncodedFetch: Sendable {
    /// Whole batches. Empty if there is nothing to show, or with `error`.
    var bytes = ByteBuffer()
    /// Behind the last offset that was dealt with: shown, left out or replaced.
    var nextOffset: Int64
    /// What the partition answers instead of records. Whatever came before the trouble has been sent by then.
    var error: ErrorCode?
    /// Records in `bytes`.
    var recordCount = 0
    /// Nothing more was stored. False with empty `bytes`: there is more to read from `nextOffset` on; call again.
    var isAtEnd = false
    /// There are no bytes though the log goes on behind the fetch offset, and the client must not see that it does: answer
    /// after the wait, with high watermark and last stable offset = its fetch offset.
    var hidesEnd = false
}

/// What the version of a Fetch lets an answer look like. Part of what a cached answer depends on.
enum AnswerDialect: UInt8, Sendable, Hashable {
    /// Fetch 11 and later: a batch with nothing left is sent empty, so that the client's position moves.
    case emptyBatches
    /// Fetch 10 and earlier, which only kafka-go picks: an empty batch makes it crash or loop, and so does a compressed
    /// batch without its last record. Empty ones are left out, the rest isn't compressed.
    case noEmptyBatches

    init(fetchVersion: Int16) {
        self = fetchVersion >= 11 ? .emptyBatches : .noEmptyBatches
    }
}

/// A piece of the stored log.
enum StoredChunk {
    /// Whole batches, the first of which holds the offset asked for or follows it.
    case bytes([UInt8])
    /// Nothing is stored there yet.
    case end
    case failed(ErrorCode)
}
