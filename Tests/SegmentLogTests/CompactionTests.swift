import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

@Suite struct CompactionTests {
    @Test func theLatestRecordOfEachKeyStays() throws {
        let fixture = try LogFixture(LogFixture.compacting())
        var model = CompactionModel()
        for round in 0..<30 {
            for key in ["a", "b", "c", "d\(round)"] { try fixture.put(key, "value \(round)", into: &model) }
        }
        try fixture.seal()
        try fixture.put("a", "in the active segment", into: &model)
        try fixture.log.flushNow()
        let before = fixture.view
        let statistics = try #require(try fixture.compact())
        #expect(fixture.log.cleanedOffset == 120)
        #expect(try fixture.entries() == model.expected(compactedEnd: 120, end: 121))
        #expect(statistics.recordCountBefore == 120)
        #expect(statistics.recordCountAfter == 33)
        #expect(statistics.segmentCountAfter < statistics.segmentCountBefore)
        #expect(try fixture.leftovers() == [])
        // Who has the view of before reads on as if nothing had been.
        #expect(try fixture.entries(of: before) == model.entries)
        for isClean in [false, true] {
            if isClean { try fixture.log.close() }
            try fixture.reopen(isClean: isClean)
            #expect(fixture.log.recovery.corruption == nil)
            #expect(fixture.log.cleanedOffset == 120)
            #expect(fixture.log.logStartOffset == 0)
            #expect(try fixture.entries() == model.expected(compactedEnd: 120, end: 121))
        }
        #expect(try fixture.compact() == nil)
    }

    @Test(arguments: Codec.allCases)
    func aBatchKeepsItsPlaceAndCodec(codec: Codec) throws {
        let fixture = try LogFixture(LogFixture.compacting(segmentBytes: 4000))
        var model = CompactionModel()
        let long = String(repeating: "x", count: 100)
        try fixture.put(
            [("a", long), ("b", long), ("c", long), ("a", long), ("b", "2")], codec: codec, producerId: 7,
            baseSequence: 3, into: &model)
        fixture.clock.advance(1000)
        try fixture.put("b", "3", into: &model)
        try fixture.seal()
        let before = try fixture.batches()
        try fixture.compact()
        let after = try fixture.batches()
        #expect(try fixture.entries() == model.latest(before: 6))
        #expect(after.count == 2)
        #expect(after[1].bytes == before[1].bytes)
        let (old, new) = (before[0].header, after[0].header)
        #expect(new.recordCount == 2)
        #expect(new.maxTimestamp == model.entries[3].timestamp)
        #expect(new.attributes == old.attributes)
        #expect(new.attributes.codecNumber == codec.rawValue)
        #expect((new.baseOffset, new.lastOffsetDelta, new.baseTimestamp) == (old.baseOffset, 4, old.baseTimestamp))
        #expect((new.producerId, new.producerEpoch, new.baseSequence) == (7, 0, 3))
        #expect(new.partitionLeaderEpoch == old.partitionLeaderEpoch)
    }

    @Test func theBrokersTimeIsKept() throws {
        var configuration = LogFixture.compacting()
        configuration.timestampType = .logAppendTime
        let fixture = try LogFixture(configuration)
        var model = CompactionModel()
        try fixture.put([("a", "1"), ("b", "1")], into: &model)
        fixture.clock.advance(5)
        try fixture.put("b", "2", into: &model)
        try fixture.seal()
        let before = try fixture.batches()
        try fixture.compact()
        let after = try fixture.batches()
        #expect(after.map(\.header.maxTimestamp) == before.map(\.header.maxTimestamp))
        #expect(after[0].header.attributes.isLogAppendTime)
        #expect(try fixture.entries().map(\.offset) == [0, 2])
    }

