/// The header of a record batch of format v2 (magic 2), as it lies in a frame and in a segment file.
///
///     offset  size  field                    offset  size  field
///          0     8  baseOffset                   27     8  baseTimestamp
///          8     4  batchLength                  35     8  maxTimestamp
///         12     4  partitionLeaderEpoch         43     8  producerId
///         16     1  magic (2)                    51     2  producerEpoch
///         17     4  crc                          53     4  baseSequence
///         21     2  attributes                   57     4  recordCount
///         23     4  lastOffsetDelta              61        records
///
/// All integers are big-endian. `batchLength` counts what follows it; `crc` is the CRC-32C from `attributes` to the end.
/// Source: Kafka protocol guide, "Record Batch"; KIP-98.
public struct RecordBatchHeader: Sendable, Equatable {
    /// Bytes of the header.
    public static let byteCount = 61
    /// Bytes of `baseOffset` and `batchLength`, which `batchLength` does not count.
    public static let lengthPrefixByteCount = 12
    /// Where the bytes that `crc` covers begin.
    public static let checksummedPosition = 21

    public var baseOffset: Int64
    public var batchLength: Int32
    public var partitionLeaderEpoch: Int32
    public var magic: Int8
    public var crc: UInt32
    public var attributes: RecordBatchAttributes
    public var lastOffsetDelta: Int32
    public var baseTimestamp: Int64
    public var maxTimestamp: Int64
    public var producerId: Int64
    public var producerEpoch: Int16
    public var baseSequence: Int32
    public var recordCount: Int32

    /// Reads a header from the first 61 bytes of `bytes`. Checks only the magic byte and that the lengths are possible
    /// (`batchLength` ≥ 49, `recordCount` ≥ 0, `lastOffsetDelta` ≥ 0); whether the batch is whole is the caller's to see.
    public init(_ bytes: RawSpan) throws(RecordBatchError) {
        guard bytes.byteCount > 16 else { throw .truncated(byteCount: bytes.byteCount) }
        magic = bytes.bigEndian(at: 16, as: Int8.self)
        guard magic == 2 else { throw .unsupportedMagic(magic) }
        guard bytes.byteCount >= Self.byteCount else { throw .truncated(byteCount: bytes.byteCount) }
        baseOffset = bytes.bigEndian(at: 0, as: Int64.self)
        batchLength = bytes.bigEndian(at: 8, as: Int32.self)
        partitionLeaderEpoch = bytes.bigEndian(at: 12, as: Int32.self)
        crc = bytes.bigEndian(at: 17, as: UInt32.self)
        attributes = RecordBatchAttributes(rawValue: bytes.bigEndian(at: 21, as: Int16.self))
        lastOffsetDelta = bytes.bigEndian(at: 23, as: Int32.self)
        baseTimestamp = bytes.bigEndian(at: 27, as: Int64.self)
        maxTimestamp = bytes.bigEndian(at: 35, as: Int64.self)
        producerId = bytes.bigEndian(at: 43, as: Int64.self)
        producerEpoch = bytes.bigEndian(at: 51, as: Int16.self)
        baseSequence = bytes.bigEndian(at: 53, as: Int32.self)
        recordCount = bytes.bigEndian(at: 57, as: Int32.self)
        guard batchLength >= Int32(Self.byteCount - Self.lengthPrefixByteCount) else {
            throw .invalidLength(batchLength)
        }
        guard recordCount >= 0 else { throw .invalidRecordCount(recordCount) }
        guard lastOffsetDelta >= 0 else { throw .invalidLastOffsetDelta(lastOffsetDelta) }
    }

    /// Bytes of the whole batch, header included.
    public var byteCount: Int { Self.lengthPrefixByteCount + Int(batchLength) }
    /// The offset of the last record that the batch was made with.
    public var lastOffset: Int64 { baseOffset &+ Int64(lastOffsetDelta) }
    public var hasProducerId: Bool { producerId >= 0 }
}

/// The attribute bits of a record batch: codec 0–2, timestamp type 3, transactional 4, control 5, delete horizon 6.
public struct RecordBatchAttributes: RawRepresentable, Sendable, Equatable {
    public var rawValue: Int16

    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// The codec's number; 5–7 are not assigned.
    public var codecNumber: UInt8 { UInt8(truncatingIfNeeded: rawValue & 0b111) }
    public var isLogAppendTime: Bool { rawValue & (1 << 3) != 0 }
    public var isTransactional: Bool { rawValue & (1 << 4) != 0 }
    public var isControl: Bool { rawValue & (1 << 5) != 0 }
    public var hasDeleteHorizon: Bool { rawValue & (1 << 6) != 0 }
    /// Bits that no version of the format assigns; they must be zero.
    public var unknownBits: Int16 { rawValue & ~0b111_1111 }
}
