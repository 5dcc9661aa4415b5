import KafkaRecords
import SegmentLog

/// One partition of a topic of the broker's own, as its reader and writer sees it: policy, groups, errors.
struct InternalLog: Sendable {
    let partition: Partition
    let clock: any BrokerClock
    let readPool: ReadPool
    let decompressedBytesMax: Int

    /// Bytes read at once when the log is replayed.
    private static let replayBytes = 4 << 20

    /// Appends one batch and returns its base offset when it is durable.
    func append(_ batch: [UInt8]) async throws(LogError) -> Int64 {
        let result = try await partition.append(batch, nowMs: clock.wallMs())
        try await partition.committed(through: result.lastOffset)
        return result.baseOffset
    }

    /// Hands over every batch from the start of the log to its end, in order. Returns the offset after the last.
    @discardableResult
    func replay(_ visit: @Sendable (DecodedBatch) throws -> Void) async throws -> Int64 {
        let view = partition.view
        var offset = view.logStartOffset
        while offset < view.highWatermark {
            let from = offset
            let result: Result<Int64, any Error> = await readPool.run {
                Result { try Self.replay(view, from: from, bound: decompressedBytesMax, visit) }
            }
            offset = try result.get()
        }
        return offset
    }

    /// Returns the offset after the last batch of the slice.
    private static func replay(
        _ view: LogView<PosixFileSystem>, from offset: Int64, bound: Int, _ visit: (DecodedBatch) throws -> Void
    ) throws -> Int64 {
        guard let slice = try view.slice(from: offset, maxBytes: replayBytes) else { return view.highWatermark }
        let bytes = try slice.bytes()
        var next = offset
        var batches = RecordBatches(bytes.rawSpan)
        while let (header, position) = try batches.next() {
            let batch = bytes.rawSpan.extracting(position..<position + header.byteCount)
            try visit(DecodedBatch(decoding: batch, bound: bound))
            next = header.lastOffset + 1
        }
        return next
    }
}

extension LogSlice<PosixFile> {
    /// Reads the slice into memory. Blocks: for the read pool and threads of views.
    func bytes() throws(LogError) -> [UInt8] {
        do throws(FileError) {
            let bytes = try PosixFileSystem().bytes(of: file, at: position, count: byteCount)
            guard bytes.count == byteCount else { throw FileError(.read, code: FileError.inputOutput) }
            return bytes
        } catch {
            throw .io(error)
        }
    }
}
