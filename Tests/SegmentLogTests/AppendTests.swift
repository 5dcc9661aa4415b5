import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

@Suite struct AppendTests {
    @Test func assignsOffsetsAndEpochAndKeepsTheRest() throws {
        let fixture = try LogFixture()
        let (first, second) = (LogFixture.batch(count: 3), LogFixture.batch(count: 2, codec: .lz4))
        let result = try fixture.append(first, leaderEpoch: 7)
        #expect(
            result
                == AppendResult(baseOffset: 0, lastOffset: 2, appendTime: -1, logStartOffset: 0, isDuplicate: false))
        #expect(try fixture.append(second, leaderEpoch: 7).baseOffset == 3)
        try fixture.log.flushNow()
        let batches = try fixture.batches()
        #expect(
            batches.map(\.bytes) == [
                stored(first, baseOffset: 0, leaderEpoch: 7), stored(second, baseOffset: 3, leaderEpoch: 7),
            ])
        #expect(
            fixture.fileSystem.contents(at: LogFixture.directory + "/leader-epoch-checkpoint")
                == Array("0\n1\n7 0\n".utf8))
    }

    @Test func severalBatchesInOneAppend() throws {
        let fixture = try LogFixture()
        try fixture.append(LogFixture.batch(count: 3) + LogFixture.batch(count: 4))
        try fixture.log.flushNow()
        #expect(try fixture.batches().map(\.header.baseOffset) == [0, 3])
        #expect(fixture.log.endOffset == 7)
    }

    @Test func appendTimeReplacesTimestampsAndChecksum() throws {
        var configuration = LogConfiguration()
        configuration.timestampType = .logAppendTime
        let fixture = try LogFixture(configuration)
        let result = try fixture.append(LogFixture.batch(count: 3, timestamp: 5))
        #expect(result.appendTime == fixture.clock.now)
        try fixture.log.flushNow()
        let batch = try #require(try fixture.batches().first)
        #expect(batch.header.attributes.isLogAppendTime)
        #expect(batch.header.maxTimestamp == fixture.clock.now)
        let decoded = try DecodedBatch(decoding: batch.bytes.rawSpan, bound: 1 << 20)
        #expect(
            decoded.records.map { decoded.header.timestamp(of: $0) } == Array(repeating: fixture.clock.now, count: 3))
    }

    @Test func refusesWhatIsNotWholeBatches() throws {
        let fixture = try LogFixture()
        let batch = LogFixture.batch(count: 3)
        var spoiled = batch
        spoiled[70] ^= 1
        for bytes in [Array(batch.dropLast()), batch + [0], spoiled, []] {
            #expect(throws: LogError.self) { try fixture.append(bytes) }
        }
        #expect(fixture.log.endOffset == 0)
        #expect(try fixture.append(batch).baseOffset == 0)
    }

    @Test func refusesMoreThanASegment() throws {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 200
        let fixture = try LogFixture(configuration)
        let batch = LogFixture.batch(count: 30)
        #expect(throws: LogError.appendTooLarge(byteCount: batch.count, limit: 200)) { try fixture.append(batch) }
    }

    @Test func readersSeeABatchWhenItIsFlushed() throws {
        let fixture = try LogFixture()
        try fixture.append(count: 3)
        #expect(fixture.view.highWatermark == 0)
        #expect(fixture.view.endOffset == 3)
        #expect(try fixture.view.slice(from: 0, maxBytes: 100) == nil)
        let ticket = try #require(fixture.log.beginFlush())
        #expect(fixture.log.beginFlush() == nil)
        try fixture.append(count: 2)
        try ticket.run()
        try fixture.log.endFlush(ticket)
        #expect(fixture.view.highWatermark == 3)
        #expect(try fixture.batches().map(\.header.lastOffset) == [2])
        try fixture.log.flushNow()
        #expect(fixture.view.highWatermark == 5)
        #expect(fixture.log.beginFlush() == nil)
    }

    @Test func withoutCommitReadersSeeABatchAtOnce() throws {
        var configuration = LogConfiguration()
        configuration.flush = .os
        let fixture = try LogFixture(configuration)
        try fixture.append(count: 3)
        #expect(fixture.view.highWatermark == 3)
        #expect(try fixture.batches().count == 1)
    }

    @Test func aFailedSyncIsFinal() throws {
        let fixture = try LogFixture()
        try fixture.append(count: 1)
        try fixture.log.flushNow()
        try fixture.append(count: 1)
        let ticket = try #require(fixture.log.beginFlush())
        fixture.fileSystem.fail(after: 1)
        #expect(throws: LogError.offline(FileError(.sync, code: FileError.inputOutput))) { try ticket.run() }
        #expect(throws: LogError.offline(FileError(.sync, code: FileError.inputOutput))) {
            try fixture.log.endFlush(ticket)
        }
        #expect(throws: LogError.offline(FileError(.sync, code: FileError.inputOutput))) {
            try fixture.append(count: 1)
        }
        #expect(fixture.log.beginFlush() == nil)
        #expect(throws: LogError.self) { try fixture.log.close() }
        // What was acknowledged stays readable.
        #expect(try fixture.batches().map(\.header.lastOffset) == [0])
    }

    @Test func aFullDiskLeavesNothingBehind() throws {
        let fixture = try LogFixture()
        try fixture.append(count: 1)
        fixture.fileSystem.fail(after: 1, code: FileError.noSpace)
        #expect(throws: LogError.io(FileError(.write, code: FileError.noSpace))) {
            try fixture.append(count: 1, valueByteCount: 1000)
        }
        #expect(try fixture.append(count: 2).baseOffset == 1)
        try fixture.log.flushNow()
        #expect(try fixture.batches().map(\.header.lastOffset) == [0, 2])
        let file = try #require(fixture.fileSystem.contents(at: LogFixture.directory + "/00000000000000000000.log"))
        #expect(file.count == fixture.log.tail.byteCount)
    }
}
