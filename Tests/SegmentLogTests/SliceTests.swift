import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

@Suite struct SliceTests {
    /// 100 batches of 1 to 5 records over several segments, with more index entries than batches need.
    private func filled(segmentBytes: Int, flush: LogConfiguration.Flush = .commit) throws -> LogFixture {
        var configuration = LogConfiguration()
        configuration.segmentBytes = segmentBytes
        configuration.indexIntervalBytes = 300
        configuration.flush = flush
        let fixture = try LogFixture(configuration)
        for number in 0..<100 {
            try fixture.append(
                count: 1 + number % 5, timestamp: Int64(1000 + number * 10), valueByteCount: 20 + number % 7)
        }
        try fixture.log.flushNow()
        return fixture
    }

    @Test(arguments: [900, 5000, 1 << 20], [false, true])
    func everyOffsetIsFound(segmentBytes: Int, reopened: Bool) throws {
        let fixture = try filled(segmentBytes: segmentBytes)
        if reopened {
            try fixture.log.close()
            try fixture.reopen(isClean: true)
        }
        let all = try fixture.batches()
        #expect(all.count == 100)
        for offset in 0..<fixture.log.endOffset {
            let slice = try #require(try fixture.view.slice(from: offset, maxBytes: 1))
            let bytes = try fixture.read(slice)
            let header = try RecordBatchHeader(bytes.rawSpan)
            #expect(header.baseOffset <= offset && header.lastOffset >= offset)
            #expect(header.byteCount == bytes.count)
            #expect(slice.baseOffset == header.baseOffset)
        }
        #expect(fixture.view.segments.allSatisfy { !$0.index.isBroken })
    }

    @Test(arguments: [1, 200, 1000, 4000, 100_000])
    func slicesHoldAsManyWholeBatchesAsFit(bytesMax: Int) throws {
        let fixture = try filled(segmentBytes: 1 << 20)
        let all = try fixture.batches()
        for start in 0..<all.count {
            // Twice: by the index, and by what the segment remembers of its readers.
            for _ in 0..<2 {
                let slice = try #require(try fixture.view.slice(from: all[start].header.baseOffset, maxBytes: bytesMax))
                var expected = all[start].bytes.count
                for next in all[(start + 1)...] {
                    guard expected + next.bytes.count <= bytesMax else { break }
                    expected += next.bytes.count
                }
                #expect(slice.byteCount == expected)
            }
        }
    }

    @Test func outsideOfTheLog() throws {
        let fixture = try filled(segmentBytes: 5000)
        let end = fixture.log.endOffset
        #expect(try fixture.view.slice(from: end, maxBytes: 100) == nil)
        for offset in [-1, end + 1, .max] {
            #expect(throws: LogError.offsetOutOfRange(requested: offset, logStartOffset: 0, endOffset: end)) {
                try fixture.view.slice(from: offset, maxBytes: 100)
            }
        }
        let empty = try LogFixture()
        #expect(try empty.view.slice(from: 0, maxBytes: 100) == nil)
    }

    @Test func aWrongIndexIsFoundOutAndRebuilt() throws {
        let fixture = try filled(segmentBytes: 5000)
        try fixture.log.close()
        let path = LogFixture.directory + "/00000000000000000000.index"
        let index = try #require(fixture.fileSystem.contents(at: path))
        #expect(index.count >= 16)
        var spoiled = index
        for position in stride(from: 7, to: spoiled.count, by: 8) { spoiled[position] &+= 3 }
        fixture.fileSystem.replaceContents(at: path, with: spoiled)
        try fixture.reopen(isClean: true)
        for offset in (0..<fixture.log.endOffset).reversed() {
            let slice = try #require(try fixture.view.slice(from: offset, maxBytes: 1))
            let bytes = try fixture.read(slice)
            let header = try RecordBatchHeader(bytes.rawSpan)
            #expect(header.lastOffset >= offset)
        }
        #expect(fixture.view.segments[0].index.isBroken)
        try fixture.log.maintain(now: 0)
        #expect(!fixture.view.segments[0].index.isBroken)
        #expect(fixture.fileSystem.contents(at: path) == index)
    }

    @Test func fewFilesStayOpenHoweverManySegments() throws {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 300
        let fixture = try LogFixture(configuration, filesMax: 8)
        for _ in 0..<100 {
            try fixture.append(count: 2, valueByteCount: 50)
            try fixture.log.flushNow()
        }
        #expect(fixture.view.segments.count > 30)
        #expect(try fixture.batches(bytesMax: 1).count == 100)
        #expect(fixture.files.count <= 8)
        #expect(fixture.fileSystem.openCount <= 8)
    }

    @Test(arguments: [900, 1 << 20])
    func timesAreFoundExactly(segmentBytes: Int) throws {
        for reopened in [false, true] {
            let fixture = try filled(segmentBytes: segmentBytes)
            if reopened {
                try fixture.log.close()
                try fixture.reopen(isClean: true)
            }
            var records: [(offset: Int64, timestamp: Int64)] = []
            for batch in try fixture.batches() {
                let decoded = try DecodedBatch(decoding: batch.bytes.rawSpan, bound: 1 << 20)
                records += decoded.records.map { (decoded.header.offset(of: $0), decoded.header.timestamp(of: $0)) }
            }
            for timestamp in Int64(990)...2000 {
                let expected = records.first { $0.timestamp >= timestamp }
                let found = try fixture.view.offset(forTimestamp: timestamp, decompressedBytesMax: 1 << 20)
                #expect(found?.offset == expected?.offset && found?.timestamp == expected?.timestamp)
            }
            let newest = try #require(try fixture.view.maxTimestampOffset(decompressedBytesMax: 1 << 20))
            #expect(newest.timestamp == records.map(\.timestamp).max())
            #expect(newest.offset == records.first { $0.timestamp == newest.timestamp }?.offset)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func timesInNoOrderAreFoundExactly(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var configuration = LogConfiguration()
        configuration.segmentBytes = 2000
        configuration.indexIntervalBytes = 200
        let fixture = try LogFixture(configuration)
        var records: [(offset: Int64, timestamp: Int64)] = []
        for _ in 0..<60 {
            let times = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                Int64.random(in: 0...50, using: &generator)
            }
            let batch = RecordBatch.encode(times.map { Record(value: [1, 2, 3], timestamp: $0) })
            let base = try fixture.append(batch).baseOffset
            records += times.enumerated().map { (base + Int64($0.offset), $0.element) }
        }
        try fixture.log.flushNow()
        let start = Int64.random(in: 0...10, using: &generator)
        try fixture.log.deleteRecords(before: start)
        let visible = records.filter { $0.offset >= start }
        for timestamp in Int64(0)...51 {
            let found = try fixture.view.offset(forTimestamp: timestamp, decompressedBytesMax: 1 << 20)
            #expect(
                found?.offset == visible.first { $0.timestamp >= timestamp }?.offset, "seed \(seed), time \(timestamp)")
        }
        let newest = try fixture.view.maxTimestampOffset(decompressedBytesMax: 1 << 20)
        let largest = visible.map(\.timestamp).max()
        #expect(newest?.offset == visible.first { $0.timestamp == largest }?.offset, "seed \(seed)")
    }
}
