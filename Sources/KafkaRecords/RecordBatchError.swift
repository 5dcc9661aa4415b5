/// What is wrong with the bytes of a record batch. Carries numbers only, never what a record holds.
public enum RecordBatchError: Error, Sendable, Equatable {
    /// Fewer bytes than a header or than `batchLength` says.
    case truncated(byteCount: Int)
    /// A message format older than v2 (0 or 1), or one that does not exist.
    case unsupportedMagic(Int8)
    case invalidLength(Int32)
    case invalidRecordCount(Int32)
    case invalidLastOffsetDelta(Int32)
    case checksumMismatch(stored: UInt32, computed: UInt32)
    case unknownCodec(UInt8)
    case unknownAttributes(Int16)
    /// The codec refused the bytes.
    case decompressionFailed
    /// The batch decompresses to more than the bound.
    case decompressedTooLarge(bound: Int)
    /// A record's varint or length does not fit; `index` counts records from 0.
    case malformedRecord(index: Int)
    /// A header section that stands alone does not parse, or is longer or shorter than its headers.
    case malformedHeaders
    /// A control batch holds no single record with a type and an epoch.
    case malformedControlRecord
    /// Bytes are left after the last record, or after the batch.
    case trailingBytes(Int)
    /// The codec could not make output: no memory, or a level that it does not have.
    case compressionFailed
    /// What is appended would make the batch longer than the bound.
    case batchTooLarge(bound: Int)
}
