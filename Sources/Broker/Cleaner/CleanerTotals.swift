/// Counts of all compactions since the start.
struct CleanerTotals: Sendable, Equatable {
    var compactionCount = 0
    /// Read and written.
    var byteCount = 0
    var removedRecordCount = 0
    var removedByteCount = 0
    /// Records that went because they have no key.
    var keylessRecordCount = 0
    var failureCount = 0
    /// Time that compactions took which ended well, and the last one of them.
    var nanoseconds: Int64 = 0
    var lastNanoseconds: Int64 = 0
    /// Compactions that run now.
    var runningCount = 0
    /// Partitions that aren't compacted any more until the broker is started again.
    var uncleanableCount = 0
}
