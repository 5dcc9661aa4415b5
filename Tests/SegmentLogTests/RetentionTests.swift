import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

@Suite struct RetentionTests {
    /// Ten segments of one batch with three records each; timestamps 0, 100, 200, ….
    private func filled(_ change: (inout LogConfiguration) -> Void = { _ in }) throws -> LogFixture {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 150
        configuration.retentionMs = nil
        change(&configuration)
        let fixture = try LogFixture(configuration)
        for number in 0..<10 {
            try fixture.append(count: 3, timestamp: Int64(number * 100))
            try fixture.log.flushNow()
        }
        #expect(fixture.log.segments.count == 10)
        return fixture
    }

    @Test func byTime() throws {
        let fixture = try filled { $0.retentionMs = 1000 }
        // The newest record of the third segment, 202, is just not too old.
        #expect(try fixture.log.maintain(now: 1202) == 2)
        #expect(fixture.view.logStartOffset == 6)
        #expect(try fixture.log.maintain(now: 1202) == 0)
        #expect(try fixture.log.maintain(now: 1203) == 1)
        #expect(fixture.fileSystem.contents(at: LogFixture.directory + "/00000000000000000006.log") == nil)
        #expect(fixture.fileSystem.contents(at: LogFixture.directory + "/00000000000000000006.index") == nil)
        #expect(throws: LogError.offsetOutOfRange(requested: 8, logStartOffset: 9, endOffset: 30)) {
            try fixture.view.slice(from: 8, maxBytes: 1)
        }
    }

    /// When all is too old, the active segment is rolled and goes, too.
    @Test func byTimeToTheEnd() throws {
        let fixture = try filled { $0.retentionMs = 1000 }
        #expect(try fixture.log.maintain(now: 100_000) == 10)
        #expect(fixture.log.logStartOffset == 30 && fixture.log.endOffset == 30)
        #expect(try fixture.batches().isEmpty)
        #expect(try fixture.append(count: 1).baseOffset == 30)
        try fixture.log.flushNow()
        try fixture.reopen(isClean: false)
        #expect(try fixture.batches().map(\.header.baseOffset) == [30])
    }

    /// The disk is full: nothing can be written, not even a note, and deleting is what makes room.
    @Test(arguments: [1202, 100_000])
    func onAFullDisk(now: Int64) throws {
        let fixture = try filled { $0.retentionMs = 1000 }
        fixture.fileSystem.fillUp()
        #expect(throws: LogError.io(FileError(.write, code: FileError.noSpace))) { try fixture.append(count: 3) }
        let count = try fixture.log.maintain(now: now)
        // All but the active segment, which can't be rolled on the full disk.
        #expect(count == (now == 1202 ? 2 : 9))
        #expect(fixture.view.logStartOffset == Int64(count * 3))
        #expect(try fixture.batches().map(\.header.baseOffset) == (count..<10).map { Int64($0 * 3) })
        // There is room again, and nothing else is wrong.
        #expect(try fixture.append(count: 1).baseOffset == 30)
        try fixture.log.flushNow()
        try fixture.reopen(isClean: false)
        #expect(fixture.log.logStartOffset == Int64(count * 3) && fixture.log.endOffset == 31)
    }

    /// Each step of deleting on a full disk is the last before a crash.
    @Test(arguments: [InMemoryFileSystem.Survival.nothing, .everything, .prefix(seed: 1), .prefix(seed: 2)])
    func aCrashOnAFullDiskLeavesNoGap(survival: InMemoryFileSystem.Survival) throws {
        for step in 1...40 {
            let fixture = try filled { $0.retentionMs = 1000 }
            fixture.fileSystem.fillUp()
            fixture.fileSystem.powerOff(after: step)
            _ = try? fixture.log.maintain(now: 1202)
            guard fixture.fileSystem.isOff else { break }
            fixture.fileSystem.crash(survival)
            try fixture.reopen(isClean: false)
            #expect(fixture.log.recovery.corruption == nil, "step \(step)")
            let bases = try fixture.batches().map(\.header.baseOffset)
            #expect(bases == (10 - bases.count..<10).map { Int64($0 * 3) }, "step \(step)")
            #expect(bases.count >= 8, "step \(step)")
        }
    }

    @Test func bySize() throws {
        let fixture = try filled()
        let size = try fixture.log.byteCount() / 10
        fixture.log.configuration.retentionBytes = Int64(size * 4)
        #expect(try fixture.log.maintain(now: 0) == 6)
        #expect(fixture.view.logStartOffset == 18)
        fixture.log.configuration.retentionBytes = 0
        // Never the active one.
        #expect(try fixture.log.maintain(now: 0) == 3)
        #expect(fixture.view.logStartOffset == 27)
    }

    @Test func notWithoutTheDeletePolicy() throws {
        let fixture = try filled {
            $0.deletesOldSegments = false
            $0.retentionMs = 1
            $0.retentionBytes = 0
        }
        #expect(try fixture.log.maintain(now: 100_000) == 0)
    }

    @Test func deletingRecordsMovesTheStart() throws {
        let fixture = try filled()
        #expect(try fixture.log.deleteRecords(before: 10) == 10)
        #expect(fixture.log.segments.first?.baseOffset == 9)
        #expect(fixture.view.logStartOffset == 10)
        // The batch that holds the start is sent whole; clients skip what lies before.
        #expect(try fixture.view.slice(from: 10, maxBytes: 1)?.baseOffset == 9)
        #expect(throws: LogError.offsetOutOfRange(requested: 9, logStartOffset: 10, endOffset: 30)) {
            try fixture.view.slice(from: 9, maxBytes: 1)
        }
        #expect(try fixture.log.deleteRecords(before: 5) == 10)
        for offset in [-1, 31] as [Int64] {
            #expect(throws: LogError.offsetOutOfRange(requested: offset, logStartOffset: 10, endOffset: 30)) {
                try fixture.log.deleteRecords(before: offset)
            }
        }
        try fixture.reopen(isClean: false)
        #expect(fixture.view.logStartOffset == 10)
        #expect(
            fixture.fileSystem.contents(at: LogFixture.directory + "/log-start-offset-checkpoint")
                == Array("0\n1\naccounts 0 10\n".utf8))
        #expect(try fixture.log.deleteRecords(before: 30) == 30)
        #expect(try fixture.batches().isEmpty)
    }

    @Test func aSliceOutlivesItsSegment() throws {
        let fixture = try filled { $0.retentionMs = 1000 }
        let (old, slice) = (fixture.view, try #require(try fixture.view.slice(from: 0, maxBytes: 1000)))
        let before = try fixture.read(slice)
        try fixture.log.maintain(now: 1500)
        #expect(try fixture.read(slice) == before)
        // A view of before, whose segment nobody has open, says what is true now.
        #expect(throws: LogError.offsetOutOfRange(requested: 1, logStartOffset: 3, endOffset: 30)) {
            try old.slice(from: 1, maxBytes: 1000)
        }
    }

    @Test func segmentsRollByTime() throws {
        var configuration = LogConfiguration()
        configuration.segmentMs = 1000
        let fixture = try LogFixture(configuration)
        try fixture.append(count: 1, timestamp: 5000)
        try fixture.append(count: 1, timestamp: 6000)
        #expect(fixture.log.segments.count == 1)
        try fixture.append(count: 1, timestamp: 6001)
        #expect(fixture.log.segments.count == 2)
        // Also after the log has been opened again.
        try fixture.log.close()
        try fixture.reopen(isClean: true)
        try fixture.append(count: 1, timestamp: 7001)
        #expect(fixture.log.segments.count == 2)
        try fixture.append(count: 1, timestamp: 7002)
        #expect(fixture.log.segments.count == 3)
    }

    @Test func segmentsRollWhenAnIndexIsFull() throws {
        var configuration = LogConfiguration()
        configuration.segmentIndexBytes = 80
        configuration.indexIntervalBytes = 1
        let fixture = try LogFixture(configuration)
        for number in 0..<60 {
            try fixture.append(count: 1, timestamp: Int64(number))
            try fixture.log.flushNow()
        }
        #expect(fixture.log.segments.count > 5)
        for segment in fixture.log.segments.dropLast() {
            let index = try #require(fixture.fileSystem.contents(at: segment.path(.index)))
            let timeIndex = try #require(fixture.fileSystem.contents(at: segment.path(.timeIndex)))
            #expect(index.count <= 80 && timeIndex.count <= 80 && !index.isEmpty)
        }
        #expect(try fixture.batches().count == 60)
    }

    /// Offsets relative to the segment's base have 31 bits.
    @Test func segmentsRollBeforeOffsetsPassTheIndex() throws {
        let fixture = try LogFixture()
        var header = RecordBatchHeader()
        header.lastOffsetDelta = Int32.max - 2
        let wide = RecordBatch.empty(header)
        try fixture.append(wide)
        try fixture.append(count: 2)
        #expect(fixture.log.segments.count == 1)
        try fixture.append(count: 1)
        #expect(fixture.log.segments.map(\.baseOffset) == [0, Int64(Int32.max) + 1])
        try fixture.log.flushNow()
        #expect(try fixture.batches(bytesMax: 1).count == 3)
        try fixture.reopen(isClean: false)
        #expect(fixture.log.endOffset == Int64(Int32.max) + 2)
    }
}
