import KafkaRecords

/// Kafka's `.snapshot` file: int16 version (1), uint32 CRC-32C of what follows, int32 count, then per producer
/// int64 producerId, int16 epoch, int32 lastSequence, int64 lastOffset, int32 offsetDelta, int64 timestamp,
/// int32 coordinatorEpoch, int64 first offset of the open transaction (-1: none). Big-endian.
enum ProducerSnapshot {
    private static let headerByteCount = 10
    private static let entryByteCount = 46

    static func encode(_ state: ProducerState) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(4 + state.entries.count * entryByteCount)
        body.appendBigEndian(Int32(clamping: state.entries.count))
        for (producerId, entry) in state.entries.sorted(by: { $0.key < $1.key }) {
            let last = entry.batches.last
            body.appendBigEndian(producerId)
            body.appendBigEndian(entry.epoch)
            body.appendBigEndian(last?.lastSequence ?? -1)
            body.appendBigEndian(last?.lastOffset ?? -1)
            body.appendBigEndian(last?.offsetDelta ?? 0)
            body.appendBigEndian(entry.lastTimestamp)
            body.appendBigEndian(entry.coordinatorEpoch)
            body.appendBigEndian(entry.transactionFirstOffset ?? -1)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(6 + body.count)
        bytes.appendBigEndian(Int16(1))
        bytes.appendBigEndian(CRC32C.checksum(body.rawSpan))
        return bytes + body
    }

    /// Nil if the file is torn or of another version: recovery then takes an older one.
    static func decode(_ bytes: [UInt8], countMax: Int) -> ProducerState? {
        let span = bytes.rawSpan
        guard span.byteCount >= headerByteCount, span.bigEndian(at: 0, as: Int16.self) == 1,
            span.bigEndian(at: 2, as: UInt32.self) == CRC32C.checksum(span.extracting(6..<span.byteCount))
        else { return nil }
        let count = Int(span.bigEndian(at: 6, as: Int32.self))
        guard count >= 0, span.byteCount - headerByteCount == count * entryByteCount else { return nil }
        var state = ProducerState(countMax: countMax)
        for number in 0..<count {
            let start = headerByteCount + number * entryByteCount
            var entry = ProducerEntry(epoch: span.bigEndian(at: start + 8, as: Int16.self))
            let lastOffset = span.bigEndian(at: start + 14, as: Int64.self)
            let timestamp = span.bigEndian(at: start + 26, as: Int64.self)
            if lastOffset >= 0 {
                entry.add(
                    ProducerEntry.Batch(
                        lastSequence: span.bigEndian(at: start + 10, as: Int32.self), lastOffset: lastOffset,
                        offsetDelta: span.bigEndian(at: start + 22, as: Int32.self), timestamp: timestamp))
            }
            entry.lastTimestamp = timestamp
            entry.coordinatorEpoch = span.bigEndian(at: start + 34, as: Int32.self)
            let transaction = span.bigEndian(at: start + 38, as: Int64.self)
            entry.transactionFirstOffset = transaction >= 0 ? transaction : nil
            state.insert(entry, producerId: span.bigEndian(at: start, as: Int64.self))
        }
        return state
    }
}
