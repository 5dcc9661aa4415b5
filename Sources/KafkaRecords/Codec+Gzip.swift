internal import CZlib

/// Window bits of zlib: 15 for 32 KiB, and 16 for a gzip wrapper.
private let gzipWindowBits: Int32 = 15 + 16

/// One or several gzip members (RFC 1952), one after another. Anything else behind the last one is refused.
@safe
struct GzipDecompressor: ~Copyable, StreamDecompressor {
    // zlib's state points back to the stream, so that has an address of its own.
    private let stream: UnsafeMutablePointer<z_stream>

    static func decompress(_ bytes: RawSpan, bound: Int) throws(RecordBatchError) -> [UInt8] {
        try unsafe bytes.withUnsafeBytes { input throws(RecordBatchError) in
            try unsafe GzipDecompressor(input).run(
                expected: expectedByteCount(compressed: input.count), bound: bound)
        }
    }

    /// `input` must outlive the decompressor.
    @unsafe
    private init(_ input: UnsafeRawBufferPointer) throws(RecordBatchError) {
        guard let count = UInt32(exactly: input.count), count > 0 else { throw .decompressionFailed }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // zlib doesn't write to its input.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = count
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(stream, gzipWindowBits, ZLIB_VERSION, size) == Z_OK else {
            unsafe stream.deallocate()
            throw .decompressionFailed
        }
        unsafe self.stream = stream
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    mutating func write(
        into free: UnsafeMutableRawBufferPointer
    ) throws(RecordBatchError) -> (count: Int, isDone: Bool) {
        unsafe stream.pointee.next_out = free.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(free.count)
        while true {
            let result = unsafe inflate(stream, Z_NO_FLUSH)
            let count = unsafe free.count - Int(stream.pointee.avail_out)
            if result == Z_STREAM_END {
                if unsafe stream.pointee.avail_in == 0 { return (count, true) }
                guard unsafe inflateReset(stream) == Z_OK else { throw .decompressionFailed }
            } else if result != Z_OK {
                throw .decompressionFailed
            }
            if count == free.count { return (count, false) }
            // Room is left and the last member hasn't ended: its rest is missing.
            if unsafe stream.pointee.avail_in == 0 { throw .decompressionFailed }
        }
    }
}

extension Codec {
    func compressGzip(_ bytes: RawSpan, level: Int32?, prefix: Int) throws(RecordBatchError) -> [UInt8] {
        guard let byteCount = UInt32(exactly: bytes.byteCount) else { throw .compressionFailed }
        var stream = unsafe z_stream()
        return try unsafe withUnsafeMutablePointer(to: &stream) { stream throws(RecordBatchError) in
            let size = unsafe Int32(MemoryLayout<z_stream>.size)
            let method = Z_DEFLATED
            let memoryLevel: Int32 = 8
            guard
                unsafe deflateInit2_(
                    stream, level ?? Z_DEFAULT_COMPRESSION, method, gzipWindowBits, memoryLevel, Z_DEFAULT_STRATEGY,
                    ZLIB_VERSION, size) == Z_OK
            else { throw .compressionFailed }
            defer { unsafe deflateEnd(stream) }
            let capacity = unsafe Int(deflateBound(stream, UInt(byteCount)))
            guard capacity <= Int(UInt32.max) else { throw .compressionFailed }
            return try unsafe compressed(prefix: prefix, capacity: capacity) { output throws(RecordBatchError) in
                let result = unsafe bytes.withUnsafeBytes { input in
                    unsafe stream.pointee.next_in = UnsafeMutablePointer(
                        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
                    unsafe stream.pointee.avail_in = byteCount
                    unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    unsafe stream.pointee.avail_out = UInt32(output.count)
                    return unsafe deflate(stream, Z_FINISH)
                }
                guard result == Z_STREAM_END else { throw .compressionFailed }
                return unsafe output.count - Int(stream.pointee.avail_out)
            }
        }
    }
}
