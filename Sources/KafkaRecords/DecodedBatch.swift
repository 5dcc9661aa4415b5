/// A record batch, checked and taken apart: checksum, attributes, codec and every record.
public struct DecodedBatch: Sendable, PayloadHolder {
    /// The header as it was stored.
    public let header: RecordBatchHeader
    /// What `body` is a part of: the decompressed records section, or stored bytes that others share.
    public let bytes: [UInt8]
    /// Where in `bytes` the records section is.
    public let bodyRange: Range<Int>
    /// The records, whose positions are inside `body`.
    public let records: ContiguousArray<RecordEntry>

    /// The decompressed records section.
    public var body: RawSpan {
        @_lifetime(borrow self) get { bytes.rawSpan.extracting(bodyRange) }
    }

    /// Decodes `batch`, which is one whole batch and nothing more. `bound` is the most bytes that its records section may
    /// decompress to; memory for more is never taken, whatever the batch says of itself. The
    /// entries take 48 bytes for each record, at most seven times the body, since a record has seven bytes at least.
    public init(decoding batch: RawSpan, bound: Int) throws(RecordBatchError) {
        let header = try RecordBatch.checkedHeader(of: batch)
        let section = batch.extracting(droppingFirst: RecordBatchHeader.byteCount)
        let body = try RecordBatch.decompress(section, header: header, bound: bound)
        try self.init(header, body, 0..<body.count)
    }

    /// Decodes the batch at `place` of `stored`. Otherwise as ``init(decoding:bound:)``, but one that isn't compressed isn't
    /// copied: the decoded batch keeps `stored`, all of it.
    public init(decoding place: Range<Int>, of stored: [UInt8], bound: Int) throws(RecordBatchError) {
        let batch = stored.rawSpan.extracting(place)
        let header = try RecordBatch.checkedHeader(of: batch)
        guard header.attributes.codecNumber == Codec.none.rawValue else {
            let section = batch.extracting(droppingFirst: RecordBatchHeader.byteCount)
            let body = try RecordBatch.decompress(section, header: header, bound: bound)
            try self.init(header, body, 0..<body.count)
            return
        }
        let body = place.lowerBound + RecordBatchHeader.byteCount..<place.upperBound
        guard body.count <= min(bound, Int(Int32.max)) else { throw .decompressedTooLarge(bound: bound) }
        try self.init(header, stored, body)
    }

    private init(
        _ header: RecordBatchHeader, _ bytes: [UInt8], _ body: Range<Int>
    ) throws(RecordBatchError) {
        var cursor = try RecordCursor(bytes.rawSpan.extracting(body), header: header)
        var records = ContiguousArray<RecordEntry>()
        try cursor.readAll(into: &records)
        self.header = header
        self.bytes = bytes
        bodyRange = body
        self.records = records
    }

    /// One record with copies of its parts: for tables, commands and tests, not for the path of many.
    public func record(at index: Int) -> Record {
        let entry = records[index]
        let section = body
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
