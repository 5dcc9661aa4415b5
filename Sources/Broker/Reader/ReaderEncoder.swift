import KafkaMessages
import KafkaRecords
import NIOCore
import WasmRuntime

/// Makes the record bytes of one partition for one reader with a view. **The only place that does**: what doesn't come out of
/// here, or pass untouched with a `RawPermit`, isn't sent.
///
/// Batches stay 1:1. A batch of which nothing is left is sent empty, with codec bits 0, and a run of those as one; in the dialect
/// without empty batches they are left out. Control batches are made anew from type and epoch. Failed records follow the view's
/// on-error rule; no rule yields the record. Sizes count what the view puts out.
///
/// Rules: reference "Clients on the wire", §4.
struct ReaderEncoder {
    /// Stored bytes that one call reads, so that a view that hides nearly everything can't hold a thread for long.
    private static let inputMax = 32 << 20
    /// Stored bytes that are read at once: so few that they are still in the processor's cache when they are worked on.
    private static let chunkMax = 256 << 10
    /// Room that is made for an answer at first, where it's likely to become as large.
    private static let answerCapacity = 1 << 20
    /// Failures that are reported one by one for a batch.
    private static let failureMax = 100

    private let request: ReaderRequest
    private let runtime: GuestRuntime
    private let sink: any ViewErrorSink
    private let codec: Codec
    private var result: EncodedFetch
    private var isStopped = false
    private var inputCount = 0
    /// The run of batches without records that hasn't been written yet.
    private var emptyRun: EmptyRun?

    private struct EmptyRun {
        var header: RecordBatchHeader
        var lastOffset: Int64
        var count = 1
    }

    /// Encodes from the fetch offset on until the answer is full or the log ends. `source` reads stored batches: it is asked
    /// for those from an offset on and for about how many bytes.
    static func encode(
        _ request: ReaderRequest, runtime: GuestRuntime, sink: any ViewErrorSink, nothingBelow: NothingBelow,
        on thread: borrowing GuestThread, reading source: (_ offset: Int64, _ bytesMax: Int) -> StoredChunk
    ) -> EncodedFetch {
        let key = NothingBelow.Key(
            topicId: request.topicId, partition: request.partition, leaderEpoch: request.leaderEpoch,
            digest: request.plan.digest)
        let remembers = request.dialect == .noEmptyBatches && request.quarantined.isEmpty
        let start = remembers ? nothingBelow.skip(key, from: request.fetchOffset) : request.fetchOffset
        var encoder = ReaderEncoder(request, start: start, runtime: runtime, sink: sink)
        while encoder.wantsMore {
            let before = encoder.position
            switch source(before, min(Self.chunkMax, max(1, request.bytesMax))) {
            case .bytes(let bytes): encoder.take(bytes.rawSpan, on: thread)
            case .end: encoder.result.isAtEnd = true
            case .failed(let code): encoder.stop(code)
            }
            if encoder.result.isAtEnd { break }
            // A source that gives nothing new would be asked for ever.
            if !encoder.isStopped, encoder.position <= before { encoder.stop(.unknownServerError) }
        }
        let fetch = encoder.finish()
        if remembers, fetch.recordCount == 0, fetch.bytes.readableBytes == 0 {
            nothingBelow.note(key, request.fetchOffset, fetch.nextOffset)
        }
        return fetch
    }

    private init(_ request: ReaderRequest, start: Int64, runtime: GuestRuntime, sink: any ViewErrorSink) {
        self.request = request
        self.runtime = runtime
        self.sink = sink
        codec = request.dialect == .noEmptyBatches ? .none : request.codec
        result = EncodedFetch(nextOffset: start)
    }

    /// Where to read on: behind what is written and behind the run that isn't yet.
    private var position: Int64 { emptyRun.map { $0.lastOffset + 1 } ?? result.nextOffset }

    private var wantsMore: Bool {
        !isStopped && inputCount < Self.inputMax
            && (result.bytes.readableBytes < request.bytesMax || request.sendsFirstWhole && isEmpty)
    }

    private var isEmpty: Bool { result.bytes.readableBytes == 0 }

    private mutating func take(_ bytes: RawSpan, on thread: borrowing GuestThread) {
        inputCount += bytes.byteCount
        if isEmpty {
            let likely = bytes.byteCount < Self.chunkMax ? bytes.byteCount : Self.answerCapacity
            result.bytes.reserveCapacity(min(request.bytesMax, likely))
        }
        var batches = RecordBatches(bytes)
        do throws(RecordBatchError) {
            while wantsMore, let (header, place) = try batches.next() {
                if header.lastOffset < position { continue }
                take(header, bytes.extracting(place..<place + header.byteCount), on: thread)
            }
        } catch {
            report([failure(.corrupt, at: position)], omitted: 0)
            stop(.corruptMessage)
        }
    }

    private mutating func take(_ header: RecordBatchHeader, _ stored: RawSpan, on thread: borrowing GuestThread) {
        let viewed: ViewedBatch
        do throws(RecordBatchError) {
            viewed = try view(stored, on: thread)
        } catch {
            viewed = unreadable(header, error)
        }
        put(viewed, header, stored)
    }

    /// Decodes the batch, runs it through the view and builds what goes to the reader.
    private func view(_ stored: RawSpan, on thread: borrowing GuestThread) throws(RecordBatchError) -> ViewedBatch {
        let batch = try DecodedBatch(decoding: stored, bound: request.decompressedMax)
        if batch.header.attributes.isControl {
            if batch.records.isEmpty { return .nothing }
            return .built(try RecordBatch.rebuildControl(batch), recordCount: 0)
        }
        let result = runtime.transform(
            batch, plan: request.plan, identity: request.identity(of: batch.header), recordMax: request.recordMax,
            on: thread)
        switch result {
        case .done(let outcome):
            reportFailures(in: batch, outcome)
            return try ViewedBatch.build(batch, outcome, request, codec: codec)
        case .judging: return .stop(.kafkaStorageError)
        case .unavailable(let isLasting): return .stop(isLasting ? .unknownServerError : .kafkaStorageError)
        }
    }

