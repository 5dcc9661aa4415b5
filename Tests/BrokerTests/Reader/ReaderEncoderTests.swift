import KafkaMessages
import NIOCore
import Testing

@testable import Broker
@testable import KafkaRecords
@testable import WasmRuntime

/// The form of what a reader gets, rule by rule.
@Suite struct ReaderEncoderTests {
    let fixture = ReaderFixture()

    @Test func keptBatchesAreSentAsTheyAre() async throws {
        var log = StoredLog()
        log.append(["a", "b", nil])
        log.append(["c"], producerId: 77)
        let fetch = try await fixture.encode(fixture.request(fixture.plan()), log)
        #expect(Array(fetch.bytes.readableBytesView) == log.batches.flatMap(\.bytes))
        #expect(fetch.recordCount == 4 && fetch.nextOffset == 4 && fetch.error == nil && fetch.isAtEnd)
    }

    /// Dropped records leave gaps; everything that places the batch stays (rule 5 of the design).
    @Test(arguments: [Codec.none, .gzip, .snappy, .lz4, .zstd])
    func droppedRecordsLeaveGaps(codec: Codec) async throws {
        var log = StoredLog()
        log.append(["a"])
        log.append(["d", "b", "d", "c", "s", "d"], codec: codec, producerId: 12, isTransactional: true)
        let fetch = try await fixture.encode(fixture.request(fixture.plan(), from: 1), log)
        #expect(try fetch.words() == ["2:b", "4:c", "5:*"])
        let header = try #require(try fetch.decoded().first).header
        let stored = log.batches[1].header
        #expect(header.baseOffset == 1 && header.lastOffsetDelta == 5 && header.recordCount == 3)
        #expect(header.attributes.codecNumber == 0 && header.attributes.isTransactional)
        #expect(header.producerId == 12 && header.producerEpoch == 2 && header.baseSequence == 5)
        #expect(header.baseTimestamp == stored.baseTimestamp && header.maxTimestamp == stored.maxTimestamp)
        #expect(header.partitionLeaderEpoch == 3)
        #expect(fetch.nextOffset == 7)
    }

    @Test func answersInTheCodecAskedFor() async throws {
        var log = StoredLog()
        log.append(["abc", "d", "ghi"], codec: .gzip)
        var request = fixture.request(try await fixture.plan())
        request.codec = .zstd
        let fetch = try await fixture.encode(request, log)
        #expect(try fetch.words() == ["0:abc", "2:ghi"])
        #expect(try fetch.decoded()[0].header.attributes.codecNumber == Codec.zstd.rawValue)
    }

    /// librdkafka can't decompress nothing, and kafka-go counts runs wrong: no codec, no payload, one for a run.
    @Test func runsOfEmptyBatchesBecomeOne() async throws {
        var log = StoredLog()
        log.append(["d", "d"], codec: .gzip, producerId: 4)
        log.append(["d"], producerId: 5, isTransactional: true)
        log.append(["d", "d", "d"])
        log.append(["a"])
        log.append(["d"], codec: .lz4, producerId: 6)
        let fetch = try await fixture.encode(fixture.request(fixture.plan()), log)
        let batches = try fetch.decoded()
        #expect(batches.map(\.header.baseOffset) == [0, 6, 7])
        #expect(batches.map(\.header.lastOffset) == [5, 6, 7])
        #expect(batches.map(\.header.recordCount) == [0, 1, 0])
        #expect(batches.map(\.header.byteCount) == [61, log.batches[3].bytes.count, 61])
        #expect(batches.allSatisfy { $0.header.attributes.rawValue == 0 })
        #expect(batches[0].header.producerId == -1, "stands for batches of two producers")
        #expect(batches[2].header.producerId == 6, "stands for one batch")
        #expect(fetch.nextOffset == 8)
    }

    @Test func aRunDoesNotCrossALeaderEpoch() async throws {
        var log = StoredLog()
        log.append(["d"], leaderEpoch: 1)
        log.append(["d"], leaderEpoch: 2)
        let batches = try await fixture.encode(fixture.request(fixture.plan()), log).decoded()
        #expect(batches.map(\.header.partitionLeaderEpoch) == [1, 2])
    }

