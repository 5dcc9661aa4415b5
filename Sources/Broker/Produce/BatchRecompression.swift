import KafkaRecords
import NIOCore

extension TopicConfiguration.Compression {
    /// The batch with its records in this codec. Offsets, times, producer and sequence stay as they are.
    func recompress(_ batch: DecodedBatch) throws(RecordBatchError) -> ByteBuffer {
        var header = batch.header
        let section = try codec.compress(batch.body, level: level)
        let (byteCount, overflow) = section.count.addingReportingOverflow(RecordBatchHeader.byteCount)
        guard !overflow, byteCount <= BatchBuilder.byteCountMax else {
            throw .batchTooLarge(bound: BatchBuilder.byteCountMax)
        }
        header.attributes = header.attributes.with(codec: codec)
        header.batchLength = Int32(byteCount - RecordBatchHeader.lengthPrefixByteCount)
        header.crc = header.checksum(section: section.rawSpan)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(RecordBatchHeader.byteCount)
        header.write(to: &bytes)
        var buffer = ByteBuffer()
        buffer.reserveCapacity(byteCount)
        buffer.writeBytes(bytes)
        buffer.writeBytes(section)
        return buffer
    }
}
