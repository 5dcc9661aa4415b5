import KafkaMessages
import KafkaRecords
import Testing

@testable import Broker
@testable import WasmRuntime

/// The three on-error rules: none of them yields the record.
@Suite struct OnErrorTests {
    let fixture = ReaderFixture()

    @Test func stopSendsWhatCameBeforeThenTheError() async throws {
        var log = StoredLog()
        log.append(["a", "b"])
        log.append(["c", "t", "d"])
        log.append(["f"])
        let plan = try await fixture.plan(.stop)
        let first = try await fixture.encode(fixture.request(plan), log)
        #expect(try first.words() == ["0:a", "1:b"])
        #expect(first.error == nil && first.nextOffset == 2)
        let second = try await fixture.encode(fixture.request(plan, from: 2), log)
        #expect(second.bytes.readableBytes == 0 && second.error == .unknownServerError && second.recordCount == 0)
        // Behind the bad record the reader goes on.
        let third = try await fixture.encode(fixture.request(plan, from: 4), log)
        #expect(try third.words() == ["2:c", "5:f"])
    }

    @Test func anEmptyRunIsSentBeforeTheError() async throws {
        var log = StoredLog()
        log.append(["d"])
        log.append(["e"])
        let plan = try await fixture.plan(.stop)
        let first = try await fixture.encode(fixture.request(plan), log)
        #expect(first.error == nil && first.nextOffset == 1 && first.bytes.readableBytes == 61)
        #expect(try await fixture.encode(fixture.request(plan, from: 1), log).error == .unknownServerError)
        let old = try await fixture.encode(fixture.request(plan, dialect: .noEmptyBatches), log)
        #expect(old.error == .unknownServerError)
    }

    @Test func dropLeavesAGap() async throws {
        var log = StoredLog()
        log.append(["a", "e", "b", "t"])
        let fetch = try await fixture.encode(fixture.request(fixture.plan(.drop)), log)
        #expect(try fetch.words() == ["0:a", "2:b"])
        #expect(fetch.nextOffset == 4 && fetch.error == nil)
    }

