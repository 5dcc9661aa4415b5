import KafkaMessages
import KafkaRecords
import NIOCore
import SegmentLog
import Views

/// Reads a compacted log for a reader that has it raw and asks in the dialect without empty batches (Fetch 10 and earlier).
///
/// Compaction leaves what crashes kafka-go or makes it ask for ever: batches without records, which are left out here, and
/// compressed batches without their last record, which are sent uncompressed. All else goes as it is stored. Where nothing
/// is left up to the end, the answer says that the log ends at the fetch offset. Rules: reference "Clients on the wire", §4.
struct HolelessReader {
    /// Stored bytes that one call reads.
    private static let inputMax = 32 << 20
    private static let chunkMax = 256 << 10

    let view: LogView<PosixFileSystem>
    /// That its reader may have the records as they are.
    let permit: RawPermit
    let bytesMax: Int
    /// The first batch comes whole, whatever `bytesMax` says.
    let sendsFirstWhole: Bool
    let decompressedMax: Int

    /// Whether a fetch needs this way of reading.
    static func isNeeded(_ view: LogView<PosixFileSystem>, _ dialect: AnswerDialect) -> Bool {
        dialect == .noEmptyBatches && view.cleanedOffset != nil
    }

    /// Blocks. `hidesEnd` is set where nothing more comes.
    func read(from offset: Int64) throws(LogError) -> EncodedFetch {
        var result = EncodedFetch(nextOffset: offset)
        var inputCount = 0
        var isFull = false
        while !isFull, inputCount < Self.inputMax {
            guard let slice = try view.slice(from: result.nextOffset, maxBytes: Self.chunkMax) else {
                result.isAtEnd = true
                break
            }
            let bytes = try slice.bytes()
            inputCount += bytes.count
            isFull = try take(bytes.rawSpan, into: &result)
        }
        result.hidesEnd = result.isAtEnd && result.bytes.readableBytes == 0
        return result
    }

    /// True when the answer is full.
    private func take(_ bytes: RawSpan, into result: inout EncodedFetch) throws(LogError) -> Bool {
        var batches = RecordBatches(bytes)
        do throws(RecordBatchError) {
            while let (header, position) = try batches.next() {
                if header.lastOffset < result.nextOffset { continue }
                let stored = bytes.extracting(position..<position + header.byteCount)
                if header.recordCount > 0 {
                    let isPut = try put(stored, header, into: &result)
                    if !isPut { return true }
                }
                result.nextOffset = header.lastOffset + 1
            }
        } catch {
            throw .invalidBatch(error)
        }
        return false
    }

    private func put(
        _ stored: RawSpan, _ header: RecordBatchHeader, into result: inout EncodedFetch
    ) throws(RecordBatchError) -> Bool {
        guard try losesItsEnd(header), let plain = try uncompressed(stored) else {
            return write(stored, header, into: &result)
        }
        return write(plain.rawSpan, header, into: &result)
    }

    /// Whether the batch is compressed and compaction has taken records out of it.
    private func losesItsEnd(_ header: RecordBatchHeader) throws(RecordBatchError) -> Bool {
        try header.codec() != .none && header.recordCount <= header.lastOffsetDelta
    }

    /// The same batch without a codec; nil if its last record is still there.
    private func uncompressed(_ stored: RawSpan) throws(RecordBatchError) -> [UInt8]? {
        let batch = try DecodedBatch(decoding: stored, bound: decompressedMax)
        guard let first = batch.records.first, let last = batch.records.last,
            last.offsetDelta < batch.header.lastOffsetDelta
        else { return nil }
        var builder = BatchBuilder(template: batch.header, codec: .none, capacity: batch.body.byteCount)
        try builder.append(from: first, through: last, count: Int32(batch.records.count), of: batch.body)
        return builder.finish()
    }

    private func write(_ batch: RawSpan, _ header: RecordBatchHeader, into result: inout EncodedFetch) -> Bool {
        let used = result.bytes.readableBytes
        guard used + batch.byteCount <= bytesMax || used == 0 && sendsFirstWhole else { return false }
        _ = unsafe batch.withUnsafeBytes { unsafe result.bytes.writeBytes($0) }
        result.recordCount += Int(header.recordCount)
        return true
    }
}
