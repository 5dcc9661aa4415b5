import KafkaMessages
import KafkaRecords
import WasmRuntime

/// The form in which one stored batch goes to a reader.
enum ViewedBatch {
    /// The stored bytes: every record was kept and nothing about them differs from what would be built.
    case stored
    case built([UInt8], recordCount: Int)
    /// So many bytes of the memory that was given for it.
    case written(Int, recordCount: Int)
    /// No record is left.
    case nothing
    /// The partition answers this instead of the batch.
    case stop(ErrorCode)

    init(_ form: ViewCache.Form) {
        switch form {
        case .stored: self = .stored
        case .built(let bytes, let count): self = .built(bytes, recordCount: count)
        case .nothing: self = .nothing
        }
    }

    /// Whether the batch goes as it is stored.
    static func isStored(
        _ batch: DecodedBatch, _ outcome: BatchOutcome, _ request: ReaderRequest, codec: Codec
    ) -> Bool {
        codec == .none && batch.header.attributes.codecNumber == 0 && !batch.records.isEmpty
            && endOfPlain(0, batch, outcome, request) == batch.records.count
    }

    /// Bytes of memory that are enough for `write`.
    static func byteCountMax(_ batch: DecodedBatch, _ outcome: BatchOutcome) -> Int {
        BatchWriter.byteCountMax(
            records: batch.records.count,
            partsByteCount: batch.body.byteCount + outcome.arena.count + batch.records.count * errorHeadersMax)
    }

    /// Writes the batch from its records' outcomes: same place, counts, producer, timestamps and attributes but the codec.
    /// Nothing of a stored record passes but what its outcome says. Throws if `memory` is too small.
    @unsafe
    static func write(
        _ batch: DecodedBatch, _ outcome: BatchOutcome, _ request: ReaderRequest,
        into memory: UnsafeMutableRawBufferPointer
    ) throws(RecordBatchError) -> ViewedBatch {
        let section = batch.body
        let arena = outcome.arena.rawSpan
        var writer = unsafe BatchWriter(template: batch.header, into: memory)
        var index = 0
        while index < batch.records.count {
            let parts = outcome.records[index].parts
            switch outcome.records[index].kind {
            case _ where isQuarantined(index, batch, request), .drop: break
            case .keep:
                let end = endOfPlain(index, batch, outcome, request)
                if end > index {
                    try writer.append(
                        from: batch.records[index], through: batch.records[end - 1], count: Int32(end - index),
                        of: section)
                    index = end
                    continue
                }
                // Its attribute byte has bits that mean nothing: written anew, without them.
                let entry = batch.records[index]
                try writer.append(
                    entry, key: entry.key(in: section), value: entry.value(in: section),
                    headers: entry.headers(in: section))
            case .failed:
                switch request.plan.onError {
                case .stop:
                    // What lies before the reader's position is left out; the reader has been past it.
                    if batch.header.offset(of: batch.records[index]) >= request.fetchOffset {
                        return .stop(.unknownServerError)
                    }
                case .drop: break
                case .replace:
                    // The record that stands for one that failed: key null, value null, one header `sluice-error`.
                    let headers = errorHeaders[Int(outcome.records[index].failure.rawValue)]
                    try writer.append(batch.records[index], key: nil, value: nil, headers: headers.rawSpan)
                }
            case .replaced:
                let entry = batch.records[index]
                try writer.append(
                    entry,
                    key: parts.contains(.key) ? part(outcome.records[index].key, arena) : entry.key(in: section),
                    value: parts.contains(.value)
                        ? part(outcome.records[index].value, arena) : entry.value(in: section),
                    headers: parts.contains(.headers)
                        ? bytes(outcome.records[index].headers, arena) : entry.headers(in: section))
            }
            index += 1
        }
        let count = Int(writer.recordCount)
        guard count > 0 else { return .nothing }
        return .written(writer.finish(), recordCount: count)
    }

    /// A batch that can't be read at all, by the rule `replace`: one record at its base offset says so.
    static func placeholder(
        _ header: RecordBatchHeader, _ failure: FailureClass, codec: Codec
    ) throws(RecordBatchError) -> ViewedBatch {
        var builder = BatchBuilder(template: header, codec: codec)
        let entry = RecordEntry(
            timestampDelta: 0, offsetDelta: 0, start: 0, count: 0, keyStart: 0, keyCount: -1, valueStart: 0,
            valueCount: -1, headersStart: 0, headerCount: 0, attributes: 0)
        let headers = errorHeaders[Int(failure.rawValue)]
        try builder.append(entry, key: nil, value: nil, headers: headers.rawSpan)
        return .built(builder.finish(), recordCount: 1)
    }

    private static let errorHeaders: [[UInt8]] = FailureClass.allCases.map { failure in
        Record(value: nil, headers: [("sluice-error", Array(failure.name.utf8))], timestamp: 0).headerSection
    }

    private static let errorHeadersMax = errorHeaders.map(\.count).max() ?? 0

    @_lifetime(copy arena)
    private static func part(_ range: PartRange, _ arena: RawSpan) -> RawSpan? {
        range.count < 0 ? nil : bytes(range, arena)
    }

    @_lifetime(copy arena)
    private static func bytes(_ range: PartRange, _ arena: RawSpan) -> RawSpan {
        arena.extracting(Int(range.start)..<Int(range.start + range.count))
    }

    private static func isQuarantined(_ index: Int, _ batch: DecodedBatch, _ request: ReaderRequest) -> Bool {
        !request.quarantined.isEmpty
            && request.quarantined.contains(batch.header.offset(of: batch.records[index]))
    }

    /// Behind the last record of the run from `start` on whose bytes can be copied as they are.
    private static func endOfPlain(
        _ start: Int, _ batch: DecodedBatch, _ outcome: BatchOutcome, _ request: ReaderRequest
    ) -> Int {
        var end = start
        while end < batch.records.count, outcome.records[end].kind == .keep, batch.records[end].attributes == 0,
            !isQuarantined(end, batch, request)
        {
            end += 1
        }
        return end
    }
}
