import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

/// Random work on a log, with the power failing at every operation in turn, or an operation failing; what is found
/// afterwards is checked against a model.
@Suite struct SimulationTests {
    /// What the log was told, and what it promised.
    struct Model {
        var batches: [(baseOffset: Int64, endOffset: Int64, bytes: [UInt8])] = []
        /// Acknowledged as durable.
        var durable: Int64 = 0
        var logStart: Int64 = 0
        /// The highest log start that was asked for, confirmed or not.
        var logStartTried: Int64 = 0
    }

    static func configuration() -> LogConfiguration {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 700
        configuration.indexIntervalBytes = 120
        configuration.recoveryPointBytes = 900
        configuration.retentionBytes = 2500
        configuration.retentionMs = nil
        return configuration
    }

    private static let stepCount = 40

    /// Random steps until `count` or until the log takes nothing more. The order is given by the seed alone.
    private func work(
        _ fixture: LogFixture, _ model: inout Model, count: Int, _ generator: inout SeededGenerator
    ) -> Bool {
        var ticket: FlushTicket<InMemoryFileSystem>?
        for _ in 0..<count {
            do {
                try step(fixture, &model, &ticket, &generator)
            } catch LogError.io {
                // As after a full disk: the log goes on.
                if fixture.fileSystem.isOff { return false }
            } catch {
                return false
            }
        }
        do {
            try finish(&ticket, fixture, &model)
            try fixture.log.flushNow()
            model.durable = fixture.log.endOffset
            return true
        } catch {
            return false
        }
    }

    private func finish(
        _ ticket: inout FlushTicket<InMemoryFileSystem>?, _ fixture: LogFixture, _ model: inout Model
    ) throws {
        guard let running = ticket else { return }
        ticket = nil
        do { try running.run() } catch {}
        try fixture.log.endFlush(running)
        model.durable = max(model.durable, running.endOffset)
    }