    @Test func aTombstoneStaysUntilItsHorizon() throws {
        var configuration = LogFixture.compacting()
        configuration.deleteRetentionMs = 5000
        let fixture = try LogFixture(configuration)
        var model = CompactionModel()
        try fixture.put("a", "1", into: &model)
        try fixture.put([("a", nil), ("b", "1")], into: &model)
        try fixture.seal()
        let start = fixture.clock.now
        try fixture.compact()
        #expect(try fixture.entries() == model.latest(before: 3))
        let marked = try #require(try fixture.batches().last?.header)
        #expect(marked.attributes.hasDeleteHorizon)
        #expect(marked.baseTimestamp == start + 5000)

        // Just before, and from then on. A compaction needs something new.
        for (advance, isThere) in [(4999, true), (1, false)] as [(Int64, Bool)] {
            fixture.clock.advance(advance)
            try fixture.put("c", "1", into: &model)
            try fixture.seal()
            try fixture.compact()
            #expect(try fixture.entries().contains { $0.offset == 1 } == isThere)
        }
        #expect(try fixture.entries().map(\.offset) == [2, 4])
        #expect(try fixture.entries() == model.latest(before: 5).filter { $0.value != nil })
    }

    @Test func recordsWithoutKeyGo() throws {
        let fixture = try LogFixture(LogFixture.compacting())
        var model = CompactionModel()
        try fixture.put([(nil, "1"), ("a", "1"), (nil, "2")], into: &model)
        try fixture.put([(nil, "3")], into: &model)
        try fixture.put("b", "1", into: &model)
        try fixture.seal()
        #expect(try fixture.compact()?.keylessCount == 3)
        #expect(try fixture.entries().map(\.offset) == [1, 4])
    }

    /// Nothing is left, and yet a reader at the beginning gets to the end, also after a restart.
    @Test func aLogOfWhichNothingIsLeftCanBeRead() throws {
        var configuration = LogFixture.compacting()
        configuration.deleteRetentionMs = 0
        let fixture = try LogFixture(configuration)
        var model = CompactionModel()
        for number in 0..<50 { try fixture.put("key \(number)", nil, into: &model) }
        try fixture.seal()
        try fixture.compact()
        try fixture.put("x", nil, into: &model)
        try fixture.seal()
        try fixture.compact()
        // The tombstone that came last got its horizon only now.
        #expect(try fixture.entries().map(\.offset) == [50])
        try fixture.reopen(isClean: false)
        #expect(fixture.log.recovery.corruption == nil)
        #expect(fixture.log.logStartOffset == 0)
        #expect(fixture.log.endOffset == 51)
        #expect(try fixture.entries().map(\.offset) == [50])
        #expect(fixture.log.segments.count == 2)
    }

    @Test func producersAreRemembered() throws {
        let fixture = try LogFixture(LogFixture.compacting())
        var model = CompactionModel()
        try fixture.put([("a", "1"), ("b", "1")], producerId: 7, baseSequence: 0, into: &model)
        try fixture.put([("a", "2"), ("b", "2")], producerId: 7, baseSequence: 2, into: &model)
        try fixture.put([("a", "3"), ("b", "3")], producerId: 8, baseSequence: 0, into: &model)
        try fixture.seal()
        try fixture.compact()
        // Of 7 the last batch stays, without records; of 8, too, with them.
        let batches = try fixture.batches()
        #expect(batches.map(\.header.producerId) == [7, 8])
        #expect(batches[0].header.recordCount == 0)
        #expect(batches[0].header.attributes.codecNumber == 0)
        try fixture.log.flushNow()
        for name in try fixture.fileSystem.list(LogFixture.directory) where name.hasSuffix(".snapshot") {
            try fixture.fileSystem.remove(LogFixture.directory + "/" + name)
        }
        try fixture.reopen(isClean: false)
        #expect(fixture.log.producers.entries[7]?.lastSequence == 3)
        #expect(fixture.log.producers.entries[8]?.lastSequence == 1)
        let again = LogFixture.batch(count: 2, producerId: 7, producerEpoch: 0, baseSequence: 2)
        #expect(try fixture.append(again).isDuplicate)
        #expect(try fixture.append(again).baseOffset == 2)
        // Forgotten producers hold nothing.
        fixture.clock.advance(86_400_001)
        try fixture.log.maintain(now: fixture.clock.now)
        try fixture.put("c", "1", into: &model)
        try fixture.seal()
        try fixture.compact()
        #expect(try fixture.batches().map(\.header.producerId) == [8, -1])
    }

