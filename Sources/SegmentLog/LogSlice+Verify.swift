extension LogSlice where File == PosixFile {
    /// Checks length, place and checksum of every batch. Throws `corrupt` with the offset of the slice's first batch for
    /// the segment, or `io` if the file can't be read. Blocks.
    public func verify() throws(LogError) {
        var scanner = SegmentScanner(
            PosixFileSystem(), file: file, segmentBase: baseOffset, limit: position + byteCount, from: position,
            checks: .checksums(after: baseOffset))
        while let batch = try io({ () throws(FileError) in try scanner.next() }) {
            guard batch.status == .valid else { throw .corrupt(segment: baseOffset, position: batch.position) }
        }
    }
}
