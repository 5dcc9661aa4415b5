extension RecordBatchHeader {
    /// A header with nothing in it: no producer, no records, no codec. `batchLength` counts the rest of the header.
    public init(baseOffset: Int64 = 0, partitionLeaderEpoch: Int32 = -1) {
        self.baseOffset = baseOffset
        self.partitionLeaderEpoch = partitionLeaderEpoch
        batchLength = Int32(Self.byteCount - Self.lengthPrefixByteCount)
        magic = 2
        crc = 0
        attributes = RecordBatchAttributes(rawValue: 0)
        lastOffsetDelta = 0
        baseTimestamp = -1
        maxTimestamp = -1
        producerId = -1
        producerEpoch = -1
        baseSequence = -1
        recordCount = 0
    }

    /// Appends the 61 bytes of the header.
    public func write(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: Self.byteCount) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                unsafe write(to: UnsafeMutableRawBufferPointer(buffer))
                count += Self.byteCount
            }
        }
    }

    /// Writes the header over the first 61 bytes of `buffer`, which must have as many.
    @unsafe
    public func write(to buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count >= Self.byteCount)
        func put<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, _ position: Int) {
            unsafe buffer.storeBytes(of: value.bigEndian, toByteOffset: position, as: T.self)
        }
        put(baseOffset, 0)
        put(batchLength, 8)
        put(partitionLeaderEpoch, 12)
        put(magic, 16)
        put(crc, 17)
        put(attributes.rawValue, 21)
        put(lastOffsetDelta, 23)
        put(baseTimestamp, 27)
        put(maxTimestamp, 35)
        put(producerId, 43)
        put(producerEpoch, 51)
        put(baseSequence, 53)
        put(recordCount, 57)
    }

    /// The CRC-32C of a batch with this header and `section`, its records as they are stored. For a header that changed in a field
    /// that the checksum covers, such as the append time.
    public func checksum(section: RawSpan) -> UInt32 {
        let seed = unsafe withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 1) { buffer in
            unsafe write(to: buffer)
            return unsafe CRC32C.checksum(buffer.bytes.extracting(droppingFirst: Self.checksummedPosition))
        }
        return CRC32C.checksum(section, seed: seed)
    }

    /// Checks the CRC-32C of a batch whose header this is. `batch` begins with the header; what follows the batch is not
    /// looked at. Throws `truncated` or `checksumMismatch`.
    public func verifyChecksum(of batch: RawSpan) throws(RecordBatchError) {
        guard batch.byteCount >= byteCount else { throw .truncated(byteCount: batch.byteCount) }
        let computed = CRC32C.checksum(batch.extracting(Self.checksummedPosition..<byteCount))
        guard computed == crc else { throw .checksumMismatch(stored: crc, computed: computed) }
    }

    /// The codec of the records. Throws `unknownCodec`.
    public func codec() throws(RecordBatchError) -> Codec {
        guard let codec = Codec(rawValue: attributes.codecNumber) else { throw .unknownCodec(attributes.codecNumber) }
        return codec
    }

    /// Throws `unknownAttributes` or `unknownCodec` where a bit is set that the format does not assign.
    public func validateAttributes() throws(RecordBatchError) {
        guard attributes.unknownBits == 0 else { throw .unknownAttributes(attributes.rawValue) }
        _ = try codec()
    }

    /// The timestamp of a record in milliseconds since 1970: the append time where the topic sets it, else the producer's.
    @inlinable
    public func timestamp(of entry: RecordEntry) -> Int64 {
        attributes.isLogAppendTime ? maxTimestamp : baseTimestamp &+ entry.timestampDelta
    }

    @inlinable
    public func offset(of entry: RecordEntry) -> Int64 { baseOffset &+ Int64(entry.offsetDelta) }
}

extension RecordBatchAttributes {
    /// The same bits with another codec.
    public func with(codec: Codec) -> RecordBatchAttributes {
        RecordBatchAttributes(rawValue: (rawValue & ~0b111) | Int16(codec.rawValue))
    }
}
