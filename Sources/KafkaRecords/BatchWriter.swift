/// Writes an uncompressed batch in the place of another one straight into memory that its maker has, where
/// ``BatchBuilder`` has memory of its own: for answers, whose bytes then aren't copied once more.
///
/// Keeps of the template what a builder keeps. What doesn't fit is refused with `batchTooLarge`.
@safe
public struct BatchWriter: ~Copyable {
    @usableFromInline let header: RecordBatchHeader
    @usableFromInline var writer: RecordWriter
    /// Records so far.
    @usableFromInline var count: Int32 = 0
    public var recordCount: Int32 { count }

    /// Bytes that are enough for `records` records whose parts take `partsByteCount` bytes together.
    @inlinable
    public static func byteCountMax(records: Int, partsByteCount: Int) -> Int {
        RecordBatchHeader.byteCount + records * RecordWriter.framingByteCountMax + partsByteCount
    }

    /// `memory` has room for a header at least, belongs to nobody else, and outlives the writer.
    @unsafe
    public init(template: RecordBatchHeader, into memory: UnsafeMutableRawBufferPointer) {
        header = template
        unsafe writer = RecordWriter(memory, position: RecordBatchHeader.byteCount)
    }

    /// Appends `count` records that lie one after another in `section` as they are, as ``BatchBuilder`` does.
    public mutating func append(
        from first: RecordEntry, through last: RecordEntry, count: Int32, of section: RawSpan
    ) throws(RecordBatchError) {
        let run = section.extracting(Int(first.start)..<Int(last.end))
        guard writer.copy(room: BatchBuilder.byteCountMax, run) else {
            throw .batchTooLarge(bound: unsafe writer.memory.count)
        }
        self.count += count
    }

    /// Appends the record `entry` with other contents, as ``BatchBuilder`` does.
    @inlinable @inline(__always)
    public mutating func append(
        _ entry: RecordEntry, key: RawSpan?, value: RawSpan?, headers: RawSpan
    ) throws(RecordBatchError) {
        let fits = writer.record(
            room: BatchBuilder.byteCountMax &- writer.position, timestampDelta: entry.timestampDelta,
            offsetDelta: entry.offsetDelta, key: key, value: value, headers: headers)
        guard fits else { throw .batchTooLarge(bound: unsafe writer.memory.count) }
        count &+= 1
    }

    /// Writes the header before the records. Returns the bytes of the batch.
    public consuming func finish() -> Int {
        let byteCount = writer.position
        var header = header
        header.batchLength = Int32(byteCount - RecordBatchHeader.lengthPrefixByteCount)
        header.attributes = header.attributes.with(codec: .none)
        header.recordCount = count
        let batch = unsafe UnsafeMutableRawBufferPointer(rebasing: writer.memory[..<byteCount])
        header.crc = unsafe header.checksum(
            section: batch.bytes.extracting(droppingFirst: RecordBatchHeader.byteCount))
        unsafe header.write(to: batch)
        return byteCount
    }
}