    @Test func replaceSaysTheClass() async throws {
        var log = StoredLog()
        log.append(["a", "e", "t", "b"], codec: .zstd)
        let fetch = try await fixture.encode(fixture.request(fixture.plan(.replace)), log)
        #expect(
            try fetch.words() == [
                "0:a", "1:null sluice-error=module_error", "2:null sluice-error=trap", "3:b",
            ])
        #expect(try fetch.decoded()[0].record(at: 1).key == nil)
    }

    @Test func failuresAreReportedByCoordinates() async throws {
        var log = StoredLog()
        log.append(["a", "e", "t"])
        let plan = try await fixture.plan(.drop)
        _ = try await fixture.encode(fixture.request(plan), log)
        #expect(fixture.sink.failures.map(\.offset) == [1, 2])
        #expect(fixture.sink.failures.map(\.failure) == [.moduleError, .trap])
        let first = try #require(fixture.sink.failures.first)
        #expect(first.topic == "accounts" && first.topicId == ReaderFixture.topicId && first.partition == 4)
        #expect(first.step == 0 && first.module == plan.steps[0].module.sha256)
        #expect(first.digest == plan.digest && first.rule == .drop)
    }

    @Test func aBatchFullOfFailuresIsCountedNotListed() async throws {
        var log = StoredLog()
        log.append(Array(repeating: "e", count: 250))
        _ = try await fixture.encode(fixture.request(fixture.plan(.drop)), log)
        #expect(fixture.sink.failures.count == 100)
        #expect(fixture.sink.omitted == 150)
    }

    @Test(arguments: [OnErrorRule.stop, .drop, .replace])
    func corruptBatchesAreNeverPassedOver(rule: OnErrorRule) async throws {
        var log = StoredLog()
        log.append(["a"])
        log.append(["b"])
        var damaged = StoredLog()
        damaged.append(log.batches[0].bytes)
        var bytes = log.batches[1].bytes
        bytes[bytes.count - 3] ^= 1
        damaged.append(bytes)
        let plan = try await fixture.plan(rule)
        let first = try await fixture.encode(fixture.request(plan), damaged)
        #expect(try first.words() == ["0:a"])
        let second = try await fixture.encode(fixture.request(plan, from: 1), damaged)
        #expect(second.error == .corruptMessage && second.bytes.readableBytes == 0)
        #expect(fixture.sink.failures.allSatisfy { $0.failure == .corrupt && $0.offset == 1 && $0.step == nil })
    }

    /// A batch with a right checksum whose payload isn't what its codec says: as its producer made it.
    @Test(arguments: [OnErrorRule.stop, .drop, .replace])
    func undecodableBatches(rule: OnErrorRule) async throws {
        var log = StoredLog()
        log.append(["abc", "def"])
        var bytes = log.batches[0].bytes
        var header = log.batches[0].header
        header.attributes = header.attributes.with(codec: .gzip)
        bytes.withUnsafeMutableBytes { header.write(to: $0) }
        header.crc = CRC32C.checksum(bytes.rawSpan.extracting(droppingFirst: RecordBatchHeader.checksummedPosition))
        bytes.withUnsafeMutableBytes { header.write(to: $0) }
        var bad = StoredLog()
        bad.append(bytes)
        bad.append(["g"])
        let plan = try await fixture.plan(rule)
        let fetch = try await fixture.encode(fixture.request(plan), bad)
        switch rule {
        case .stop: #expect(fetch.error == .unknownServerError && fetch.bytes.readableBytes == 0)
        case .drop:
            #expect(try fetch.words() == ["2:g"])
            #expect(try fetch.decoded()[0].header.lastOffset == 1)
        case .replace: #expect(try fetch.words() == ["0:null sluice-error=codec", "2:g"])
        }
        #expect(fixture.sink.failures.first?.failure == .codec)
        var quarantining = fixture.request(plan)
        quarantining.quarantined = [0]
        #expect(try await fixture.encode(quarantining, bad).words() == ["2:g"])
    }

    @Test func aBatchThatExplodesIsACodecFailure() async throws {
        var log = StoredLog()
        log.append([String(repeating: "a", count: 100_000)], codec: .gzip)
        var request = fixture.request(try await fixture.plan(.stop))
        request.decompressedMax = 50_000
        #expect(try await fixture.encode(request, log).error == .unknownServerError)
        #expect(fixture.sink.failures.map(\.failure) == [.codec])
    }

    @Test func aQuarantinedRecordIsLeftOut() async throws {
        var log = StoredLog()
        log.append(["a", "t", "b", "c"])
        var request = fixture.request(try await fixture.plan(.stop))
        request.quarantined = [1, 3]
        let fetch = try await fixture.encode(request, log)
        #expect(try fetch.words() == ["0:a", "2:b"])
        #expect(fixture.sink.failures.isEmpty)
    }

    /// While a record is judged the partition says 56; afterwards the fuel has decided.
    @Test func interruptsDelayAndDecideNothing() async throws {
        var log = StoredLog()
        log.append(["a"])
        log.append(["b", "l", "c"])
        let limits = GuestLimits(callMs: 20, fuelPerRecord: 20_000_000)
        let plan = try await fixture.plan(.replace, limits: limits)
        let waiting = try await fixture.encode(fixture.request(plan, from: 1), log)
        #expect(waiting.bytes.readableBytes == 0 && waiting.error == .kafkaStorageError)
        try await fixture.runtime.settle()
        let judged = try await fixture.encode(fixture.request(plan, from: 1), log)
        #expect(try judged.words() == ["1:b", "2:null sluice-error=fuel", "3:c"])
        // What comes before is sent without waiting for it.
        let other = try await fixture.plan(.replace, limits: limits, digest: 2)
        let before = try await fixture.encode(fixture.request(other), log)
        #expect(try before.words() == ["0:a"] && before.error == nil)
    }
}
