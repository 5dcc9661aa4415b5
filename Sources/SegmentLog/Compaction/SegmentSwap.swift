import KafkaRecords

/// A compacted segment that takes the place of some others, and how the files follow. Kafka's suffixes, in steps that a
/// crash may interrupt anywhere (see also `LogOpener.completeSwaps`):
///
/// 1. `….cleaned` files are written and synced. A crash leaves the log as it was; opening removes them.
/// 2. `commit`: they are renamed to `….swap`, the log file last, and the folder is synced. From here on opening the log
///    finishes the swap: what is in the new file stands for everything from its base to its last offset.
/// 3. `PartitionLog.swap`, on the partition's lane: readers get a view with the new segment. No file is touched; the new
///    segment's files and those of the old ones are pinned, so that both views read on while names change.
/// 4. `finish`: the other old files are removed, the indexes get their names, the folder is synced, and only then does
///    the log file take the place of the first old one. So at no time do two files claim the same offsets, unless a
///    `.log.swap` is there and says which one counts.
public final class SegmentSwap<FS: FileSystem>: Sendable {
    let sources: ContiguousArray<Segment<FS>>
    let replacement: Segment<FS>

    /// `sources`: sealed, ascending; the first has the base of `replacement`.
    init(sources: ContiguousArray<Segment<FS>>, replacement: Segment<FS>) {
        self.sources = sources
        self.replacement = replacement
    }

    private var fileSystem: FS { replacement.fileSystem }
    private var directory: String { replacement.directory }

    /// Makes the swap final on disk. Not on the partition's lane.
    func commit() throws(CompactionError) {
        do throws(FileError) {
            for source in sources { try pin(source) }
            for kind in LogFileName.Kind.ofSegment.reversed() {
                let path = replacement.path(kind)
                try fileSystem.rename(path + LogFileName.cleanedSuffix, to: path + LogFileName.swapSuffix)
            }
            try fileSystem.syncDirectory(directory)
        } catch {
            try abandon()
            // After a failed sync, what a second one says means nothing.
            throw error.operation == .syncDirectory ? .stuck(error) : .file(error)
        }
    }

    /// Who still has a view with the old segments reads their files, whatever happens to the names.
    private func pin(_ source: Segment<FS>) throws(FileError) {
        _ = try source.sealedByteCount()
        source.pin(.log, try source.file(.log))
        do throws(FileError) {
            _ = try source.index.counts(source)
            source.pin(.index, try source.file(.index))
            source.pin(.timeIndex, try source.file(.timeIndex))
            _ = try source.maxTimestamp()
        } catch {
            guard error.isNotFound else { throw error }
            source.index.markBroken()
        }
    }

    /// Brings the names in line after `PartitionLog.swap` has taken the swap. Not on the partition's lane. May be called
    /// again after an error, unless that was a failed sync.
    public func finish() throws(FileError) {
        for source in sources.dropFirst() {
            for kind in LogFileName.Kind.allCases { try fileSystem.removeIfPresent(source.path(kind)) }
        }
        for kind in [LogFileName.Kind.timeIndex, .index] { try takeName(kind) }
        try fileSystem.syncDirectory(directory)
        try takeName(.log)
        try fileSystem.syncDirectory(directory)
        replacement.unpin()
    }

    private func takeName(_ kind: LogFileName.Kind) throws(FileError) {
        do throws(FileError) {
            try fileSystem.rename(replacement.path(kind) + LogFileName.swapSuffix, to: replacement.path(kind))
        } catch {
            // An earlier call got that far.
            if !error.isNotFound { throw error }
        }
    }

    /// Takes back what `commit` did, because the log has changed meanwhile. Throws `stuck` if it can't be known to be gone for
    /// good.
    public func abandon() throws(CompactionError) {
        do throws(FileError) {
            for kind in LogFileName.Kind.ofSegment {
                try fileSystem.removeIfPresent(replacement.path(kind) + LogFileName.swapSuffix)
            }
            try fileSystem.syncDirectory(directory)
        } catch {
            throw .stuck(error)
        }
    }
}