    /// A batch that doesn't decode. One whose bytes have changed since they were written is reported as corrupt whatever the rule
    /// says; one that is as its producer made it is a failure like a record's.
    private func unreadable(_ header: RecordBatchHeader, _ error: RecordBatchError) -> ViewedBatch {
        let failure = Self.failure(of: error)
        report([self.failure(failure, at: header.baseOffset)], omitted: 0)
        if failure == .corrupt { return .stop(.corruptMessage) }
        if request.quarantined.contains(header.baseOffset) { return .nothing }
        switch request.plan.onError {
        case .stop: return .stop(.unknownServerError)
        case .drop: return .nothing
        case .replace:
            return (try? ViewedBatch.placeholder(header, failure, codec: codec)) ?? .stop(.unknownServerError)
        }
    }

    private mutating func put(_ batch: ViewedBatch, _ header: RecordBatchHeader, _ stored: RawSpan) {
        switch batch {
        case .stored: append(stored, header, recordCount: Int(header.recordCount))
        case .built(let bytes, let count): append(bytes.rawSpan, header, recordCount: count)
        case .nothing: leaveOut(header)
        case .stop(let code): stop(code)
        }
    }

    /// Writes a batch, if it fits or must be sent whole.
    private mutating func append(_ batch: RawSpan, _ header: RecordBatchHeader, recordCount: Int) {
        flushEmptyRun()
        guard !isStopped else { return }
        guard fits(batch.byteCount) else {
            isStopped = true
            return
        }
        _ = unsafe batch.withUnsafeBytes { unsafe result.bytes.writeBytes($0) }
        result.recordCount += recordCount
        result.nextOffset = header.lastOffset + 1
    }

    private func fits(_ byteCount: Int) -> Bool {
        isEmpty && request.sendsFirstWhole || byteCount <= request.bytesMax - result.bytes.readableBytes
    }

    /// A batch of which nothing is left: joined to the run before it where the same empty batch can stand for both.
    private mutating func leaveOut(_ header: RecordBatchHeader) {
        guard request.dialect == .emptyBatches else {
            result.nextOffset = header.lastOffset + 1
            return
        }
        if var run = emptyRun, run.header.partitionLeaderEpoch == header.partitionLeaderEpoch,
            header.lastOffset - run.header.baseOffset <= Int64(Int32.max)
        {
            run.lastOffset = header.lastOffset
            run.header.maxTimestamp = max(run.header.maxTimestamp, header.maxTimestamp)
            run.count += 1
            emptyRun = run
            return
        }
        flushEmptyRun()
        guard !isStopped else { return }
        emptyRun = EmptyRun(header: header, lastOffset: header.lastOffset)
    }

    private mutating func flushEmptyRun() {
        guard let run = emptyRun else { return }
        emptyRun = nil
        guard fits(RecordBatchHeader.byteCount) else {
            isStopped = true
            return
        }
        var header = run.header
        if run.count > 1 || header.attributes.isControl {
            // It stands for several batches, or for a marker that compaction has emptied: of no producer, in no transaction.
            header.attributes.rawValue &= ~(1 << 4 | 1 << 5)
            header.producerId = -1
            header.producerEpoch = -1
            header.baseSequence = -1
        }
        result.bytes.writeBytes(RecordBatch.empty(header, lastOffset: run.lastOffset))
        result.nextOffset = run.lastOffset + 1
    }

    /// Ends the answer. What has been written goes out; only an answer without bytes carries the code, the next one will.
    private mutating func stop(_ code: ErrorCode) {
        let hasNews = emptyRun != nil
        flushEmptyRun()
        isStopped = true
        if isEmpty, !hasNews { result.error = code }
    }

    private mutating func finish() -> EncodedFetch {
        flushEmptyRun()
        result.hidesEnd =
            request.dialect == .noEmptyBatches && isEmpty && result.error == nil && result.isAtEnd
        return result
    }

    private func reportFailures(in batch: DecodedBatch, _ outcome: BatchOutcome) {
        var failures: [ViewFailure] = []
        var omitted = 0
        for index in outcome.records.indices where outcome.records[index].kind == .failed {
            let offset = batch.header.offset(of: batch.records[index])
            if request.quarantined.contains(offset) { continue }
            guard failures.count < Self.failureMax else {
                omitted += 1
                continue
            }
            failures.append(
                failure(outcome.records[index].failure, at: offset, step: Int(outcome.records[index].step)))
        }
        report(failures, omitted: omitted)
    }

    private func report(_ failures: [ViewFailure], omitted: Int) {
        if !failures.isEmpty { sink.report(failures, omitted: omitted) }
    }

    private func failure(_ failure: FailureClass, at offset: Int64, step: Int? = nil) -> ViewFailure {
        ViewFailure(
            topicId: request.topicId, topic: request.topic, partition: request.partition, offset: offset,
            digest: request.plan.digest, failure: failure, step: step,
            module: step.map { request.plan.steps[$0].module.sha256 }, rule: request.plan.onError)
    }

    private static func failure(of error: RecordBatchError) -> FailureClass {
        switch error {
        case .checksumMismatch, .truncated, .invalidLength, .trailingBytes, .unsupportedMagic, .invalidRecordCount,
            .invalidLastOffsetDelta:
            .corrupt
        default: .codec
        }
    }
}
