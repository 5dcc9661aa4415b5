internal import CLZ4

/// One or several lz4 frames, with any of their flags: linked blocks, checksums, content size, blocks of up to 4 MiB. The
/// library's own buffers are at most two blocks and 128 KiB, whatever a frame declares.
@safe
struct LZ4Decompressor: ~Copyable, StreamDecompressor {
    private let context: OpaquePointer
    private let input: UnsafeRawBufferPointer
    private var position = 0

    static func decompress(_ bytes: RawSpan, bound: Int) throws(RecordBatchError) -> [UInt8] {
        try unsafe bytes.withUnsafeBytes { input throws(RecordBatchError) in
            // Room for a whole block lets the library write it where it belongs, without a copy.
            let expected = max(64 << 10, expectedByteCount(compressed: input.count))
            return try unsafe LZ4Decompressor(input).run(expected: expected, bound: bound)
        }
    }

    /// `input` must outlive the decompressor.
    @unsafe
    private init(_ input: UnsafeRawBufferPointer) throws(RecordBatchError) {
        var context: OpaquePointer?
        let result = unsafe LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(result) == 0, let context = unsafe context else { throw .decompressionFailed }
        unsafe self.context = context
        unsafe self.input = input
    }

    deinit { unsafe LZ4F_freeDecompressionContext(context) }

    mutating func write(
        into free: UnsafeMutableRawBufferPointer
    ) throws(RecordBatchError) -> (count: Int, isDone: Bool) {
        var count = 0
        while count < free.count {
            var written = free.count - count
            var read = unsafe input.count - position
            let hint = unsafe LZ4F_decompress(
                context, free.baseAddress.map { unsafe $0 + count }, &written,
                input.baseAddress.map { unsafe $0 + position }, &read, nil)
            guard LZ4F_isError(hint) == 0 else { throw .decompressionFailed }
            count += written
            position += read
            // 0 says that a frame has ended.
            if hint == 0, unsafe position == input.count { return (count, true) }
            // Neither input nor output: the rest of a frame is missing.
            if hint != 0, written == 0, read == 0 { throw .decompressionFailed }
        }
        return (count, false)
    }
}

extension Codec {
    func compressLZ4(_ bytes: RawSpan, level: Int32?, prefix: Int) throws(RecordBatchError) -> [UInt8] {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        // The Java client can't read linked blocks.
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        preferences.compressionLevel = level ?? 0
        let capacity = unsafe LZ4F_compressFrameBound(bytes.byteCount, &preferences)
        return try unsafe compressed(prefix: prefix, capacity: capacity) { output throws(RecordBatchError) in
            let count = unsafe bytes.withUnsafeBytes { input in
                unsafe LZ4F_compressFrame(
                    output.baseAddress, output.count, input.baseAddress, input.count, &preferences)
            }
            guard LZ4F_isError(count) == 0 else { throw .compressionFailed }
            return count
        }
    }
}