    @Test func abortedRecordsDoNotReplaceOthers() throws {
        var configuration = LogFixture.compacting(segmentBytes: 4000)
        configuration.deleteRetentionMs = 1000
        let fixture = try LogFixture(configuration)
        var model = CompactionModel()
        let transactional: Int16 = 1 << 4
        try fixture.put("a", "committed", into: &model)
        try fixture.put([("a", "aborted")], producerId: 7, baseSequence: 0, attributes: transactional, into: &model)
        try fixture.put([("b", "1")], producerId: 8, baseSequence: 0, attributes: transactional, into: &model)
        try fixture.end(.abort, producerId: 7)
        try fixture.end(.commit, producerId: 8)
        try fixture.put([("b", "2")], producerId: 7, baseSequence: 1, attributes: transactional, into: &model)
        try fixture.seal()
        // The transaction that is open bounds the compaction.
        try fixture.compact()
        #expect(fixture.log.cleanedOffset == 5)
        #expect(try fixture.entries().map(\.offset) == [0, 2, 5])
        try fixture.end(.commit, producerId: 7)
        try fixture.seal()
        try fixture.compact()
        #expect(fixture.log.cleanedOffset == 7)
        #expect(try fixture.entries().map(\.offset) == [0, 5])
        // No data is left of the first transactions: their markers got a horizon, and go when it has come.
        func markers() throws -> [Int64] {
            try fixture.batches().filter { $0.header.attributes.isControl }.map(\.header.baseOffset)
        }
        #expect(try markers() == [3, 4, 6])
        for step in 0..<3 {
            fixture.clock.advance(1001)
            try fixture.put("x", "\(step)", into: &model)
            try fixture.seal()
            try fixture.compact()
        }
        // The one at 4 stays with the batch of its transaction, which is the last of its producer.
        #expect(try markers() == [4, 6])
        #expect(try fixture.entries().map(\.offset) == [0, 5, 9])
        #expect(fixture.log.recovery.corruption == nil)
    }

    @Test func aTableThatIsFullLeavesTheRestToTheNext() throws {
        let fixture = try LogFixture(LogFixture.compacting())
        var model = CompactionModel()
        for number in 0..<60 {
            try fixture.put([("k\(number % 20)", "\(number)"), ("u\(number)", "1")], into: &model)
        }
        try fixture.seal()
        var settings = CompactorSettings()
        settings.keysMax = 30
        var cleaned: Int64 = 0
        while try fixture.compact(settings) != nil {
            let offset = try #require(fixture.log.cleanedOffset)
            #expect(offset > cleaned)
            cleaned = offset
            let found = try fixture.entries()
            #expect(found.filter { $0.offset >= cleaned } == model.entries.filter { $0.offset >= cleaned })
        }
        #expect(cleaned == 120)
        #expect(try fixture.entries() == model.latest(before: 120))
    }

    @Test func aBrokenBatchStopsAllAndDropsNothing() throws {
        let fixture = try LogFixture(LogFixture.compacting())
        var model = CompactionModel()
        for number in 0..<40 { try fixture.put("k\(number % 3)", "value \(number)", into: &model) }
        try fixture.seal()
        let path = LogFixture.directory + "/" + LogFileName.name(fixture.log.segments[1].baseOffset, .log)
        var bytes = try #require(fixture.fileSystem.contents(at: path))
        bytes[70] ^= 1
        fixture.fileSystem.replaceContents(at: path, with: bytes)
        let base = fixture.log.segments[1].baseOffset
        let count = try fixture.fileSystem.list(LogFixture.directory).count
        #expect(throws: CompactionError.badBatch(segment: base, position: 0)) { try fixture.compact() }
        #expect(fixture.fileSystem.contents(at: path) == bytes)
        #expect(try fixture.leftovers() == [])
        #expect(try fixture.fileSystem.list(LogFixture.directory).count == count)
        #expect(fixture.log.isUncleanable)
        #expect(try fixture.compact() == nil)
    }

