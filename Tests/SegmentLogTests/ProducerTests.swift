import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

@Suite struct ProducerTests {
    private func batch(_ count: Int, id: Int64 = 7, epoch: Int16 = 0, first: Int32) -> [UInt8] {
        LogFixture.batch(count: count, producerId: id, producerEpoch: epoch, baseSequence: first)
    }

    @Test func aRepeatedBatchIsAnsweredWithItsFirstOffsets() throws {
        let fixture = try LogFixture()
        for number in 0..<6 { try fixture.append(batch(2, first: Int32(number * 2))) }
        let byteCount = fixture.log.tail.byteCount
        // The last five are remembered.
        for number in 1..<6 {
            let result = try fixture.append(batch(2, first: Int32(number * 2)))
            #expect(
                result.isDuplicate && result.baseOffset == Int64(number * 2)
                    && result.lastOffset == result.baseOffset + 1)
        }
        #expect(throws: LogError.outOfOrderSequence(producerId: 7, expected: 12, found: 0)) {
            try fixture.append(batch(2, first: 0))
        }
        // The same first sequence with another number of records is another batch.
        #expect(throws: LogError.outOfOrderSequence(producerId: 7, expected: 12, found: 10)) {
            try fixture.append(batch(3, first: 10))
        }
        #expect(fixture.log.tail.byteCount == byteCount)
        #expect(fixture.log.endOffset == 12)
    }

    @Test func sequencesMustFollow() throws {
        let fixture = try LogFixture()
        // An unknown producer may begin anywhere: its history may have been deleted.
        try fixture.append(batch(2, first: 40))
        #expect(throws: LogError.outOfOrderSequence(producerId: 7, expected: 42, found: 43)) {
            try fixture.append(batch(1, first: 43))
        }
        try fixture.append(batch(1, first: 42))
        // Others are not concerned.
        try fixture.append(batch(1, id: 8, first: 0))
        try fixture.append(LogFixture.batch(count: 1))
    }

    @Test func epochsFence() throws {
        let fixture = try LogFixture()
        try fixture.append(batch(1, epoch: 3, first: 0))
        #expect(throws: LogError.invalidProducerEpoch(producerId: 7, current: 3, found: 2)) {
            try fixture.append(batch(1, epoch: 2, first: 1))
        }
        #expect(throws: LogError.outOfOrderSequence(producerId: 7, expected: -1, found: 1)) {
            try fixture.append(batch(1, epoch: 4, first: 1))
        }
        try fixture.append(batch(1, epoch: 4, first: 0))
        #expect(throws: LogError.invalidProducerEpoch(producerId: 7, current: 4, found: 3)) {
            try fixture.append(batch(1, epoch: 3, first: 1))
        }
        // Within the new epoch the batch can be repeated, one of the old epoch not.
        #expect(try fixture.append(batch(1, epoch: 4, first: 0)).isDuplicate)
    }

    @Test func sequencesWrap() throws {
        let fixture = try LogFixture()
        try fixture.append(batch(3, first: Int32.max - 1))
        #expect(throws: LogError.outOfOrderSequence(producerId: 7, expected: 1, found: 0)) {
            try fixture.append(batch(1, first: 0))
        }
        #expect(try fixture.append(batch(3, first: Int32.max - 1)).isDuplicate)
        try fixture.append(batch(2, first: 1))
        try fixture.append(batch(2, id: 9, first: Int32.max - 1))
        try fixture.append(batch(1, id: 9, first: 0))
    }

    @Test func severalBatchesOfOneAppendAreCheckedInTurn() throws {
        let fixture = try LogFixture()
        try fixture.append(batch(2, first: 0) + batch(2, first: 2))
        #expect(throws: LogError.outOfOrderSequence(producerId: 7, expected: 6, found: 7)) {
            try fixture.append(batch(2, first: 4) + batch(2, first: 7))
        }
        #expect(fixture.log.endOffset == 4)
        try fixture.append(batch(2, first: 4) + batch(2, first: 6))
    }

    /// A control batch ends a transaction and may raise the epoch; the next sequence of that epoch is 0.
    @Test func controlBatchesCarryNoSequence() throws {
        let fixture = try LogFixture()
        try fixture.append(
            RecordBatch.encode(
                [Record(value: [1], timestamp: 1)], producerId: 7, producerEpoch: 0, baseSequence: 0,
                isTransactional: true))
        #expect(fixture.log.producers.entries[7]?.transactionFirstOffset == 0)
        var header = RecordBatchHeader()
        header.attributes.rawValue = 0b11_0000
        (header.producerId, header.producerEpoch, header.baseSequence) = (7, 1, -1)
        var builder = BatchBuilder(new: header, codec: .none)
        try builder.append(
            key: [0, 0, 0, 1].rawSpan, value: [0, 0, 0, 0, 0, 0].rawSpan, headers: [0].rawSpan, timestamp: 2)
        try fixture.append(builder.finish())
        #expect(fixture.log.producers.entries[7]?.transactionFirstOffset == nil)
        try fixture.append(batch(1, epoch: 1, first: 0))
    }

    @Test(arguments: [true, false], [true, false])
    func stateSurvivesAStop(isClean: Bool, hasSnapshots: Bool) throws {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 400
        let fixture = try LogFixture(configuration)
        for number in 0..<20 {
            try fixture.append(batch(2, first: Int32(number * 2)))
            try fixture.append(batch(1, id: 100 + Int64(number), epoch: 5, first: 3))
        }
        try fixture.log.flushNow()
        if isClean { try fixture.log.close() }
        if !hasSnapshots {
            for name in try fixture.fileSystem.list(LogFixture.directory) where name.hasSuffix(".snapshot") {
                try fixture.fileSystem.remove(LogFixture.directory + "/" + name)
            }
        }
        try fixture.reopen(isClean: isClean)
        #expect(fixture.log.producers.entries.count == 21)
        #expect(try fixture.append(batch(2, first: 38)).baseOffset == 57)
        #expect(try fixture.append(batch(2, first: 38)).isDuplicate)
        #expect(throws: LogError.outOfOrderSequence(producerId: 7, expected: 40, found: 41)) {
            try fixture.append(batch(2, first: 41))
        }
        #expect(throws: LogError.invalidProducerEpoch(producerId: 110, current: 5, found: 4)) {
            try fixture.append(batch(2, id: 110, epoch: 4, first: 4))
        }
        try fixture.append(batch(2, first: 40))
    }

    @Test func aSpoiledSnapshotIsNotBelieved() throws {
        let fixture = try LogFixture()
        for number in 0..<10 { try fixture.append(batch(1, first: Int32(number))) }
        try fixture.log.close()
        let path = LogFixture.directory + "/00000000000000000010.snapshot"
        let snapshot = try #require(fixture.fileSystem.contents(at: path))
        for position in snapshot.indices {
            var spoiled = snapshot
            spoiled[position] ^= 0x10
            fixture.fileSystem.replaceContents(at: path, with: spoiled)
            try fixture.reopen(isClean: true)
            #expect(fixture.log.producers.entries[7]?.lastSequence == 9, "byte \(position)")
            fixture.fileSystem.replaceContents(at: path, with: Array(snapshot.prefix(position)))
            try fixture.reopen(isClean: true)
            #expect(fixture.log.producers.entries[7]?.lastSequence == 9, "\(position) bytes")
        }
    }

    /// A snapshot of batches that a crash took away must not come back into force when others have taken their place.
    @Test func aSnapshotBehindTheEndIsRemoved() throws {
        let fixture = try LogFixture()
        for number in 0..<4 { try fixture.append(batch(1, first: Int32(number))) }
        try fixture.log.close()
        let log = LogFixture.directory + "/00000000000000000000.log"
        let bytes = try #require(fixture.fileSystem.contents(at: log))
        try fixture.fileSystem.remove(LogFixture.directory + "/recovery-point-offset-checkpoint")
        fixture.fileSystem.replaceContents(at: log, with: Array(bytes.prefix(bytes.count / 4 * 3 + 5)))
        try fixture.reopen(isClean: false)
        #expect(fixture.log.endOffset == 3)
        #expect(fixture.log.producers.entries[7]?.lastSequence == 2)
        #expect(fixture.fileSystem.contents(at: LogFixture.directory + "/00000000000000000004.snapshot") == nil)
    }

    @Test func idleProducersAreForgotten() throws {
        var configuration = LogConfiguration()
        configuration.producerIdExpirationMs = 1000
        let fixture = try LogFixture(configuration)
        try fixture.append(batch(1, first: 5))
        fixture.clock.advance(900)
        try fixture.append(batch(1, id: 8, first: 5))
        fixture.clock.advance(100)
        try fixture.log.maintain(now: fixture.clock.now)
        #expect(fixture.log.producers.entries.keys.sorted() == [8])
        try fixture.append(batch(1, first: 99))
    }

    @Test func producersAreBounded() throws {
        var configuration = LogConfiguration()
        configuration.producersMax = 50
        let fixture = try LogFixture(configuration)
        for number in 0..<500 {
            fixture.clock.advance(1)
            try fixture.append(batch(1, id: Int64(number), first: 0))
            #expect(fixture.log.producers.entries.count <= 50)
        }
        #expect(fixture.log.producers.entries[499] != nil)
        #expect(fixture.log.producers.entries[0] == nil)
    }

    /// Kafka's layout, written out by hand.
    @Test func snapshotBytes() throws {
        var state = ProducerState(countMax: 10)
        var header = RecordBatchHeader(baseOffset: 256)
        (header.producerId, header.producerEpoch, header.baseSequence, header.lastOffsetDelta) = (9, 2, 16, 3)
        header.maxTimestamp = 1000
        state.update(header, now: 1000)
        let body: [UInt8] = [
            0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 0, 0, 0, 19, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0,
            3,
            0xe8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ]
        var expected: [UInt8] = [0, 1]
        expected.appendBigEndian(CRC32C.checksum(body.rawSpan))
        #expect(ProducerSnapshot.encode(state) == expected + body)
        #expect(ProducerSnapshot.decode(expected + body, countMax: 10)?.entries == state.entries)
    }
}
