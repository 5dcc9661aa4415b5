import KafkaMessages
import KafkaRecords
import Testing

@testable import Broker
@testable import WasmRuntime

/// Fetch 10 and earlier: kafka-go crashes or loops on empty batches and on compressed ones without their last record.
@Suite struct OldDialectTests {
    let fixture = ReaderFixture()

    @Test func versionsPickTheDialect() {
        for version: Int16 in 4...10 { #expect(AnswerDialect(fetchVersion: version) == .noEmptyBatches) }
        for version: Int16 in 11...18 { #expect(AnswerDialect(fetchVersion: version) == .emptyBatches) }
    }

    @Test func emptyBatchesAreLeftOutAndNothingIsCompressed() async throws {
        var log = StoredLog()
        log.append(["d", "d"], codec: .gzip)
        log.append(["a", "d"], codec: .gzip)
        log.append(["d"])
        var request = fixture.request(try await fixture.plan(), dialect: .noEmptyBatches)
        request.codec = .gzip
        let fetch = try await fixture.encode(request, log)
        let batches = try fetch.decoded()
        #expect(batches.map(\.header.baseOffset) == [2])
        #expect(batches[0].header.attributes.codecNumber == 0 && batches[0].header.lastOffsetDelta == 1)
        #expect(fetch.nextOffset == 5 && !fetch.hidesEnd)
    }

    @Test func nothingLeftHidesTheEndAndIsRemembered() async throws {
        var log = StoredLog()
        for _ in 0..<5 { log.append(["d", "d"]) }
        let plan = try await fixture.plan()
        let request = fixture.request(plan, dialect: .noEmptyBatches)
        let first = try await fixture.encode(request, log)
        #expect(first.bytes.readableBytes == 0 && first.isAtEnd && first.hidesEnd && first.nextOffset == 10)

        let key = NothingBelow.Key(
            topicId: ReaderFixture.topicId, partition: 4, leaderEpoch: 3, digest: plan.digest)
        #expect(fixture.nothingBelow.skip(key, from: 0) == 10)
        #expect(fixture.nothingBelow.skip(key, from: 7) == 10)
        log.append(["a"])
        let second = try await fixture.encode(request, log)
        #expect(try second.words() == ["10:a"])
        #expect(!second.hidesEnd)

        // Another view, another epoch, another partition: nothing is known.
        for other in [
            NothingBelow.Key(topicId: ReaderFixture.topicId, partition: 5, leaderEpoch: 3, digest: plan.digest),
            NothingBelow.Key(topicId: ReaderFixture.topicId, partition: 4, leaderEpoch: 4, digest: plan.digest),
            NothingBelow.Key(
                topicId: ReaderFixture.topicId, partition: 4, leaderEpoch: 3,
                digest: ViewDigest([UInt8](repeating: 9, count: 32))),
        ] {
            #expect(fixture.nothingBelow.skip(other, from: 0) == 0)
        }
    }

    @Test func memoryIsBoundedAndJoinsRanges() {
        let memory = NothingBelow(limit: 2)
        func key(_ partition: Int32) -> NothingBelow.Key {
            NothingBelow.Key(
                topicId: ReaderFixture.topicId, partition: partition, leaderEpoch: 1,
                digest: ViewDigest([UInt8](repeating: 1, count: 32)))
        }
        memory.note(key(0), 5, 10)
        memory.note(key(0), 10, 20)
        #expect(memory.skip(key(0), from: 5) == 20)
        #expect(memory.skip(key(0), from: 4) == 4)
        #expect(memory.skip(key(0), from: 20) == 20)
        // A range apart takes the place of the old one: never joined over what lies between.
        memory.note(key(0), 30, 40)
        #expect(memory.skip(key(0), from: 5) == 5)
        #expect(memory.skip(key(0), from: 30) == 40)
        memory.note(key(1), 0, 1)
        memory.note(key(2), 0, 1)
        #expect(memory.skip(key(0), from: 30) == 30)
        #expect(memory.skip(key(2), from: 0) == 1)
    }

    @Test func quarantinedOffsetsAreNotRemembered() async throws {
        var log = StoredLog()
        log.append(["a"])
        var request = fixture.request(try await fixture.plan(), dialect: .noEmptyBatches)
        request.quarantined = [0]
        #expect(try await fixture.encode(request, log).recordCount == 0)
        request.quarantined = []
        #expect(try await fixture.encode(request, log).words() == ["0:a"])
    }
}
