import KafkaMessages
import KafkaRecords
import Metering
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
    /// Room that is made for an answer at first, where it's likely to become as large, and for the batch that is written
    /// behind it and may not fit: growing moves all of it.
    private static let answerCapacity = 1 << 20
    private static let answerSlack = 256 << 10
    /// Failures that are reported one by one for a batch.
    private static let failureMax = 100

    private let request: ReaderRequest
    private let runtime: GuestRuntime
    private let sink: any ViewErrorSink
    private let guestSeconds: Histogram
    /// nil where nothing is looked for or put by.
    private let cache: ViewCache?
    private var cacheUse = (puts: 0, hits: 0)
    /// What the view did to the batch that it was run over last.
    private var tally = ViewTally()
    private let codec: Codec
    private var result: EncodedFetch
    private var isStopped = false
    private var reportCount = 0
    private var inputCount = 0
    /// The run of batches without records that hasn't been written yet.
    private var emptyRun: EmptyRun?

    /// What the last batch of the answer was stored as and sent as.
    private var pace: (storedByteCount: Int, sentByteCount: Int)?

    private struct EmptyRun {
        var header: RecordBatchHeader
        var lastOffset: Int64
        var count = 1
    }

    /// Encodes from the fetch offset on until the answer is full or the log ends. `source` reads stored batches: it is asked
    /// for those from an offset on and for about how many bytes.
    static func encode(
        _ request: ReaderRequest, runtime: GuestRuntime, sink: any ViewErrorSink, nothingBelow: NothingBelow,
        cache: ViewCache? = nil, guestSeconds: Histogram = Histogram(.work), on thread: borrowing GuestThread,
        reading source: (_ offset: Int64, _ bytesMax: Int) -> StoredChunk
    ) -> EncodedFetch {
        let key = NothingBelow.Key(
            topicId: request.topicId, partition: request.partition, leaderEpoch: request.leaderEpoch,
            digest: request.plan.digest)
        let remembers = request.dialect == .noEmptyBatches && request.quarantined.isEmpty
        let start = remembers ? nothingBelow.skip(key, from: request.fetchOffset) : request.fetchOffset
        // What is left out by command isn't a part of what a batch is known by.
        let cache = request.quarantined.isEmpty ? cache : nil
        let usesCache = cache?.begin(key, at: start) ?? false
        var encoder = ReaderEncoder(
            request, start: start, runtime: runtime, sink: sink, cache: usesCache ? cache : nil,
            guestSeconds: guestSeconds)
        while encoder.wantsMore {
            let before = encoder.position
            switch source(before, encoder.chunkByteCount) {
            case .bytes(let bytes): encoder.take(bytes, on: thread)
            case .end: encoder.result.isAtEnd = true
            case .failed(let code): encoder.stop(code)
            }
            if encoder.result.isAtEnd { break }
            // A source that gives nothing new would be asked for ever.
            if !encoder.isStopped, encoder.position <= before { encoder.stop(.unknownServerError) }
        }
        let fetch = encoder.finish()
        cache?.end(key, at: fetch.nextOffset, puts: encoder.cacheUse.puts, hits: encoder.cacheUse.hits)
        if remembers, fetch.recordCount == 0, fetch.bytes.readableBytes == 0 {
            nothingBelow.note(key, request.fetchOffset, fetch.nextOffset)
        }
        return fetch
    }

    private init(
        _ request: ReaderRequest, start: Int64, runtime: GuestRuntime, sink: any ViewErrorSink, cache: ViewCache?,
        guestSeconds: Histogram
    ) {
        self.request = request
        self.guestSeconds = guestSeconds
        self.runtime = runtime
        self.sink = sink
        self.cache = cache
        codec = request.dialect == .noEmptyBatches ? .none : request.codec
        result = EncodedFetch(nextOffset: start)
    }

    /// Where to read on: behind what is written and behind the run that isn't yet.
    private var position: Int64 { emptyRun.map { $0.lastOffset + 1 } ?? result.nextOffset }

    private var wantsMore: Bool {
        !isStopped && inputCount < Self.inputMax
            && (result.bytes.readableBytes < request.bytesMax || request.sendsFirstWhole && isEmpty)
            && expectsToFit(pace?.storedByteCount ?? 0)
    }

    private var isEmpty: Bool { result.bytes.readableBytes == 0 }

    /// Whether a batch of so many stored bytes will probably fit into what is left of the answer: if it becomes as much larger
    /// or smaller as the last one did. To read and transform one that is then left for the next answer costs a seventeenth
    /// of an answer of 1 MiB.
    private func expectsToFit(_ storedByteCount: Int) -> Bool {
        guard let pace, !isEmpty else { return true }
        let left = request.bytesMax - result.bytes.readableBytes
        return storedByteCount * pace.sentByteCount <= left * pace.storedByteCount
    }

    /// Stored bytes to read next: not many more than the answer will take.
    private var chunkByteCount: Int {
        var wanted = request.bytesMax
        if let pace, !isEmpty {
            wanted = (wanted - result.bytes.readableBytes) * pace.storedByteCount / pace.sentByteCount
        }
        return min(Self.chunkMax, max(1, wanted))
    }

    private mutating func take(_ bytes: [UInt8], on thread: borrowing GuestThread) {
        inputCount += bytes.count
        if isEmpty, bytes.count > Self.chunkMax / 2 {
            result.bytes.reserveCapacity(min(request.bytesMax, Self.answerCapacity) + Self.answerSlack)
        }
        var batches = RecordBatches(bytes.rawSpan)
        do throws(RecordBatchError) {
            while wantsMore, let (header, start) = try batches.next() {
                if header.lastOffset < position { continue }
                guard expectsToFit(header.byteCount) else {
                    isStopped = true
                    break
                }
                take(header, start..<start + header.byteCount, of: bytes, on: thread)
            }
        } catch {
            report([failure(.corrupt, at: position)], omitted: 0)
            stop(.corruptMessage)
        }
    }

    private mutating func take(
        _ header: RecordBatchHeader, _ place: Range<Int>, of stored: [UInt8], on thread: borrowing GuestThread
    ) {
        let batch = stored.rawSpan.extracting(place)
        guard let cache, !header.attributes.isControl else {
            return put(viewed(header, place, of: stored, on: thread), header, batch)
        }
        let key = request.key(of: header, codec: codec)
        switch cache.form(of: key) {
        case .form(let form, let tally):
            cacheUse.hits += 1
            request.meter.count(tally)
            put(ViewedBatch(form), header, batch)
        case .giveUp: put(viewed(header, place, of: stored, on: thread), header, batch)
        case .make:
            let reported = reportCount
            let viewed = viewed(header, place, of: stored, on: thread)
            let form = reportCount == reported ? form(of: viewed) : nil
            cache.finish(key, form, tally)
            if form != nil { cacheUse.puts += 1 }
            put(viewed, header, batch)
        }
    }

    /// A copy for the cache, before the batch is made a part of the answer.
    private func form(of viewed: ViewedBatch) -> ViewCache.Form? {
        switch viewed {
        case .stored: return .stored
        case .built(let bytes, let count): return .built(bytes, recordCount: count)
        case .written(let byteCount, let count):
            let start = result.bytes.writerIndex + gap
            let bytes = unsafe result.bytes.withVeryUnsafeBytes { memory in
                unsafe [UInt8](memory[start..<start + byteCount])
            }
            return .built(bytes, recordCount: count)
        case .nothing: return .nothing
        case .stop: return nil
        }
    }

    private mutating func viewed(
        _ header: RecordBatchHeader, _ place: Range<Int>, of stored: [UInt8], on thread: borrowing GuestThread
    ) -> ViewedBatch {
        do throws(RecordBatchError) {
            return try view(place, of: stored, on: thread)
        } catch {
            return unreadable(header, error)
        }
    }

    /// Decodes the batch, runs it through the view and makes what goes to the reader.
    private mutating func view(
        _ place: Range<Int>, of stored: [UInt8], on thread: borrowing GuestThread
    ) throws(RecordBatchError) -> ViewedBatch {
        let batch = try DecodedBatch(decoding: place, of: stored, bound: request.decompressedMax)
        if batch.header.attributes.isControl {
            if batch.records.isEmpty { return .nothing }
            return .built(try RecordBatch.rebuildControl(batch), recordCount: 0)
        }
        let start = SystemBrokerClock().monotonicNs()
        let result = runtime.transform(
            batch, plan: request.plan, identity: request.identity(of: batch.header), recordMax: request.recordMax,
            on: thread)
        let nanoseconds = SystemBrokerClock().monotonicNs() - start
        guestSeconds.record(nanoseconds: nanoseconds)
        request.meter.nanoseconds.add(Int(nanoseconds))
        switch result {
        case .done(let outcome):
            tally = request.meter.count(outcome)
            reportFailures(in: batch, outcome)
            return try write(batch, outcome)
        case .judging: return .stop(.kafkaStorageError)
        case .unavailable(let isLasting): return .stop(isLasting ? .unknownServerError : .kafkaStorageError)
        }
    }

    /// Bytes between the answer's end and the batch that is written behind it: a run of empty batches that isn't written yet.
    private var gap: Int { emptyRun == nil ? 0 : RecordBatchHeader.byteCount }

    /// Writes a batch behind the answer's end, where `put` makes it a part of the answer if it fits: one copy less.
    private mutating func write(_ batch: DecodedBatch, _ outcome: BatchOutcome) throws(RecordBatchError) -> ViewedBatch
    {
        if ViewedBatch.isStored(batch, outcome, request, codec: codec) { return .stored }
        let gap = gap
        result.bytes.reserveCapacity(minimumWritableBytes: gap + ViewedBatch.byteCountMax(batch, outcome))
        let (request, codec) = (request, codec)
        return try unsafe result.bytes.withUnsafeMutableWritableBytes { memory throws(RecordBatchError) in
            let place = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[gap...])
            let written = try unsafe ViewedBatch.write(batch, outcome, request, into: place)
            guard codec != .none, case .written(let count, let records) = written else { return written }
            let plain = unsafe UnsafeRawBufferPointer(rebasing: place[..<count])
            return .built(
                unsafe RecordBatch.compress(plain.bytes, codec: codec, level: request.codecLevel),
                recordCount: records)
        }
    }

    /// A batch that doesn't decode. One whose bytes have changed since they were written is reported as corrupt whatever the rule
    /// says; one that is as its producer made it is a failure like a record's.
    private mutating func unreadable(_ header: RecordBatchHeader, _ error: RecordBatchError) -> ViewedBatch {
        let failure = Self.failure(of: error)
        request.meter.failures.add(Int(failure.rawValue))
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
        case .written(let byteCount, let count):
            guard makesRoom(for: byteCount) else { return }
            result.bytes.moveWriterIndex(forwardBy: byteCount)
            note(header, byteCount, recordCount: count)
        case .nothing: leaveOut(header)
        case .stop(let code): stop(code)
        }
    }

    /// Writes a batch, if it fits or must be sent whole.
    private mutating func append(_ batch: RawSpan, _ header: RecordBatchHeader, recordCount: Int) {
        guard makesRoom(for: batch.byteCount) else { return }
        _ = unsafe batch.withUnsafeBytes { unsafe result.bytes.writeBytes($0) }
        note(header, batch.byteCount, recordCount: recordCount)
    }

    /// Writes what must come before the next batch. False: the answer ends here, as it is full.
    private mutating func makesRoom(for byteCount: Int) -> Bool {
        flushEmptyRun()
        if !isStopped, !fits(byteCount) { isStopped = true }
        return !isStopped
    }

    private mutating func note(_ header: RecordBatchHeader, _ byteCount: Int, recordCount: Int) {
        result.recordCount += recordCount
        result.nextOffset = header.lastOffset + 1
        pace = (header.byteCount, byteCount)
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

    private mutating func reportFailures(in batch: DecodedBatch, _ outcome: BatchOutcome) {
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

    private mutating func report(_ failures: [ViewFailure], omitted: Int) {
        guard !failures.isEmpty else { return }
        reportCount += 1
        sink.report(failures, omitted: omitted)
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
