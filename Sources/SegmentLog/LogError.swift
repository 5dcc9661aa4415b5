public import KafkaRecords

/// Why a log did not do what was asked. Carries coordinates and classes, never what a record holds.
public enum LogError: Error, Sendable, Equatable {
    /// A file operation failed; the log goes on as before.
    case io(FileError)
    /// A write or sync failed in a way that leaves unknown bytes behind, now or earlier. The log takes nothing more until
    /// it is opened again; nothing is retried.
    case offline(FileError)
    /// The log or folder has been closed.
    case closed
    /// Another process holds the data folder.
    case locked(path: String)
    /// Stored bytes are broken and were not torn by a crash. What lies before stays readable, nothing can be appended.
    /// `segment` is the base offset of the file, `position` the byte where the broken batch begins.
    case corrupt(segment: Int64, position: Int)
    /// A file beside the segments says something impossible.
    case malformedFile(name: String)
    case offsetOutOfRange(requested: Int64, logStartOffset: Int64, endOffset: Int64)
    /// The bytes given to `append` are not whole batches.
    case invalidBatch(RecordBatchError)
    /// An append must fit into one segment.
    case appendTooLarge(byteCount: Int, limit: Int)
    /// OUT_OF_ORDER_SEQUENCE_NUMBER. `expected` is the next sequence of the producer, -1 if it must be 0 for a new epoch.
    case outOfOrderSequence(producerId: Int64, expected: Int32, found: Int32)
    /// INVALID_PRODUCER_EPOCH: a newer instance of the producer has taken over.
    case invalidProducerEpoch(producerId: Int64, current: Int16, found: Int16)
    /// The offset of the log would pass the largest 64-bit number.
    case offsetsExhausted

    /// The disk is full; nothing else is wrong, and the log goes on as soon as there is room.
    var isOutOfSpace: Bool {
        if case .io(let error) = self { error.isOutOfSpace } else { false }
    }
}
