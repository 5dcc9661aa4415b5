import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

/// One thread appends, others flush, read and look up times.
@Suite struct ConcurrencyTests {
    @Test func readersSeeOnlyWholeDurableBatches() async throws {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 20_000
        configuration.indexIntervalBytes = 500
        let fixture = try LogFixture(configuration, filesMax: 4)
        let (log, published, fileSystem) = (fixture.log, fixture.log.published, fixture.fileSystem)
        let count: Int64 = 1500
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<3 {
                group.addTask {
                    var next: Int64 = 0
                    while next < count {
                        let view = published.current
                        guard let slice = try view.slice(from: next, maxBytes: 200 + reader * 3000) else {
                            await Task.yield()
                            continue
                        }
                        let bytes = try fileSystem.bytes(of: slice.file, at: slice.position, count: slice.byteCount)
                        var position = 0
                        while position < bytes.count {
                            let batch = bytes.rawSpan.extracting(position..<bytes.count)
                            let header = try RecordBatchHeader(batch)
                            try header.verifyChecksum(of: batch)
                            #expect(header.baseOffset == next)
                            next = header.lastOffset + 1
                            position += header.byteCount
                        }
                        #expect(next <= view.highWatermark)
                        let found = try view.offset(forTimestamp: 1000 + next - 1)
                        #expect(found?.offset == next - 1)
                    }
                }
            }
            let (tickets, feed) = AsyncStream<FlushTicket<InMemoryFileSystem>>.makeStream()
            let (done, finished) = AsyncStream<FlushTicket<InMemoryFileSystem>>.makeStream()
            group.addTask {
                for await ticket in tickets {
                    try ticket.run()
                    finished.yield(ticket)
                }
            }
            var flushed = done.makeAsyncIterator()
            var pending = false
            for number in 0..<count {
                let batch = LogFixture.batch(count: 1, timestamp: 1000 + number, valueByteCount: Int(number % 90))
                _ = try log.append(batch.rawSpan, leaderEpoch: 0, now: 0, options: .verified)
                // Appends go on while the flush runs.
                if number % 5 == 4, pending, let ticket = await flushed.next() {
                    try log.endFlush(ticket)
                    pending = false
                }
                if !pending, let ticket = log.beginFlush() {
                    feed.yield(ticket)
                    pending = true
                }
            }
            if pending, let ticket = await flushed.next() { try log.endFlush(ticket) }
            try log.flushNow()
            feed.finish()
            try await group.waitForAll()
        }
        #expect(fixture.files.count <= 4)
    }
}
