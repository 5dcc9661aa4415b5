/// How the records section of a batch is compressed. The number is the batch's attribute bits 0–2.
///
/// What is made is what every client reads (measured with nine of them): one gzip member, a raw snappy block, lz4 frames of
/// independent 64 KiB blocks, zstd frames. What is taken is more: several gzip members, xerial snappy, every flag of lz4 frames,
/// zstd without a size and in several frames.
public enum Codec: UInt8, Sendable, CaseIterable {
    case none = 0
    case gzip = 1
    case snappy = 2
    case lz4 = 3
    case zstd = 4

    /// The levels that ``compress(_:level:)`` takes; nil where the codec has none.
    public var levels: ClosedRange<Int32>? {
        switch self {
        case .none, .snappy: nil
        case .gzip: -1...9
        // The scale of Kafka's configs; the library takes 13 and more for 12.
        case .lz4: 0...17
        case .zstd: zstdLevels
        }
    }

    /// Compresses `bytes`. `level` is the codec's own scale, nil its default. Throws `compressionFailed`.
    public func compress(_ bytes: RawSpan, level: Int32? = nil) throws(RecordBatchError) -> [UInt8] {
        try compress(bytes, level: level, reserving: 0)
    }

    /// Decompresses `bytes` into at most `bound` bytes. No size that the bytes declare is trusted: memory is taken as output
    /// comes, and more than the bound is refused with `decompressedTooLarge` before it is made.
    public func decompress(_ bytes: RawSpan, bound: Int) throws(RecordBatchError) -> [UInt8] {
        // A records section is below 2 GiB whatever the caller allows: positions in it have 32 bits.
        let bound = min(bound, Int(Int32.max))
        guard bound >= 0 else { throw .decompressedTooLarge(bound: bound) }
        switch self {
        case .none:
            guard bytes.byteCount <= bound else { throw .decompressedTooLarge(bound: bound) }
            return bytes.copy()
        case .gzip: return try GzipDecompressor.decompress(bytes, bound: bound)
        case .snappy: return try decompressSnappy(bytes, bound: bound)
        case .lz4: return try LZ4Decompressor.decompress(bytes, bound: bound)
        case .zstd: return try decompressZstd(bytes, bound: bound)
        }
    }

    /// Compresses `bytes` behind `prefix` bytes of zero, in which the caller writes a batch header.
    func compress(_ bytes: RawSpan, level: Int32?, reserving prefix: Int) throws(RecordBatchError) -> [UInt8] {
        if let level, let levels, !levels.contains(level) { throw .compressionFailed }
        return switch self {
        case .none: [UInt8](repeating: 0, count: prefix) + bytes.copy()
        case .gzip: try compressGzip(bytes, level: level, prefix: prefix)
        case .snappy: try compressSnappy(bytes, prefix: prefix)
        case .lz4: try compressLZ4(bytes, level: level, prefix: prefix)
        case .zstd: try compressZstd(bytes, level: level, prefix: prefix)
        }
    }
}

/// `prefix` bytes of zero and then the bytes that `fill` writes into at most `capacity` bytes; it returns how many.
func compressed(
    prefix: Int, capacity: Int, fill: (UnsafeMutableRawBufferPointer) throws(RecordBatchError) -> Int
) throws(RecordBatchError) -> [UInt8] {
    try unsafe [UInt8](unsafeUninitializedCapacity: prefix + capacity) { buffer, count throws(RecordBatchError) in
        let memory = UnsafeMutableRawBufferPointer(buffer)
        for index in 0..<prefix { unsafe memory[index] = 0 }
        count =
            prefix + (try unsafe fill(UnsafeMutableRawBufferPointer(rebasing: memory[prefix..<(prefix + capacity)])))
    }
}
