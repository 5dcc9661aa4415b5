/// Why a compaction ended before its end. The log stays as it is in every case.
public enum CompactionError: Error, Sendable, Equatable {
    /// Whoever paces the work said stop.
    case cancelled
    /// A stored batch can't be read: its place, its checksum, its codec or a record is wrong. `position` is the byte in the
    /// segment's file where it begins. Nothing is dropped for it, and nothing in the log gets compacted until somebody looks.
    case badBatch(segment: Int64, position: Int)
    /// A file operation failed; trying again later may help.
    case file(FileError)
    /// Names of files may be left that only opening the log puts in line. Until then nothing in it may be compacted again: a
    /// `.log.swap` that is older than a later swap would undo that one.
    case stuck(FileError)

    /// The log can't be compacted before it is opened anew.
    public var isLasting: Bool {
        switch self {
        case .cancelled, .file: false
        case .badBatch, .stuck: true
        }
    }
}

/// Runs file operations of a compaction.
func compactionIO<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
) throws(CompactionError) -> Result {
    do throws(FileError) {
        return try body()
    } catch {
        throw .file(error)
    }
}