    @Test func whatMayNotBeCompactedYetStays() throws {
        var configuration = LogFixture.compacting()
        configuration.minCompactionLagMs = 10_000
        let fixture = try LogFixture(configuration)
        var model = CompactionModel()
        for number in 0..<20 { try fixture.put("a", "old \(number)", into: &model) }
        try fixture.seal()
        fixture.clock.advance(20_000)
        for number in 0..<20 { try fixture.put("a", "new \(number)", into: &model) }
        try fixture.seal()
        try fixture.compact()
        #expect(fixture.log.cleanedOffset == 20)
        #expect(try fixture.entries() == model.expected(compactedEnd: 20, end: 40))
        fixture.clock.advance(20_000)
        try fixture.compact()
        #expect(try fixture.entries().map(\.offset) == [39])
    }

    @Test func whenACompactionIsDue() throws {
        var configuration = LogFixture.compacting()
        configuration.minCleanableDirtyRatio = 0.5
        configuration.maxCompactionLagMs = 60_000
        let fixture = try LogFixture(configuration)
        var model = CompactionModel()
        func estimate() throws -> CompactionEstimate {
            try fixture.view.compactionEstimate(configuration, now: fixture.clock.now)
        }
        #expect(try !estimate().isDue(configuration))
        for number in 0..<100 { try fixture.put("k\(number)", "value", into: &model) }
        #expect(try estimate().isDue(configuration))
        try fixture.seal()
        try fixture.compact()
        #expect(try estimate().dirtyRatio == 0)
        for number in 0..<50 { try fixture.put("k\(number)", "value", into: &model) }
        try fixture.seal()
        let half = try estimate()
        #expect(half.dirtyRatio > 0.3 && half.dirtyRatio < 0.5)
        #expect(!half.isDue(configuration))
        fixture.clock.advance(60_001)
        #expect(try estimate().isDue(configuration))
        // Nothing is appended any more: what is in the active segment gets sealed all the same.
        try fixture.compact()
        try fixture.put("k0", "last", into: &model)
        try fixture.log.flushNow()
        #expect(try !estimate().isDue(configuration))
        fixture.clock.advance(60_001)
        try fixture.log.maintain(now: fixture.clock.now)
        #expect(try estimate().isDue(configuration))
    }

    /// A swap whose segments retention has deleted meanwhile is given up.
    @Test func aSwapThatComesTooLateIsAbandoned() throws {
        let fixture = try LogFixture(LogFixture.compacting())
        var model = CompactionModel()
        for number in 0..<60 { try fixture.put("k\(number % 3)", "value \(number)", into: &model) }
        try fixture.seal()
        var isFirst = true
        try fixture.compact {
            if isFirst { try fixture.log.deleteRecords(before: 30) }
            isFirst = false
        }
        #expect(try fixture.leftovers() == [])
        #expect(try fixture.entries() == model.entries.filter { $0.offset >= 30 })
        try fixture.reopen(isClean: false)
        #expect(try fixture.entries() == model.entries.filter { $0.offset >= 30 })
        try fixture.compact()
        #expect(try fixture.entries() == model.latest(before: 60))
    }

    @Test func segmentsAreFoundByTimeAndOffset() throws {
        let fixture = try LogFixture(LogFixture.compacting(segmentBytes: 3000))
        var model = CompactionModel()
        for number in 0..<200 {
            fixture.clock.advance(10)
            try fixture.put("k\(number * number % 37)", "value \(number)", into: &model)
        }
        try fixture.seal()
        try fixture.compact()
        for isReopened in [false, true] {
            if isReopened { try fixture.reopen(isClean: false) }
            let left = try fixture.entries()
            #expect(left == model.latest(before: 200))
            for entry in model.entries {
                let found = try fixture.view.offset(forTimestamp: entry.timestamp)
                #expect(found?.offset == left.first { $0.timestamp >= entry.timestamp }?.offset)
                let slice = try #require(try fixture.view.slice(from: entry.offset, maxBytes: 1))
                let bytes = try fixture.read(slice)
                let header = try RecordBatchHeader(bytes.rawSpan)
                #expect(header.lastOffset >= entry.offset)
                #expect(header.lastOffset == (left.first { $0.offset >= entry.offset }?.offset ?? 199))
            }
            #expect(try fixture.view.maxTimestampOffset()?.offset == 199)
            #expect(fixture.view.segments.allSatisfy { !$0.index.isBroken })
        }
    }
}
