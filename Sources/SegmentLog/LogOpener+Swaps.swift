import KafkaRecords

extension LogOpener {
    /// Finishes the swaps of a compaction that was interrupted, see `SegmentSwap`. Returns the names that there are then.
    ///
    /// A `.log.swap` is whole: it was synced before it got this name. It stands for all from its base to its last offset, so
    /// other segments that begin there go. The folder is synced before it takes its place, and its indexes are built
    /// anew, since a file under their name may still be the old segment's.
    func completeSwaps(_ names: Set<String>) throws(FileError) -> Set<String> {
        let swaps = names.filter { $0.hasSuffix(LogFileName.swapSuffix) }
        guard !swaps.isEmpty else { return names }
        let logs = swaps.map { String($0.dropLast(LogFileName.swapSuffix.count)) }
            .compactMap { LogFileName.offset(of: $0, .log) }.sorted()
        for base in logs { try completeSwap(base, names) }
        for name in swaps { try fileSystem.removeIfPresent(directory + "/" + name) }
        try fileSystem.syncDirectory(directory)
        return Set(try fileSystem.list(directory))
    }

    private func completeSwap(_ base: Int64, _ names: Set<String>) throws(FileError) {
        let segment = Segment(baseOffset: base, directory: directory, files: files, isNew: false)
        let path = segment.path(.log) + LogFileName.swapSuffix
        guard let lastOffset = try lastOffset(of: path, base) else { return }
        for other in names.compactMap({ LogFileName.offset(of: $0, .log) }) where other > base && other <= lastOffset {
            try removeFiles(Segment(baseOffset: other, directory: directory, files: files, isNew: false))
        }
        for kind in [LogFileName.Kind.index, .timeIndex] { try fileSystem.removeIfPresent(segment.path(kind)) }
        try fileSystem.syncDirectory(directory)
        try fileSystem.rename(path, to: segment.path(.log))
        try Self.rebuildIndex(segment, configuration: configuration)
    }

    /// Of the last whole batch; nil if there is none.
    private func lastOffset(of path: String, _ base: Int64) throws(FileError) -> Int64? {
        let file = try fileSystem.open(path, .read)
        var scanner = SegmentScanner(
            fileSystem, file: file, segmentBase: base, limit: try fileSystem.size(of: file), checks: .headers)
        var last: Int64?
        while let batch = try scanner.next(), batch.status == .valid { last = batch.header?.lastOffset }
        return last
    }
}
