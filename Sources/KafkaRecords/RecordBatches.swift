/// Walks the whole record batches in contiguous bytes (the records of a Produce or Fetch partition, a piece of a segment file)
/// by their headers. Records and checksums are not looked at.
///
///     var batches = RecordBatches(bytes)
///     while let (header, position) = try batches.next() { … }
///     if batches.remainder > 0 { /* the last batch is cut short */ }
public struct RecordBatches: ~Escapable {
    private let bytes: RawSpan
    /// Where the next batch begins.
    public private(set) var position = 0

    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) { self.bytes = bytes }

    /// Bytes behind the last whole batch that was returned. After `next` returned nil: those of a batch cut short.
    public var remainder: Int { bytes.byteCount - position }

    /// The next whole batch's header and the position of its first byte; nil at the end or before a batch that is cut short.
    /// Throws where the bytes are no batch of format v2. An error repeats: nothing behind a bad header can be found.
    public mutating func next() throws(RecordBatchError) -> (header: RecordBatchHeader, position: Int)? {
        // A message of format 0 or 1 can be shorter than a header; the magic byte tells it from a cut batch.
        if remainder > 16, remainder < RecordBatchHeader.byteCount {
            let magic = bytes.bigEndian(at: position + 16, as: Int8.self)
            guard magic == 2 else { throw .unsupportedMagic(magic) }
        }
        guard remainder >= RecordBatchHeader.byteCount else { return nil }
        let header = try RecordBatchHeader(bytes.extracting(droppingFirst: position))
        guard header.byteCount <= remainder else { return nil }
        defer { position += header.byteCount }
        return (header, position)
    }
}
