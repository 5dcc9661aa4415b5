import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

@Suite struct RecoveryTests {
    private static let log = LogFixture.directory + "/00000000000000000000.log"

    /// Three flushed batches in one segment, then a stop without warning.
    private func stopped() throws -> (fixture: LogFixture, bytes: [UInt8], ends: [Int]) {
        let fixture = try LogFixture()
        var ends: [Int] = []
        for count in [3, 2, 4] {
            try fixture.append(count: count)
            ends.append(fixture.log.tail.byteCount)
        }
        try fixture.log.flushNow()
        return (fixture, try #require(fixture.fileSystem.contents(at: Self.log)), ends)
    }

    @Test func aTornTailIsCutAtEveryByte() throws {
        let (fixture, bytes, ends) = try stopped()
        for count in (ends[1] + 1)..<ends[2] {
            fixture.fileSystem.replaceContents(at: Self.log, with: Array(bytes.prefix(count)))
            try fixture.reopen(isClean: false)
            #expect(fixture.log.recovery.truncatedByteCount == count - ends[1])
            #expect(fixture.log.recovery.corruption == nil)
            #expect(fixture.log.endOffset == 5)
            #expect(fixture.fileSystem.contents(at: Self.log) == Array(bytes.prefix(ends[1])))
            #expect(try fixture.append(count: 1).baseOffset == 5)
        }
    }

    /// The file has its length, but a part of the last batch never reached the disk.
    @Test(arguments: [0, 0xff] as [UInt8])
    func aTailOfOtherBytesIsCut(filler: UInt8) throws {
        let (fixture, bytes, ends) = try stopped()
        for start in stride(from: ends[1], to: ends[2] - 1, by: 7) {
            var torn = bytes
            for position in start..<ends[2] { torn[position] = filler }
            fixture.fileSystem.replaceContents(at: Self.log, with: torn)
            try fixture.reopen(isClean: false)
            #expect(fixture.log.endOffset == 5)
            #expect(fixture.log.recovery.truncatedByteCount == ends[2] - ends[1])
        }
    }

    @Test func aTailOfZerosIsCut() throws {
        let (fixture, bytes, ends) = try stopped()
        fixture.fileSystem.replaceContents(at: Self.log, with: bytes + [UInt8](repeating: 0, count: 5000))
        try fixture.reopen(isClean: false)
        #expect(fixture.log.endOffset == 9)
        #expect(fixture.log.tail.byteCount == ends[2])
    }

    /// Every byte of the middle batch in turn: what lies before stays readable, nothing is changed on disk.
    @Test func damageInTheMiddleIsNeverCut() throws {
        let (fixture, bytes, ends) = try stopped()
        for position in ends[0]..<ends[1] {
            // The leader epoch is not covered by the checksum.
            if (ends[0] + 12..<ends[0] + 16).contains(position) { continue }
            var spoiled = bytes
            spoiled[position] ^= 0x81
            fixture.fileSystem.replaceContents(at: Self.log, with: spoiled)
            try fixture.reopen(isClean: false)
            // An offset that leaves a gap looks like compaction; the batch that follows contradicts it.
            let isGap = (ends[0] + 5...ends[0] + 7).contains(position)
            let place = LogError.corrupt(segment: 0, position: isGap ? ends[1] : ends[0])
            #expect(fixture.log.recovery.corruption == place, "byte \(position - ends[0])")
            #expect(fixture.fileSystem.contents(at: Self.log) == spoiled)
            let first = try #require(try fixture.view.slice(from: 0, maxBytes: 1))
            #expect(try fixture.read(first) == Array(bytes.prefix(ends[0])))
            #expect(throws: place) { try fixture.view.slice(from: fixture.view.highWatermark, maxBytes: 1) }
            #expect(throws: place) { try fixture.append(count: 1) }
            #expect(throws: place) { try fixture.log.close() }
        }
    }

    @Test func damageInAnOlderSegmentIsNeverCut() throws {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 300
        let fixture = try LogFixture(configuration)
        for _ in 0..<6 {
            try fixture.append(count: 3, valueByteCount: 40)
            try fixture.log.flushNow()
        }
        #expect(fixture.log.segments.count == 6)
        let path = LogFixture.directory + "/00000000000000000006.log"
        var bytes = try #require(fixture.fileSystem.contents(at: path))
        bytes.removeLast()
        fixture.fileSystem.replaceContents(at: path, with: bytes)
        try fixture.reopen(isClean: false)
        #expect(fixture.log.recovery.corruption == .corrupt(segment: 6, position: 0))
        #expect(fixture.view.highWatermark == 6)
        #expect(try fixture.batches().count == 2)
        #expect(fixture.fileSystem.contents(at: path) == bytes)
        #expect(fixture.fileSystem.contents(at: LogFixture.directory + "/00000000000000000015.log") != nil)
    }

    /// What lies before the recovery point was known to be on disk: losing it is no torn tail.
    @Test func aTearBeforeTheRecoveryPointIsCorruption() throws {
        let fixture = try LogFixture()
        try fixture.append(count: 3)
        try fixture.append(count: 3)
        try fixture.log.close()
        let bytes = try #require(fixture.fileSystem.contents(at: Self.log))
        fixture.fileSystem.replaceContents(at: Self.log, with: Array(bytes.dropLast()))
        try fixture.reopen(isClean: false)
        #expect(fixture.log.recovery.corruption == .corrupt(segment: 0, position: bytes.count / 2))
        fixture.fileSystem.replaceContents(at: Self.log, with: Array(bytes.prefix(bytes.count / 2)))
        try fixture.reopen(isClean: false)
        #expect(fixture.log.recovery.corruption == .corrupt(segment: 0, position: bytes.count / 2))
    }

    @Test func aCleanStopIsTakenAtItsWord() throws {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 2000
        configuration.indexIntervalBytes = 100
        let fixture = try LogFixture(configuration)
        for number in 0..<50 { try fixture.append(count: 2, timestamp: Int64(number)) }
        try fixture.log.close()
        let tail = fixture.log.tail
        try fixture.reopen(isClean: true)
        #expect(fixture.log.recovery == RecoveryReport())
        #expect(fixture.log.endOffset == 100)
        #expect(fixture.log.tail.byteCount == tail.byteCount)
        #expect(fixture.log.tail.maxTimestamp == tail.maxTimestamp)
        #expect(fixture.log.tail.firstTimestamp == tail.firstTimestamp)
        #expect(try fixture.batches().count == 50)
        #expect(try fixture.append(count: 1).baseOffset == 100)
    }

    @Test(arguments: [".index", ".timeindex"], [true, false])
    func missingIndexesAreBuiltAnew(suffix: String, isClean: Bool) throws {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 2000
        configuration.indexIntervalBytes = 100
        let fixture = try LogFixture(configuration)
        for number in 0..<50 { try fixture.append(count: 2, timestamp: Int64(number)) }
        try fixture.log.close()
        let indexes = try fixture.fileSystem.list(LogFixture.directory).filter { $0.hasSuffix(suffix) }
        let before = indexes.map { fixture.fileSystem.contents(at: LogFixture.directory + "/" + $0) }
        for name in indexes { try fixture.fileSystem.remove(LogFixture.directory + "/" + name) }
        try fixture.reopen(isClean: isClean)
        #expect(fixture.log.recovery.rebuiltIndexCount == indexes.count)
        #expect(try fixture.batches(bytesMax: 1).count == 50)
        try fixture.log.close()
        #expect(indexes.map { fixture.fileSystem.contents(at: LogFixture.directory + "/" + $0) } == before)
    }

    @Test func epochsComeBackFromTheBatches() throws {
        let fixture = try LogFixture()
        try fixture.append(LogFixture.batch(count: 2), leaderEpoch: 3)
        try fixture.append(LogFixture.batch(count: 2), leaderEpoch: 5)
        try fixture.log.flushNow()
        try fixture.fileSystem.remove(LogFixture.directory + "/leader-epoch-checkpoint")
        try fixture.reopen(isClean: false)
        #expect(fixture.log.endOffset(ofLeaderEpoch: 3)?.endOffset == 2)
        #expect(fixture.log.endOffset(ofLeaderEpoch: 4)?.epoch == 3)
        #expect(fixture.log.endOffset(ofLeaderEpoch: 5)?.endOffset == 4)
        #expect(fixture.log.endOffset(ofLeaderEpoch: 2) == nil)
    }

    /// A record that holds a batch: the log is not cut, though it could be. The other way round would lose data.
    @Test func aBatchWithinATornRecordMakesRecoveryCareful() throws {
        let fixture = try LogFixture()
        try fixture.append(count: 1)
        let inner = stored(LogFixture.batch(count: 1), baseOffset: 7)
        try fixture.append(RecordBatch.encode([Record(value: inner + [1, 2, 3, 4, 5, 6, 7, 8], timestamp: 0)]))
        try fixture.log.flushNow()
        let bytes = try #require(fixture.fileSystem.contents(at: Self.log))
        fixture.fileSystem.replaceContents(at: Self.log, with: Array(bytes.dropLast(2)))
        try fixture.reopen(isClean: false)
        #expect(fixture.log.recovery.corruption != nil)
    }
}
