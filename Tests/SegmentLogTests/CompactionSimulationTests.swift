import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

/// Random work on a compacted log, with the power failing at every file operation in turn, or an operation failing; what
/// is found afterwards is checked against a naive model of compaction.
@Suite struct CompactionSimulationTests {
    private struct Run {
        let fixture: LogFixture
        var model = CompactionModel()
        var generator: SeededGenerator
        /// Acknowledged as durable.
        var durable: Int64 = 0

        init(seed: UInt64, fileSystem: InMemoryFileSystem) throws {
            var configuration = LogFixture.compacting()
            // Tombstones go at the second compaction that meets them.
            configuration.deleteRetentionMs = 500
            fixture = try LogFixture(configuration, fileSystem: fileSystem)
            generator = SeededGenerator(seed: seed)
        }

        /// False when the log takes nothing more.
        mutating func work(count: Int) -> Bool {
            for _ in 0..<count {
                do {
                    try step()
                } catch LogError.io, CompactionError.file, CompactionError.stuck {
                    if fixture.fileSystem.isOff { return false }
                } catch is FileError {
                    if fixture.fileSystem.isOff { return false }
                } catch {
                    return false
                }
                durable = max(durable, fixture.log.flushedOffset)
            }
            do {
                try fixture.log.flushNow()
                durable = fixture.log.endOffset
                return true
            } catch {
                return false
            }
        }

        private mutating func step() throws {
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<11: try put()
            case 11..<14: try fixture.log.flushNow()
            case 14:
                fixture.clock.advance(300)
                try fixture.log.maintain(now: fixture.clock.now)
            case 15: try fixture.seal()
            case 16..<19:
                var settings = CompactorSettings()
                settings.keysMax = Bool.random(using: &generator) ? 4 : nil
                settings.mergedSegmentsMax = Int.random(in: 1...8, using: &generator)
                try compact(settings)
            default:
                let isClean = Bool.random(using: &generator)
                try fixture.log.close()
                try fixture.reopen(isClean: isClean)
            }
        }

        private mutating func compact(_ settings: CompactorSettings) throws {
            var view = fixture.view
            var seen = try fixture.entries()
            var run = self
            defer { self = run }
            try fixture.compact(settings) {
                // A reader with an older view, and others at work.
                if try fixture.entries(of: view) != seen { Issue.record("an old view has changed") }
                switch Int.random(in: 0..<4, using: &run.generator) {
                case 0: try run.put()
                case 1: try fixture.log.flushNow()
                case 2: try fixture.log.maintain(now: fixture.clock.now)
                default:
                    view = fixture.view
                    seen = try fixture.entries()
                }
            }
        }

        private mutating func put() throws {
            let count = Int.random(in: 1...4, using: &generator)
            let codec = Bool.random(using: &generator) ? Codec.none : .lz4
            let producerId = Int64.random(in: -1...2, using: &generator)
            let sequence = producerId < 0 ? -1 : (fixture.log.producers.entries[producerId]?.lastSequence ?? -1) + 1
            var records: [(key: String?, value: String?)] = []
            for _ in 0..<count {
                let key = "k\(Int.random(in: 0..<12, using: &generator))"
                let isTombstone = Int.random(in: 0..<5, using: &generator) == 0
                records.append(
                    (key, isTombstone ? nil : String(repeating: "v", count: Int.random(in: 0...60, using: &generator))))
            }
            let before = model
            let base = fixture.log.endOffset
            do {
                try fixture.put(records, codec: codec, producerId: producerId, baseSequence: sequence, into: &model)
            } catch {
                // When the power went, the write may be whole although the call failed. Else it must be gone.
                if fixture.fileSystem.isOff {
                    for (number, record) in records.enumerated() {
                        model.entries.append(
                            CompactionModel.Entry(
                                offset: base + Int64(number), key: record.key.map { Array($0.utf8) },
                                value: record.value.map { Array($0.utf8) },
                                timestamp: fixture.clock.now + Int64(number)))
                    }
                } else {
                    model = before
                }
                throw error
            }
        }