    private func step(
        _ fixture: LogFixture, _ model: inout Model, _ ticket: inout FlushTicket<InMemoryFileSystem>?,
        _ generator: inout SeededGenerator
    ) throws {
        // A roll and retention make things durable on their own.
        defer { model.durable = max(model.durable, fixture.log.flushedOffset) }
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<10:
            try append(fixture, &model, &generator)
        case 10..<14:
            try finish(&ticket, fixture, &model)
            ticket = fixture.log.beginFlush()
        case 14, 15:
            guard ticket == nil else { return }
            try fixture.log.flushNow()
            model.durable = fixture.log.endOffset
        case 16:
            model.logStartTried = fixture.log.endOffset
            try fixture.log.maintain(now: fixture.clock.now)
            model.logStart = fixture.log.logStartOffset
        case 17:
            let offset = Int64.random(in: fixture.log.logStartOffset...fixture.log.highWatermark, using: &generator)
            model.logStartTried = max(model.logStartTried, offset)
            model.logStart = try fixture.log.deleteRecords(before: offset)
        default:
            let isClean = Bool.random(using: &generator)
            guard ticket == nil else { return }
            try fixture.log.close()
            model.durable = fixture.log.endOffset
            try fixture.reopen(isClean: isClean)
            model.logStart = fixture.log.logStartOffset
        }
    }

    private func append(_ fixture: LogFixture, _ model: inout Model, _ generator: inout SeededGenerator) throws {
        let batch = LogFixture.batch(
            count: Int.random(in: 1...4, using: &generator), valueByteCount: Int.random(in: 0...80, using: &generator),
            fill: UInt8.random(in: 0...255, using: &generator))
        let base = fixture.log.endOffset
        let header = try RecordBatchHeader(batch.rawSpan)
        model.batches.append((base, base + Int64(header.lastOffsetDelta) + 1, stored(batch, baseOffset: base)))
        do {
            let result = try fixture.append(batch)
            #expect(result.baseOffset == base)
        } catch {
            // When the power went, the write may be whole although the call failed. Else it must be gone.
            if !fixture.fileSystem.isOff { model.batches.removeLast() }
            throw error
        }
    }

    private func check(_ fixture: LogFixture, _ model: inout Model, _ context: String) throws {
        #expect(fixture.log.recovery.corruption == nil, "\(context)")
        let found = try fixture.batches(bytesMax: 300)
        let (start, end) = (fixture.log.logStartOffset, fixture.log.endOffset)
        #expect(end >= model.durable, "\(context): acknowledged up to \(model.durable), found \(end)")
        #expect(start >= model.logStart && start <= max(model.logStart, model.logStartTried), "\(context)")
        let expected = model.batches.filter { $0.endOffset > start && $0.baseOffset < end }
        #expect(found.map(\.bytes) == expected.map(\.bytes), "\(context)")
        var next = found.first?.header.baseOffset ?? end
        #expect(next <= start || found.isEmpty, "\(context)")
        for batch in found {
            #expect(batch.header.baseOffset == next, "\(context)")
            next = batch.header.lastOffset + 1
        }
        #expect(next == end, "\(context)")
        #expect(fixture.view.segments.allSatisfy { !$0.index.isBroken }, "\(context)")
        // What follows builds on what was found, and readers have seen it.
        model.batches.removeAll { $0.baseOffset >= end }
        model.durable = end
        (model.logStart, model.logStartTried) = (start, start)
    }

    private func operationCount(seed: UInt64) throws -> Int {
        var generator = SeededGenerator(seed: seed)
        let fixture = try LogFixture(Self.configuration())
        var model = Model()
        #expect(work(fixture, &model, count: Self.stepCount, &generator))
        try check(fixture, &model, "seed \(seed), no trouble")
        return fixture.fileSystem.operationCount
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func powerFailsAtEveryOperation(seed: UInt64) throws {
        for crashAt in 1...(try operationCount(seed: seed)) {
            let random = InMemoryFileSystem.Survival.prefix(seed: seed &* 7919 &+ UInt64(crashAt))
            for survival in [.nothing, random, .everything] {
                let context = "seed \(seed), power off at \(crashAt), \(survival)"
                var generator = SeededGenerator(seed: seed)
                var model = Model()
                let fileSystem = InMemoryFileSystem(root: LogFixture.directory)
                fileSystem.powerOff(after: crashAt)
                // The very first operations belong to opening.
                if let fixture = try? LogFixture(Self.configuration(), fileSystem: fileSystem) {
                    _ = work(fixture, &model, count: Self.stepCount, &generator)
                }
                fileSystem.crash(survival)
                let fixture = try LogFixture(Self.configuration(), fileSystem: fileSystem, isClean: false)
                try check(fixture, &model, context)
                // And it goes on; what was found survives the next power failure.
                #expect(work(fixture, &model, count: 5, &generator), "\(context)")
                fileSystem.crash(.nothing)
                try fixture.reopen(isClean: false)
                try check(fixture, &model, context)
            }
        }
    }

    @Test(arguments: 11...14 as ClosedRange<UInt64>)
    func anyOperationFailsOnce(seed: UInt64) throws {
        for failAt in 1...(try operationCount(seed: seed)) {
            let context = "seed \(seed), failure at \(failAt)"
            var generator = SeededGenerator(seed: seed)
            var model = Model()
            let fileSystem = InMemoryFileSystem(root: LogFixture.directory)
            fileSystem.fail(after: failAt, code: FileError.noSpace)
            guard let fixture = try? LogFixture(Self.configuration(), fileSystem: fileSystem) else { continue }
            _ = work(fixture, &model, count: Self.stepCount, &generator)
            // Another process, with what this one left in the page cache; then the power fails.
            try fixture.reopen(isClean: false)
            try check(fixture, &model, context)
            fileSystem.crash(.nothing)
            try fixture.reopen(isClean: false)
            try check(fixture, &model, "\(context), then a crash")
        }
    }
}
