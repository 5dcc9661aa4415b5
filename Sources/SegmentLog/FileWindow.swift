/// A part of a file in memory, moved along as a walk goes on; the block is made once.
struct FileWindow<FS: FileSystem> {
    let fileSystem: FS
    let file: FS.File
    private(set) var bytes: [UInt8]
    private var start = 0
    private var count = 0

    init(_ fileSystem: FS, file: FS.File, byteCount: Int) {
        self.fileSystem = fileSystem
        self.file = file
        bytes = [UInt8](repeating: 0, count: byteCount)
    }

    /// Where in `bytes` the file's bytes from `position` on are: at least `needed` of them, which is at most the size of the
    /// window, or as many as there are before `limit`. Reads at most `readMax` if it has to read.
    mutating func load(
        at position: Int, needed: Int, limit: Int, readMax: Int = .max
    ) throws(FileError) -> Range<Int> {
        if position < start || position + needed > start + count {
            let wanted = max(0, min(bytes.count, limit - position, max(needed, readMax)))
            let (fileSystem, file) = (fileSystem, file)
            var span = bytes.mutableSpan
            count = unsafe try span.withUnsafeMutableBytes { buffer throws(FileError) in
                unsafe try fileSystem.read(
                    file, at: position, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            }
            start = position
        }
        return position - start..<min(count, limit - start)
    }
}
