import SegmentLog
import Synchronization

/// What a compaction has to do on the partition's lane. All of it is short: no file is read, written or renamed here.
extension Partition {
    /// What a compaction begins with.
    struct CompactionStart: Sendable {
        /// Files of an earlier swap whose names are not in line yet.
        var unfinished: SegmentSwap<PosixFileSystem>?
        var plan: CompactionPlan<PosixFileSystem>?
    }

    /// Begins a compaction; nil if there is nothing to compact, or the partition takes nothing more. The partition isn't
    /// closed or deleted until `endCompaction`.
    func beginCompaction(nowMs: Int64) throws(LogError) -> CompactionStart? {
        guard !isClosing, !isCompacting else { return nil }
        let start = CompactionStart(
            unfinished: log.unfinishedSwap, plan: try log.beginCompaction(now: nowMs))
        guard start.unfinished != nil || start.plan != nil else { return nil }
        isCompacting = true
        return start
    }

    /// Shows readers the compacted segment. False if the log has changed too much for it.
    func swap(_ swap: SegmentSwap<PosixFileSystem>) -> Bool { !isClosing && log.swap(swap) }

    func endSwap(_ swap: SegmentSwap<PosixFileSystem>, failure: FileError?) {
        log.endSwap(swap, failure: failure)
    }

    /// The compaction got as far as `offset`, or ended before its end.
    func endCompaction(_ outcome: Result<Int64, CompactionError>) {
        switch outcome {
        case .success(let offset): log.endCompaction(cleanedTo: offset)
        case .failure(let error): log.failCompaction(error)
        }
        isCompacting = false
        compactionEnded?.resume()
        compactionEnded = nil
    }

    /// Makes a compaction that runs end, and waits for it: it works by the names of files, which are another partition's
    /// when a topic of the same name is made anew.
    func endCompacting() async {
        compactionStop.store(true, ordering: .relaxed)
        while isCompacting {
            await withCheckedContinuation { compactionEnded = $0 }
        }
    }
}
