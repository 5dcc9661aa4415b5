import Glibc
import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

/// The folder of a partition, byte for byte: `Compat/golden/log_folder/accounts-0`, filled with batches that kafka-python
/// made (`Compat/golden/wire_batches.py`) and read back by its decoder (`Compat/test_log_folder.py`).
@Suite struct GoldenTests {
    private static let fixtures =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Compat/golden/log_folder"

    private func filled() throws -> LogFixture {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 1200
        configuration.indexIntervalBytes = 300
        let fixture = try LogFixture(configuration)
        let wire = try #require(try PosixFileSystem().contents(of: Self.fixtures + "/wire-batches.bin"))
        var position = 0
        while position < wire.count {
            let header = try RecordBatchHeader(wire.rawSpan.extracting(position..<wire.count))
            try fixture.append(Array(wire[position..<position + header.byteCount]), leaderEpoch: 2)
            position += header.byteCount
        }
        try fixture.log.close()
        return fixture
    }

    /// `SLUICE_RECORD_FIXTURES=1 swift test --filter GoldenTests` writes the folder instead; then run the Compat suite.
    @Test func theFolderIsAsRecorded() throws {
        let fixture = try filled()
        let files = PosixFileSystem()
        let folder = Self.fixtures + "/accounts-0"
        let names = try fixture.fileSystem.list(LogFixture.directory).sorted()
        if getenv("SLUICE_RECORD_FIXTURES") != nil {
            try? files.makeDirectory(folder)
            for name in names {
                try files.replace(
                    folder + "/" + name, with: fixture.fileSystem.contents(at: LogFixture.directory + "/" + name) ?? [])
            }
        }
        #expect(try files.list(folder).sorted() == names)
        #expect(names.filter { $0.hasSuffix(".log") }.count > 1)
        for name in names {
            let found = fixture.fileSystem.contents(at: LogFixture.directory + "/" + name)
            #expect(try files.contents(of: folder + "/" + name) == found, "\(name)")
        }
    }

    @Test func theRecordedFolderOpens() throws {
        let fileSystem = InMemoryFileSystem(root: LogFixture.directory)
        let files = PosixFileSystem()
        for name in try files.list(Self.fixtures + "/accounts-0") {
            let bytes = try #require(try files.contents(of: Self.fixtures + "/accounts-0/" + name))
            fileSystem.replaceContents(at: LogFixture.directory + "/" + name, with: bytes)
        }
        for isClean in [true, false] {
            let fixture = try LogFixture(fileSystem: fileSystem.copy(), isClean: isClean)
            #expect(fixture.log.endOffset == 30)
            #expect(fixture.log.recovery.corruption == nil)
            #expect(try fixture.batches().map { $0.header.partitionLeaderEpoch } == Array(repeating: 2, count: 7))
            #expect(fixture.log.producers.entries[4000]?.lastSequence == 4)
            #expect(fixture.log.endOffset(ofLeaderEpoch: 2)?.endOffset == 30)
        }
    }
}
