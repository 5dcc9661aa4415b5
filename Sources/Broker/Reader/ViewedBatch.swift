import KafkaMessages
import KafkaRecords
import WasmRuntime

/// The form in which one stored batch goes to a reader.
enum ViewedBatch {
    /// The stored bytes: every record was kept and nothing about them differs from what would be built.
    case stored
    case built([UInt8], recordCount: Int)
    /// No record is left.
    case nothing
    /// The partition answers this instead of the batch.
    case stop(ErrorCode)

    /// Builds the batch from its records' outcomes: same place, counts, producer, timestamps and attributes but the codec.
    /// Nothing of a stored record passes but what its outcome says.
    static func build(
        _ batch: DecodedBatch, _ outcome: BatchOutcome, _ request: ReaderRequest, codec: Codec
    ) throws(RecordBatchError) -> ViewedBatch {
        let section = batch.body.rawSpan
        let arena = outcome.arena.rawSpan
        if codec == .none, batch.header.attributes.codecNumber == 0,
            isPlain(0..<batch.records.count, batch, outcome, request)
        {
            return batch.records.isEmpty ? .nothing : .stored
        }
        var builder = BatchBuilder(
            template: batch.header, codec: codec, level: request.codecLevel,
            capacity: section.byteCount + arena.byteCount)
        var index = 0
        while index < batch.records.count {
            let entry = batch.records[index]
            let result = outcome.records[index]
            let offset = batch.header.offset(of: entry)
            if !request.quarantined.isEmpty, request.quarantined.contains(offset) {
                index += 1
                continue
            }
            switch result.kind {
            case .keep:
                let end = endOfPlain(index, batch, outcome, request)
                if end > index {
                    try builder.append(
                        from: entry, through: batch.records[end - 1], count: Int32(end - index), of: section)
                    index = end
                    continue
                }
                // Its attribute byte has bits that mean nothing: built anew, without them.
                try builder.append(
                    entry, key: entry.key(in: section), value: entry.value(in: section),
                    headers: entry.headers(in: section))
            case .drop: break
            case .failed:
                switch request.plan.onError {
                case .stop:
                    // What lies before the reader's position is left out; the reader has been past it.
                    if offset >= request.fetchOffset { return .stop(.unknownServerError) }
                case .drop: break
                case .replace: try append(result.failure, in: entry, to: &builder)
                }
            case .replaced:
                try builder.append(
                    entry,
                    key: result.parts.contains(.key) ? part(result.key, arena) : entry.key(in: section),
                    value: result.parts.contains(.value) ? part(result.value, arena) : entry.value(in: section),
                    headers: result.parts.contains(.headers)
                        ? arena.extracting(Int(result.headers.start)..<Int(result.headers.start + result.headers.count))
                        : entry.headers(in: section))
            }
            index += 1
        }
        guard builder.recordCount > 0 else { return .nothing }
        let count = Int(builder.recordCount)
        return .built(builder.finish(), recordCount: count)
    }

    /// A batch that can't be read at all, by the rule `replace`: one record at its base offset says so.
    static func placeholder(
        _ header: RecordBatchHeader, _ failure: FailureClass, codec: Codec
    ) throws(RecordBatchError) -> ViewedBatch {
        var builder = BatchBuilder(template: header, codec: codec)
        let entry = RecordEntry(
            timestampDelta: 0, offsetDelta: 0, start: 0, count: 0, keyStart: 0, keyCount: -1, valueStart: 0,
            valueCount: -1, headersStart: 0, headerCount: 0, attributes: 0)
        try append(failure, in: entry, to: &builder)
        return .built(builder.finish(), recordCount: 1)
    }

    /// The record that stands for one that failed: key null, value null, one header `sluice-error`.
    private static func append(
        _ failure: FailureClass, in entry: RecordEntry, to builder: inout BatchBuilder
    ) throws(RecordBatchError) {
        let headers = errorHeaders[Int(failure.rawValue)]
        try builder.append(entry, key: nil, value: nil, headers: headers.rawSpan)
    }

    private static let errorHeaders: [[UInt8]] = FailureClass.allCases.map { failure in
        Record(value: nil, headers: [("sluice-error", Array(failure.name.utf8))], timestamp: 0).headerSection
    }

    @_lifetime(copy arena)
    private static func part(_ range: PartRange, _ arena: RawSpan) -> RawSpan? {
        range.count < 0 ? nil : arena.extracting(Int(range.start)..<Int(range.start + range.count))
    }

    /// Behind the last record of the run from `start` on whose bytes can be copied as they are.
    private static func endOfPlain(
        _ start: Int, _ batch: DecodedBatch, _ outcome: BatchOutcome, _ request: ReaderRequest
    ) -> Int {
        var end = start
        while end < batch.records.count, isPlain(end..<end + 1, batch, outcome, request) { end += 1 }
        return end
    }

    private static func isPlain(
        _ range: Range<Int>, _ batch: DecodedBatch, _ outcome: BatchOutcome, _ request: ReaderRequest
    ) -> Bool {
        for index in range {
            guard outcome.records[index].kind == .keep, batch.records[index].attributes == 0,
                request.quarantined.isEmpty
                    || !request.quarantined.contains(batch.header.offset(of: batch.records[index]))
            else { return false }
        }
        return true
    }
}
