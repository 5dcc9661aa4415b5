import KafkaRecords

/// Reads batch headers of a segment file through a small window, so that a walk over small batches costs one pread for
/// many of them and a walk over large ones does not read their records.
struct HeaderReader<FS: FileSystem> {
    private var window: FileWindow<FS>
    private let segmentBase: Int64

    init(_ fileSystem: FS, file: FS.File, segmentBase: Int64, windowByteCount: Int = 4096) {
        window = FileWindow(fileSystem, file: file, byteCount: windowByteCount)
        self.segmentBase = segmentBase
    }

    var file: FS.File { window.file }

    /// The header of the batch at `position`, which ends at `limit` or before. `LogError.corrupt` if there is no such batch.
    mutating func header(at position: Int, limit: Int) throws(LogError) -> RecordBatchHeader {
        let range: Range<Int>
        do throws(FileError) {
            range = try window.load(at: position, needed: RecordBatchHeader.byteCount, limit: limit)
        } catch {
            throw .io(error)
        }
        do throws(RecordBatchError) {
            let header = try RecordBatchHeader(window.bytes.rawSpan.extracting(range))
            guard header.byteCount <= limit - position, header.baseOffset >= segmentBase else {
                throw .invalidLength(header.batchLength)
            }
            return header
        } catch {
            throw .corrupt(segment: segmentBase, position: position)
        }
    }
}
