/// Makes a record batch in one buffer: room for the header, then the records, then in `finish` counts, codec and checksum.
///
/// From a template it keeps what places a batch in its partition (base offset, last offset delta, epochs, producer, timestamps
/// and all attributes but the codec), so that records can be left out or replaced and every client still moves on correctly.
/// A new batch counts offsets and timestamps itself.
public struct BatchBuilder: ~Copyable {
    /// The most bytes of a batch that the format can say.
    public static let byteCountMax = Int(Int32.max)

    private var header: RecordBatchHeader
    private let codec: Codec
    private let level: Int32?
    private let bound: Int
    private let isNew: Bool
    private var bytes: [UInt8] = []
    /// Records so far.
    public private(set) var recordCount: Int32 = 0

    /// A batch in the place of the one with header `template`. Appending throws when the batch, not yet compressed, would be
    /// longer than `bound`. `capacity` is the expected count of bytes of its records.
    public init(
        template: RecordBatchHeader, codec: Codec, level: Int32? = nil, capacity: Int = 0,
        bound: Int = BatchBuilder.byteCountMax
    ) {
        self.init(header: template, isNew: false, codec: codec, level: level, capacity: capacity, bound: bound)
    }

    /// A new batch with the base offset, leader epoch, producer fields and attributes of `header`.
    public init(
        new header: RecordBatchHeader, codec: Codec, level: Int32? = nil, capacity: Int = 0,
        bound: Int = BatchBuilder.byteCountMax
    ) {
        self.init(header: header, isNew: true, codec: codec, level: level, capacity: capacity, bound: bound)
    }

    private init(
        header: RecordBatchHeader, isNew: Bool, codec: Codec, level: Int32?, capacity: Int, bound: Int
    ) {
        self.header = header
        self.isNew = isNew
        self.codec = codec
        self.level = level
        self.bound = min(bound, Self.byteCountMax)
        bytes.reserveCapacity(RecordBatchHeader.byteCount + max(0, min(capacity, self.bound)))
        begin()
    }

    /// Bytes of the batch so far, header included, not compressed.
    public var byteCount: Int { bytes.count }

    /// Appends a record as it is: one copy of its bytes. `section` is what `entry` was read from, and the batch that it is
    /// from must have the base timestamp and base offset of the template.
    public mutating func append(_ entry: RecordEntry, from section: RawSpan) throws(RecordBatchError) {
        try append(from: entry, through: entry, count: 1, of: section)
    }

    /// Appends `count` records that lie one after another in `section` as they are: one copy for all.
    public mutating func append(
        from first: RecordEntry, through last: RecordEntry, count: Int32, of section: RawSpan
    ) throws(RecordBatchError) {
        let run = section.extracting(Int(first.start)..<Int(last.end))
        guard run.byteCount <= bound - bytes.count else { throw .batchTooLarge(bound: bound) }
        unsafe run.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        recordCount += count
    }

    /// Appends the record `entry` with other contents; its offset and timestamp stay, attribute bits are cleared. `headers` is
    /// a header section, count first, that ``RecordHeaderCursor/validate(_:)`` accepts; no bytes (`RawSpan()`) mean none.
    public mutating func append(
        _ entry: RecordEntry, key: RawSpan?, value: RawSpan?, headers: RawSpan
    ) throws(RecordBatchError) {
        try write(
            timestampDelta: entry.timestampDelta, offsetDelta: entry.offsetDelta, key: key, value: value,
            headers: headers)
    }

