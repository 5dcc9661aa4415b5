import KafkaRecords
import Testing
import Views

@testable import Broker

/// `#expect` can't call what mutates a value.
private final class Written {
    var log: ViewErrorLog
    init(_ log: ViewErrorLog = ViewErrorLog()) { self.log = log }
    func record(of error: ViewError, now: Int64) -> Record? { log.record(of: error, now: now) }
    var droppedCount: UInt64 { log.droppedCount }
}

@Suite struct ViewErrorLogTests {
    func error(_ offset: Int64, seed: UInt8 = 1) -> ViewError {
        ViewError(
            digest: Digest(hashing: [seed]),
            topic: TopicRef(id: (0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F), name: "accounts"),
            partition: 3, offset: offset, groupCount: 2, errorClass: "trap", step: 0,
            module: VersionedName(name: "scrub-ssn", version: 3), rule: .drop)
    }

    @Test func recordsAreWrittenOnce() throws {
        let log = Written()
        let record = try #require(log.record(of: error(77), now: 1_769_860_800_000))
        let digest = Digest(hashing: [1])
        #expect(
            record.key.map { String(decoding: $0, as: UTF8.self) }
                == #"{"digest":"\#(digest)","offset":77,"partition":3,"topic_id":"AAECAwQFBgcICQoLDA0ODw"}"#)
        #expect(
            record.value.map { String(decoding: $0, as: UTF8.self) }
                == #"{"at":"2026-01-31T12:00:00.000Z","class":"trap","group_count":2,"module":"scrub-ssn@3","rule":"drop","step":0,"topic":"accounts","v":1}"#
        )
        #expect(log.record(of: error(77), now: 1_769_860_900_000) == nil)
        #expect(log.record(of: error(77, seed: 2), now: 1_769_860_900_000) != nil)
        #expect(log.droppedCount == 0)
    }

    @Test func atMostAHundredASecond() {
        let log = Written()
        let written = (0..<150).filter { log.record(of: error(Int64($0)), now: 5_999) != nil }
        #expect(written.count == 100 && log.droppedCount == 50)
        // What was over comes again with the next poll.
        #expect(log.record(of: error(149), now: 6_000) != nil)
        #expect(log.record(of: error(0), now: 6_000) == nil)
    }

    @Test func memoryIsBounded() {
        let log = Written(ViewErrorLog(keysMax: 10))
        for offset in 0..<25 { #expect(log.record(of: error(Int64(offset)), now: Int64(offset) * 1_000) != nil) }
        #expect(log.record(of: error(24), now: 100_000) == nil)
        #expect(log.record(of: error(15), now: 100_000) == nil)
        #expect(log.record(of: error(14), now: 100_000) != nil)
    }
}
