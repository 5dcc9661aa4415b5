/// A record batch, checked and taken apart: checksum, attributes, codec and every record.
public struct DecodedBatch: Sendable, PayloadHolder {
    /// The header as it was stored.
    public let header: RecordBatchHeader
    /// The decompressed records section.
    public let body: [UInt8]
    /// The records, whose positions are inside `body`.
    public let records: ContiguousArray<RecordEntry>

    /// Decodes `batch`, which is one whole batch and nothing more. `bound` is the most bytes that its records section may
    /// decompress to; memory for more is never taken, whatever the batch says of itself. The
    /// entries take 48 bytes for each record, at most seven times the body, since a record has seven bytes at least.
    public init(decoding batch: RawSpan, bound: Int) throws(RecordBatchError) {
        let header = try RecordBatch.checkedHeader(of: batch)
        let section = batch.extracting(droppingFirst: RecordBatchHeader.byteCount)
        let body = try RecordBatch.decompress(section, header: header, bound: bound)
        var cursor = try RecordCursor(body.rawSpan, header: header)
        var records = ContiguousArray<RecordEntry>()
        try cursor.readAll(into: &records)
        self.header = header
        self.body = body
        self.records = records
    }

    /// One record with copies of its parts: for tables, commands and tests, not for the path of many.
    public func record(at index: Int) -> Record {
        let entry = records[index]
        let section = body.rawSpan
        var headers: [(key: String, value: [UInt8]?)] = []
        let headerSection = entry.headers(in: section)
        // The headers were walked when the batch was decoded, so neither call finds an error here.
        if entry.headerCount > 0, var cursor = try? RecordHeaderCursor(headerSection) {
            while let header = try? cursor.next() {
                let key = String(decoding: header.key(in: headerSection).copy(), as: UTF8.self)
                headers.append((key: key, value: header.value(in: headerSection)?.copy()))
            }
        }
        return Record(
            key: entry.key(in: section)?.copy(), value: entry.value(in: section)?.copy(), headers: headers,
            timestamp: header.timestamp(of: entry))
    }
}
