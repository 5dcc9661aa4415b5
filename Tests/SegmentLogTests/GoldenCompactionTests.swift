import Glibc
import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

/// The folder of a compacted partition, byte for byte: `Compat/golden/compacted_folder/accounts-0`, read back by kafka-python's
/// decoder (`Compat/test_log_folder.py`). It holds what compaction leaves: holes, a tombstone with its horizon, a batch
/// without records that tells a producer's last sequence, and one that ends a segment.
@Suite struct GoldenCompactionTests {
    private static let folder =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        + "/Compat/golden/compacted_folder/accounts-0"

    private func compacted() throws -> LogFixture {
        let fixture = try LogFixture(LogFixture.compacting(segmentBytes: 1200))
        var model = CompactionModel()
        try fixture.put([("a", "1"), ("b", "1")], producerId: 4000, baseSequence: 0, into: &model)
        for number in 0..<30 {
            fixture.clock.advance(10)
            try fixture.put([("key-\(number % 4)", "value \(number)"), ("one-\(number)", "1")], into: &model)
        }
        try fixture.put([("a", nil), ("b", "2")], into: &model)
        for number in 0..<30 { try fixture.put("one-\(number)", nil, into: &model) }
        try fixture.seal()
        try fixture.compact()
        try fixture.put("key-0", "last", into: &model)
        try fixture.log.close()
        return fixture
    }

    /// `SLUICE_RECORD_FIXTURES=1 swift test --filter GoldenCompactionTests` writes the folder instead; then run the Compat
    /// suite.
    @Test func theFolderIsAsRecorded() throws {
        let fixture = try compacted()
        let files = PosixFileSystem()
        let names = try fixture.fileSystem.list(LogFixture.directory).sorted()
        if getenv("SLUICE_RECORD_FIXTURES") != nil {
            for depth in [1, 0] {
                let path = Self.folder.split(separator: "/").dropLast(depth).reduce("") { $0 + "/" + $1 }
                try? files.makeDirectory(path)
            }
            for name in names {
                let bytes = fixture.fileSystem.contents(at: LogFixture.directory + "/" + name) ?? []
                try files.replace(Self.folder + "/" + name, with: bytes)
            }
        }
        #expect(try files.list(Self.folder).sorted() == names)
        for name in names {
            let found = fixture.fileSystem.contents(at: LogFixture.directory + "/" + name)
            #expect(try files.contents(of: Self.folder + "/" + name) == found, "\(name)")
        }
        let headers = try fixture.batches().map(\.header)
        #expect(headers.contains { $0.recordCount == 0 && $0.producerId == 4000 })
        #expect(headers.contains { $0.attributes.hasDeleteHorizon })
        #expect(headers.contains { $0.recordCount > 0 && $0.recordCount <= $0.lastOffsetDelta })
    }
}