    /// Appends a record as it is, but at another distance from the base timestamp: for a batch whose base timestamp has
    /// changed. `section` is what `entry` was read from.
    public mutating func append(
        _ entry: RecordEntry, from section: RawSpan, timestampDelta: Int64
    ) throws(RecordBatchError) {
        let payload = entry.payload(in: section)
        let room = bound - bytes.count
        guard payload.byteCount <= room - RecordWriter.framingByteCountMax else { throw .batchTooLarge(bound: bound) }
        bytes.append(addingCapacity: payload.byteCount + RecordWriter.framingByteCountMax) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                var writer = unsafe RecordWriter(UnsafeMutableRawBufferPointer(buffer))
                let fits = writer.record(entry, room: room, timestampDelta: timestampDelta, payload: payload)
                // There is room for the payload and for the most that lies before it.
                precondition(fits)
                count += writer.position
            }
        }
        recordCount += 1
    }

    /// Appends a record without headers at the given deltas.
    mutating func append(
        timestampDelta: Int64, offsetDelta: Int32, key: RawSpan?, value: RawSpan?
    ) throws(RecordBatchError) {
        let headers = RecordHeaderCursor.noHeaders
        try write(
            timestampDelta: timestampDelta, offsetDelta: offsetDelta, key: key, value: value, headers: headers.rawSpan)
    }

    /// Appends a record to a new batch at the next offset. `headers` as in ``append(_:key:value:headers:)``.
    public mutating func append(
        key: RawSpan?, value: RawSpan?, headers: RawSpan, timestamp: Int64
    ) throws(RecordBatchError) {
        precondition(isNew, "a batch from a template has offsets of its own")
        if recordCount == 0 { header.baseTimestamp = timestamp }
        try write(
            timestampDelta: timestamp &- header.baseTimestamp, offsetDelta: recordCount, key: key, value: value,
            headers: headers)
        header.maxTimestamp = recordCount == 1 ? timestamp : max(header.maxTimestamp, timestamp)
        header.lastOffsetDelta = recordCount - 1
    }

    /// The batch. Without records it has no codec and no payload. Where the codec fails (no memory), it is uncompressed,
    /// which every reader takes. The builder is empty afterwards, for another batch in the same place.
    public mutating func finish() -> [UInt8] {
        var batch: [UInt8] = []
        swap(&batch, &bytes)
        let compressed = compress(batch)
        if let compressed { batch = compressed }
        header.batchLength = Int32(batch.count - RecordBatchHeader.lengthPrefixByteCount)
        header.attributes = header.attributes.with(codec: compressed == nil ? .none : codec)
        header.recordCount = recordCount
        header.crc = header.checksum(section: batch.rawSpan.extracting(droppingFirst: RecordBatchHeader.byteCount))
        unsafe batch.withUnsafeMutableBytes { unsafe header.write(to: $0) }
        begin()
        // Answers are kept in caches: don't keep much more than was asked for.
        return batch.capacity > 2 * batch.count + 1024 ? batch.rawSpan.copy() : batch
    }

    /// The batch with its records compressed behind room for the header; nil where it stays as it is.
    private func compress(_ batch: [UInt8]) -> [UInt8]? {
        guard codec != .none, recordCount > 0 else { return nil }
        let section = batch.rawSpan.extracting(droppingFirst: RecordBatchHeader.byteCount)
        return try? codec.compress(section, level: level, reserving: RecordBatchHeader.byteCount)
    }

    /// Makes room for the header.
    private mutating func begin() {
        recordCount = 0
        bytes.append(contentsOf: repeatElement(0, count: RecordBatchHeader.byteCount))
    }

    private mutating func write(
        timestampDelta: Int64, offsetDelta: Int32, key: RawSpan?, value: RawSpan?, headers: RawSpan
    ) throws(RecordBatchError) {
        let parts = max(key?.byteCount ?? 0, 0) + max(value?.byteCount ?? 0, 0) + max(headers.byteCount, 1)
        let room = bound - bytes.count
        guard parts <= room - RecordWriter.framingByteCountMax else { throw .batchTooLarge(bound: bound) }
        bytes.append(addingCapacity: parts + RecordWriter.framingByteCountMax) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                var writer = unsafe RecordWriter(UnsafeMutableRawBufferPointer(buffer))
                let fits = writer.record(
                    room: room, timestampDelta: timestampDelta, offsetDelta: offsetDelta, key: key, value: value,
                    headers: headers)
                // There is room for the parts and for the most that lies between them.
                precondition(fits)
                count += writer.position
            }
        }
        recordCount += 1
    }
}
