/// How a transaction ended.
public enum ControlType: Int16, Sendable {
    case abort = 0
    case commit = 1
}

/// The one record of a control batch: how a transaction of the batch's producer ended.
///
///     key    int16 version (0), int16 type
///     value  int16 version (0), int32 epoch of the transaction coordinator
///
/// Source: KIP-98, "Control messages"; Kafka's ControlRecordType and EndTransactionMarker schemas.
public struct ControlRecord: Sendable, Equatable {
    public var type: ControlType
    public var coordinatorEpoch: Int32

    public init(type: ControlType, coordinatorEpoch: Int32) {
        self.type = type
        self.coordinatorEpoch = coordinatorEpoch
    }

    /// Reads the record of a control batch. A higher version has the fields of version 0 first. Throws
    /// `malformedControlRecord`: also for the types that only a Raft metadata log has.
    public init(key: RawSpan?, value: RawSpan?) throws(RecordBatchError) {
        guard let key, let value, key.byteCount >= 4, value.byteCount >= 6,
            key.bigEndian(at: 0, as: Int16.self) >= 0, value.bigEndian(at: 0, as: Int16.self) >= 0,
            let type = ControlType(rawValue: key.bigEndian(at: 2, as: Int16.self))
        else { throw .malformedControlRecord }
        self.type = type
        coordinatorEpoch = value.bigEndian(at: 2, as: Int32.self)
    }

    var key: [UInt8] { [0, 0] + bigEndianBytes(UInt32(UInt16(bitPattern: type.rawValue)))[2...] }
    var value: [UInt8] { [0, 0] + bigEndianBytes(UInt32(bitPattern: coordinatorEpoch)) }

    private func bigEndianBytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

extension DecodedBatch {
    /// The record of a control batch; nil where compaction has removed it. Throws where the batch isn't a control batch of
    /// one record that says how a transaction ended.
    public func controlRecord() throws(RecordBatchError) -> ControlRecord? {
        guard header.attributes.isControl, records.count <= 1 else { throw .malformedControlRecord }
        guard let entry = records.first else { return nil }
        return try ControlRecord(key: entry.key(in: body), value: entry.value(in: body))
    }
}

extension RecordBatch {
    /// A control batch in the place of the one with header `template`, made from type and epoch alone, uncompressed. `entry`
    /// gives the offset and timestamp deltas where there was a record.
    public static func control(
        _ record: ControlRecord, template: RecordBatchHeader, offsetDelta: Int32 = 0, timestampDelta: Int64 = 0
    ) -> [UInt8] {
        var header = template
        header.attributes.rawValue |= 1 << 5
        var builder = BatchBuilder(template: header, codec: .none)
        let key = record.key
        let value = record.value
        do throws(RecordBatchError) {
            try builder.append(
                timestampDelta: timestampDelta, offsetDelta: offsetDelta, key: key.rawSpan, value: value.rawSpan)
        } catch {
            // The only error is `batchTooLarge`, and these are some 20 bytes.
            preconditionFailure("a control batch has a constant size")
        }
        return builder.finish()
    }

    /// The control batch that says the same as `batch` and nothing else: no byte of its key, value, headers or attributes
    /// passes but type and epoch. Throws `malformedControlRecord`.
    public static func rebuildControl(_ batch: DecodedBatch) throws(RecordBatchError) -> [UInt8] {
        guard let record = try batch.controlRecord(), let entry = batch.records.first else {
            return empty(batch.header)
        }
        return control(
            record, template: batch.header, offsetDelta: entry.offsetDelta, timestampDelta: entry.timestampDelta)
    }
}