        mutating func check(_ context: String) throws {
            #expect(fixture.log.recovery.corruption == nil, "\(context)")
            let (found, end) = (try fixture.entries(), fixture.log.endOffset)
            #expect(end >= durable, "\(context): acknowledged up to \(durable), found \(end)")
            #expect(fixture.log.logStartOffset == 0, "\(context)")
            model.entries.removeAll { $0.offset >= end }
            // Every record is as it was, and the latest of each key is there, unless it is a tombstone.
            let byOffset = Dictionary(uniqueKeysWithValues: model.entries.map { ($0.offset, $0) })
            #expect(found.allSatisfy { byOffset[$0.offset] == $0 }, "\(context)")
            let present = Set(found.map(\.offset))
            for entry in model.latest(before: end) where entry.value != nil {
                #expect(present.contains(entry.offset), "\(context): offset \(entry.offset) is lost")
            }
            // What is not compacted yet is whole.
            let cleaned = fixture.log.cleanedOffset ?? 0
            #expect(
                found.filter { $0.offset >= cleaned }.count(where: { $0.value != nil })
                    <= model.entries.count(where: { $0.offset >= cleaned && $0.value != nil }), "\(context)")
            #expect(fixture.view.segments.allSatisfy { !$0.index.isBroken }, "\(context)")
            #expect(try fixture.leftovers().isEmpty || fixture.log.unfinishedSwap != nil, "\(context)")
            try checkProducers(before: end, context)
            durable = end
        }

        /// The last sequence of each producer, from the batches alone.
        private mutating func checkProducers(before end: Int64, _ context: String) throws {
            let found = fixture.log.producers.entries
            var last: [Int64: Int64] = [:]
            for batch in try fixture.batches() where batch.header.hasProducerId {
                last[batch.header.producerId] = batch.header.lastOffset
            }
            for (producerId, entry) in found {
                #expect(entry.batches.last?.lastOffset == last[producerId], "\(context): producer \(producerId)")
            }
            #expect(Set(found.keys) == Set(last.keys), "\(context)")
        }

        /// With nothing in the way, the log is exactly what the model says.
        mutating func checkCompacted(_ context: String) throws {
            try fixture.seal()
            durable = fixture.log.endOffset
            while try fixture.compact() != nil {}
            let (found, end) = (try fixture.entries(), fixture.log.endOffset)
            #expect(fixture.log.cleanedOffset == end || end == 0, "\(context)")
            let latest = model.latest(before: end)
            #expect(found.filter { $0.value != nil } == latest.filter { $0.value != nil }, "\(context)")
            let tombstones = Set(latest.filter { $0.value == nil }.map(\.offset))
            #expect(found.allSatisfy { $0.value != nil || tombstones.contains($0.offset) }, "\(context)")
            try check(context)
        }
    }

    private static let stepCount = 35

    private func operationCount(seed: UInt64) throws -> Int {
        var run = try Run(seed: seed, fileSystem: InMemoryFileSystem(root: LogFixture.directory))
        let isDone = run.work(count: Self.stepCount)
        #expect(isDone)
        try run.check("seed \(seed), no trouble")
        let count = run.fixture.fileSystem.operationCount
        try run.checkCompacted("seed \(seed), no trouble")
        return count
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func powerFailsAtEveryOperation(seed: UInt64) throws {
        for crashAt in 1...(try operationCount(seed: seed)) {
            let random = InMemoryFileSystem.Survival.prefix(seed: seed &* 7919 &+ UInt64(crashAt))
            for survival in [.nothing, random, .everything] {
                let context = "seed \(seed), power off at \(crashAt), \(survival)"
                let fileSystem = InMemoryFileSystem(root: LogFixture.directory)
                fileSystem.powerOff(after: crashAt)
                // The very first operations belong to opening.
                guard var run = try? Run(seed: seed, fileSystem: fileSystem) else { continue }
                _ = run.work(count: Self.stepCount)
                fileSystem.crash(survival)
                try run.fixture.reopen(isClean: false)
                try run.check(context)
                // And it goes on; what was found survives the next power failure.
                let goesOn = run.work(count: 5)
                #expect(goesOn, "\(context)")
                fileSystem.crash(.nothing)
                try run.fixture.reopen(isClean: false)
                try run.check(context)
                try run.checkCompacted(context)
            }
        }
    }

    @Test(arguments: [12, 13] as [UInt64])
    func anyOperationFailsOnce(seed: UInt64) throws {
        for failAt in 1...(try operationCount(seed: seed)) {
            let context = "seed \(seed), failure at \(failAt)"
            let fileSystem = InMemoryFileSystem(root: LogFixture.directory)
            fileSystem.fail(after: failAt, code: FileError.noSpace)
            guard var run = try? Run(seed: seed, fileSystem: fileSystem) else { continue }
            _ = run.work(count: Self.stepCount)
            // Another process, with what this one left in the page cache; then the power fails.
            try run.fixture.reopen(isClean: false)
            try run.check(context)
            fileSystem.crash(.nothing)
            try run.fixture.reopen(isClean: false)
            try run.check("\(context), then a crash")
            try run.checkCompacted(context)
        }
    }
}
