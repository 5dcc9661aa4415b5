/// Whole batches: encoding Sluice's own records, checking what clients send, and batches without records.
public enum RecordBatch {
    /// A batch of `records` with offsets from `baseOffset` on. The first record's timestamp is the base.
    /// More than 2 GiB of records is a mistake of the caller and traps: this isn't for what comes from outside.
    public static func encode(
        _ records: [Record], baseOffset: Int64 = 0, codec: Codec = .none, producerId: Int64 = -1,
        producerEpoch: Int16 = -1, baseSequence: Int32 = -1, isTransactional: Bool = false,
        partitionLeaderEpoch: Int32 = -1
    ) -> [UInt8] {
        var header = RecordBatchHeader(baseOffset: baseOffset, partitionLeaderEpoch: partitionLeaderEpoch)
        header.producerId = producerId
        header.producerEpoch = producerEpoch
        header.baseSequence = baseSequence
        if isTransactional { header.attributes.rawValue |= 1 << 4 }
        var builder = BatchBuilder(new: header, codec: codec)
        do throws(RecordBatchError) {
            for record in records {
                let headers = record.headerSection
                try builder.append(
                    key: record.key?.rawSpan, value: record.value?.rawSpan, headers: headers.rawSpan,
                    timestamp: record.timestamp)
            }
        } catch {
            // Only `batchTooLarge` is thrown, and the bound is the format's own.
            preconditionFailure("own records exceed the size of a batch")
        }
        return builder.finish()
    }

    /// Deep check of one whole batch as a client sent it, without keeping anything: checksum, attributes, codec, and every
    /// record. `bound` as for ``DecodedBatch/init(decoding:bound:)``. Returns the header.
    @discardableResult
    public static func validate(_ batch: RawSpan, bound: Int) throws(RecordBatchError) -> RecordBatchHeader {
        let header = try checkedHeader(of: batch)
        let section = batch.extracting(droppingFirst: RecordBatchHeader.byteCount)
        if header.attributes.codecNumber == Codec.none.rawValue {
            guard section.byteCount <= bound else { throw .decompressedTooLarge(bound: bound) }
            try walk(section, header: header)
        } else {
            let body = try decompress(section, header: header, bound: bound)
            try walk(body.rawSpan, header: header)
        }
        return header
    }

    /// A batch that keeps the place of `header`'s batch, of which no record is left: zero records and no codec, since several
    /// clients can't decompress nothing. With `lastOffset` it stands for a run of batches up to that offset, which must be within
    /// 2³¹ − 1 of the base offset.
    public static func empty(_ header: RecordBatchHeader, lastOffset: Int64? = nil) -> [UInt8] {
        var header = header
        if let lastOffset {
            let delta = lastOffset - header.baseOffset
            precondition(delta >= 0 && delta <= Int64(Int32.max))
            header.lastOffsetDelta = Int32(delta)
        }
        var builder = BatchBuilder(template: header, codec: .none)
        return builder.finish()
    }

    /// The same batch with its records compressed, or as it is where the codec fails (no memory), which every reader takes.
    /// `batch` is a whole one without a codec, of our own making: one that has no header is a mistake and traps.
    public static func compress(_ batch: RawSpan, codec: Codec, level: Int32? = nil) -> [UInt8] {
        guard var header = try? RecordBatchHeader(batch) else { preconditionFailure("our own batch has no header") }
        let section = batch.extracting(droppingFirst: RecordBatchHeader.byteCount)
        guard header.recordCount > 0,
            var result = try? codec.compress(section, level: level, reserving: RecordBatchHeader.byteCount)
        else { return batch.copy() }
        header.batchLength = Int32(result.count - RecordBatchHeader.lengthPrefixByteCount)
        header.attributes = header.attributes.with(codec: codec)
        header.crc = header.checksum(section: result.rawSpan.extracting(droppingFirst: RecordBatchHeader.byteCount))
        unsafe result.withUnsafeMutableBytes { unsafe header.write(to: $0) }
        return result
    }

    /// The header of `batch`, which must be one whole batch with the right checksum and known attributes.
    static func checkedHeader(of batch: RawSpan) throws(RecordBatchError) -> RecordBatchHeader {
        let header = try RecordBatchHeader(batch)
        guard batch.byteCount >= header.byteCount else { throw .truncated(byteCount: batch.byteCount) }
        guard batch.byteCount == header.byteCount else { throw .trailingBytes(batch.byteCount - header.byteCount) }
        try header.verifyChecksum(of: batch)
        try header.validateAttributes()
        return header
    }

    /// The decompressed records section. A batch without records and without bytes may name any codec: compaction leaves such.
    static func decompress(
        _ section: RawSpan, header: RecordBatchHeader, bound: Int
    ) throws(RecordBatchError) -> [UInt8] {
        if header.recordCount == 0, section.byteCount == 0 { return [] }
        return try header.codec().decompress(section, bound: bound)
    }

    private static func walk(_ section: RawSpan, header: RecordBatchHeader) throws(RecordBatchError) {
        var cursor = try RecordCursor(section, header: header)
        while try cursor.next() != nil {}
    }
}
