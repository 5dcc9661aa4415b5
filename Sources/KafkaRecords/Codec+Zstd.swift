internal import CZstd

let zstdLevels = ZSTD_minCLevel()...ZSTD_maxCLevel()

/// Kafka's default.
private let zstdDefaultLevel: Int32 = 3

private let compressionContexts = unsafe ContextPool(
    make: { unsafe ZSTD_createCCtx() },
    free: { unsafe ZSTD_freeCCtx($0) })
private let decompressionContexts = unsafe ContextPool(
    make: { unsafe ZSTD_createDCtx() },
    free: { unsafe ZSTD_freeDCtx($0) })

extension Codec {
    /// One or several zstd frames, with or without a content size.
    ///
    /// In one go instead of streaming: a stream takes memory for the window that a frame declares (up to 128 MiB) before the first
    /// byte, this takes none but the output. What doesn't fit is done again with four times the room, a third more work in all.
    func decompressZstd(_ bytes: RawSpan, bound: Int) throws(RecordBatchError) -> [UInt8] {
        guard bytes.byteCount > 0 else { throw .decompressionFailed }
        guard let context = unsafe decompressionContexts.take() else { throw .decompressionFailed }
        defer { unsafe decompressionContexts.give(context) }
        return try unsafe bytes.withUnsafeBytes { input throws(RecordBatchError) in
            var capacity = unsafe firstCapacity(input, bound: bound)
            while true {
                var tooSmall = false
                let output = try unsafe [UInt8](unsafeUninitializedCapacity: capacity) {
                    buffer, count throws(RecordBatchError) in
                    let result = unsafe ZSTD_decompressDCtx(
                        context, buffer.baseAddress, capacity, input.baseAddress, input.count)
                    tooSmall = ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall
                    if tooSmall { return }
                    guard ZSTD_isError(result) == 0 else { throw .decompressionFailed }
                    count = result
                }
                guard tooSmall else { return output }
                guard capacity < bound else { throw .decompressedTooLarge(bound: bound) }
                capacity = min(bound, max(4 * capacity, 1 << 10))
            }
        }
    }

    func compressZstd(_ bytes: RawSpan, level: Int32?, prefix: Int) throws(RecordBatchError) -> [UInt8] {
        guard let context = unsafe compressionContexts.take() else { throw .compressionFailed }
        defer {
            // High levels take up to some hundred MiB; such a context isn't kept.
            if unsafe ZSTD_sizeof_CCtx(context) > 4 << 20 {
                unsafe ZSTD_freeCCtx(context)
            } else {
                unsafe compressionContexts.give(context)
            }
        }
        let capacity = ZSTD_compressBound(bytes.byteCount)
        return try unsafe compressed(prefix: prefix, capacity: capacity) { output throws(RecordBatchError) in
            let count = unsafe bytes.withUnsafeBytes { input in
                unsafe ZSTD_compressCCtx(
                    context, output.baseAddress, output.count, input.baseAddress, input.count,
                    level ?? zstdDefaultLevel)
            }
            guard ZSTD_isError(count) == 0 else { throw .compressionFailed }
            return count
        }
    }

    /// The content size of the first frame where it is declared and believable, else a guess; within the bound.
    private func firstCapacity(_ input: UnsafeRawBufferPointer, bound: Int) -> Int {
        let declared = unsafe ZSTD_getFrameContentSize(input.baseAddress, input.count)
        // Unknown and error are the two highest numbers.
        guard declared < UInt64(Int32.max) else { return min(bound, expectedByteCount(compressed: input.count)) }
        return min(bound, Int(declared), (64 << 10) + 32 * input.count)
    }
}