    /// Nothing of a control batch passes but type and epoch (A20).
    @Test func controlBatchesAreMadeAnew() async throws {
        let marker = ControlRecord(type: .commit, coordinatorEpoch: 9)
        var header = RecordBatchHeader(baseOffset: 1, partitionLeaderEpoch: 3)
        header.attributes.rawValue = 1 << 4 | 1 << 5
        header.producerId = 8
        header.producerEpoch = 1
        // The same marker with a secret in value and headers.
        var builder = BatchBuilder(new: header, codec: .none)
        let value = marker.value + Array("123-45-6789".utf8)
        let headers = Record(value: nil, headers: [("ssn", Array("123-45-6789".utf8))], timestamp: 0).headerSection
        try builder.append(
            key: marker.key.rawSpan, value: value.rawSpan, headers: headers.rawSpan, timestamp: 1_700_000_000_000)
        let smuggled = builder.finish()

        var log = StoredLog()
        log.append(["a"])
        log.append(smuggled)
        log.append(["b"])
        for dialect in [AnswerDialect.emptyBatches, .noEmptyBatches] {
            let fetch = try await fixture.encode(fixture.request(fixture.plan(), dialect: dialect), log)
            let batches = try fetch.decoded()
            #expect(batches.count == 3)
            let template = try RecordBatchHeader(smuggled.rawSpan)
            #expect(
                Array(fetch.bytes.readableBytesView)
                    == log.batches[0].bytes + RecordBatch.control(marker, template: template) + log.batches[2].bytes)
            #expect(fetch.recordCount == 2)
        }
    }

    /// Bits of a record's attribute byte mean nothing and would carry what the view hides (A21).
    @Test func recordAttributesAreCleared() async throws {
        var log = StoredLog()
        log.append(["abc"])
        var bytes = log.batches[0].bytes
        bytes[RecordBatchHeader.byteCount + 1] = 0x55
        var header = try RecordBatchHeader(bytes.rawSpan)
        header.crc = CRC32C.checksum(bytes.rawSpan.extracting(droppingFirst: RecordBatchHeader.checksummedPosition))
        bytes.withUnsafeMutableBytes { header.write(to: $0) }
        var forged = StoredLog()
        forged.append(bytes)
        let fetch = try await fixture.encode(fixture.request(fixture.plan()), forged)
        #expect(Array(fetch.bytes.readableBytesView) == log.batches[0].bytes)
    }

    @Test func aBatchThatHoldsTheFetchOffsetComesWhole() async throws {
        var log = StoredLog()
        log.append(["a", "e", "b", "c"])
        let fetch = try await fixture.encode(fixture.request(fixture.plan(), from: 2), log)
        #expect(try fetch.words() == ["0:a", "2:b", "3:c"], "what failed before the position is left out")
        #expect(fetch.error == nil)
    }

    @Test func keyValueAndHeadersAreWhatTheModuleSays() async throws {
        var log = StoredLog()
        log.append(["Key", "s"])
        let fetch = try await fixture.encode(fixture.request(fixture.plan()), log)
        let batch = try fetch.decoded()[0]
        #expect(batch.record(at: 0).key == nil)
        #expect(batch.record(at: 0).value == Array("Key".utf8))
        #expect(batch.record(at: 0).headers.isEmpty)
        #expect(batch.record(at: 1).key == Array("s".utf8))
        #expect(batch.record(at: 1).headers.count == 1)
    }

    @Test func sizesCountWhatTheViewPutsOut() async throws {
        var log = StoredLog()
        let long = "s" + String(repeating: "x", count: 5000)
        for _ in 0..<10 { log.append([long]) }
        // Ten batches of 5 KB each become some 90 bytes and the key.
        let small = try await fixture.encode(fixture.request(fixture.plan(), bytesMax: 16_000), log)
        #expect(small.recordCount == 3)
        #expect(small.bytes.readableBytes <= 16_000)
        var dropped = StoredLog()
        for _ in 0..<50 { dropped.append(["d" + long]) }
        dropped.append(["a"])
        let all = try await fixture.encode(fixture.request(fixture.plan(), bytesMax: 1000), dropped)
        #expect(try all.words() == ["50:a"])
        #expect(try all.decoded().map(\.header.baseOffset) == [0, 50])
    }

    @Test func theFirstBatchComesWholeWhateverTheBounds() async throws {
        var log = StoredLog()
        log.append(["abcdef"])
        log.append(["b"])
        let plan = try await fixture.plan()
        let fetch = try await fixture.encode(fixture.request(plan, bytesMax: 1), log)
        #expect(try fetch.words() == ["0:abcdef"])
        #expect(fetch.nextOffset == 1)
        var later = fixture.request(plan, bytesMax: 70)
        later.sendsFirstWhole = false
        let none = try await fixture.encode(later, log)
        #expect(none.bytes.readableBytes == 0 && none.error == nil && none.nextOffset == 0 && !none.isAtEnd)
    }

    @Test func nothingStoredIsTheEnd() async throws {
        let fetch = try await fixture.encode(fixture.request(fixture.plan()), StoredLog())
        #expect(fetch.bytes.readableBytes == 0 && fetch.isAtEnd && fetch.error == nil && !fetch.hidesEnd)
    }

    /// A log that answers the same bytes again must not hold the thread.
    @Test func aSourceWithoutProgressEndsTheAnswer() async throws {
        var log = StoredLog()
        log.append(["a"])
        let request = fixture.request(try await fixture.plan(), from: 5)
        let (runtime, sink, nothingBelow) = (fixture.runtime, fixture.sink, fixture.nothingBelow)
        let bytes = log.batches[0].bytes
        let fetch = try await runtime.run { thread in
            ReaderEncoder.encode(request, runtime: runtime, sink: sink, nothingBelow: nothingBelow, on: thread) {
                _, _ in
                .bytes(bytes)
            }
        }
        #expect(fetch.error == .unknownServerError)
    }
}
