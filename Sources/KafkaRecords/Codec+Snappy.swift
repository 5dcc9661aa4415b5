internal import CSnappy

/// What the Java library snappy-java puts around blocks, as Java, kafka-python and aiokafka send it:
///
///     magic      82 53 4e 41 50 50 59 00 ("\u{82}SNAPPY\0")
///     version    int32, 1
///     compatible int32, 1
///     then, until the end: int32 byte count of a block, and the block
///
/// Source: xerial/snappy-java, SnappyCodec.java. A stream may be followed by another with its own magic.
private enum Xerial {
    static let magic: UInt64 = 0x8253_4e41_5050_5900
    static let headerByteCount = 16

    static func begins(_ bytes: RawSpan, at position: Int) -> Bool {
        bytes.byteCount - position >= headerByteCount && bytes.bigEndian(at: position, as: UInt64.self) == magic
    }
}

extension Codec {
    /// A raw block, or blocks in xerial framing, which begins with a magic number.
    func decompressSnappy(_ bytes: RawSpan, bound: Int) throws(RecordBatchError) -> [UInt8] {
        var output: [UInt8] = []
        guard Xerial.begins(bytes, at: 0) else {
            try appendSnappyBlock(bytes, to: &output, bound: bound)
            return output
        }
        var position = Xerial.headerByteCount
        while position < bytes.byteCount {
            if Xerial.begins(bytes, at: position) {
                position += Xerial.headerByteCount
                continue
            }
            guard bytes.byteCount - position >= 4 else { throw .decompressionFailed }
            let count = Int(bytes.bigEndian(at: position, as: Int32.self))
            position += 4
            guard count > 0, count <= bytes.byteCount - position else { throw .decompressionFailed }
            try appendSnappyBlock(bytes.extracting(position..<(position + count)), to: &output, bound: bound)
            position += count
        }
        return output
    }

    func compressSnappy(_ bytes: RawSpan, prefix: Int) throws(RecordBatchError) -> [UInt8] {
        let capacity = snappy_max_compressed_length(bytes.byteCount)
        return try unsafe compressed(prefix: prefix, capacity: capacity) { output throws(RecordBatchError) in
            var count = output.count
            let status = unsafe bytes.withUnsafeBytes { input in
                unsafe snappy_compress(
                    input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count,
                    output.baseAddress?.assumingMemoryBound(to: CChar.self), &count)
            }
            guard status == SNAPPY_OK else { throw .compressionFailed }
            return count
        }
    }

    private func appendSnappyBlock(
        _ block: RawSpan, to output: inout [UInt8], bound: Int
    ) throws(RecordBatchError) {
        let byteCount = try unsafe block.withUnsafeBytes { input throws(RecordBatchError) -> Int in
            var byteCount = 0
            let status = unsafe snappy_uncompressed_length(
                input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count, &byteCount)
            guard status == SNAPPY_OK else { throw .decompressionFailed }
            return byteCount
        }
        guard byteCount <= bound - output.count else { throw .decompressedTooLarge(bound: bound) }
        // The densest element, a copy with a two-byte offset, makes 64 bytes of 3. A block that declares more is lying, and
        // gets no memory.
        guard byteCount <= block.byteCount * 64 / 3 else { throw .decompressionFailed }
        guard byteCount > 0 else { return try refuseUnlessEmptyBlock(block) }
        try output.append(addingCapacity: byteCount) { span throws(RecordBatchError) in
            try unsafe span.withUnsafeMutableBufferPointer { buffer, count throws(RecordBatchError) in
                var written = byteCount
                let status = unsafe block.withUnsafeBytes { input in
                    unsafe UnsafeMutableRawBufferPointer(buffer).withMemoryRebound(to: CChar.self) { output in
                        unsafe snappy_uncompress(
                            input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count, output.baseAddress,
                            &written)
                    }
                }
                guard status == SNAPPY_OK, written == byteCount else { throw .decompressionFailed }
                count = byteCount
            }
        }
    }

    /// A block of nothing is the byte 0 and no more.
    private func refuseUnlessEmptyBlock(_ block: RawSpan) throws(RecordBatchError) {
        guard block.byteCount == 1 else { throw .decompressionFailed }
    }
}
