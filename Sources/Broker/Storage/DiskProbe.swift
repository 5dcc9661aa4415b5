import KafkaRecords
import SegmentLog

/// Finds out by writing whether the data folder can be written.
struct DiskProbe {
    private static let name = ".write-probe"

    let folder: String

    /// What is wrong, in one line; nil if all is well. Blocks.
    func problem() -> String? {
        let fileSystem = PosixFileSystem()
        let path = folder + "/" + Self.name
        do throws(FileError) {
            let file = try fileSystem.open(path, .create)
            // More than a block: what file systems keep in the inode itself would need no room.
            let bytes = [UInt8](repeating: 0, count: 8192)
            do throws(FileError) {
                let piece = GatherPiece(isPatch: false, start: 0, count: bytes.count)
                try fileSystem.write(file, at: 0, pieces: [piece], patches: RawSpan(), body: bytes.rawSpan)
            } catch {
                try fileSystem.removeIfPresent(path)
                throw error
            }
            try fileSystem.removeIfPresent(path)
            return nil
        } catch {
            if error.isOutOfSpace { return "the disk is full" }
            return "the data folder can't be written: \(error.operation.rawValue) failed with error \(error.code)"
        }
    }
}
