import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

/// The same log on the files of the operating system.
@Suite struct PosixTests {
    @Test func aLogOnRealFiles() throws {
        try withTemporaryDirectory { root in
            let path = root + "/data"
            let identity = LogIdentity(clusterId: "c", nodeId: 1, directoryId: "d")
            let name = PartitionName(topic: "accounts", partition: 0)
            var configuration = LogConfiguration()
            configuration.segmentBytes = 3000
            configuration.indexIntervalBytes = 200
            var expected: [[UInt8]] = []
            for round in 0..<3 {
                let directory = try LogDirectory.open(
                    path, fileSystem: PosixFileSystem(), identity: identity, filesMax: 8)
                #expect(directory.isClean == (round == 1))
                #expect(throws: LogError.locked(path: path)) {
                    try LogDirectory.open(path, fileSystem: PosixFileSystem(), identity: identity)
                }
                if round == 0 { try directory.create(name, topicId: TopicId(high: 1, low: 2)) }
                let log = try directory.openLog(name, configuration: configuration, now: 0)
                #expect(log.endOffset == Int64(expected.count * 2))
                for number in 0..<40 {
                    let batch = LogFixture.batch(count: 2, timestamp: Int64(number), valueByteCount: 100, codec: .zstd)
                    let base = try log.append(batch.rawSpan, leaderEpoch: 0, now: 0, options: .verified).baseOffset
                    expected.append(stored(batch, baseOffset: base))
                }
                let ticket = try #require(log.beginFlush())
                try ticket.run()
                try log.endFlush(ticket)
                var found: [[UInt8]] = []
                var next: Int64 = 0
                while let slice = try log.published.current.slice(from: next, maxBytes: 1) {
                    found.append(
                        try PosixFileSystem().bytes(of: slice.file, at: slice.position, count: slice.byteCount))
                    next = slice.baseOffset + 2
                    try PosixFileSystem().readAhead(slice.file, at: slice.position, byteCount: slice.byteCount)
                }
                #expect(found == expected)
                #expect(directory.files.count <= 8)
                if round == 0 {
                    try log.close()
                    try directory.close()
                }
            }
            let directory = try LogDirectory.open(path, fileSystem: PosixFileSystem(), identity: identity)
            try directory.delete(name).run()
            #expect(try directory.partitions().isEmpty)
        }
    }

    @Test func errorsCarryTheSystemsNumber() throws {
        let fileSystem = PosixFileSystem()
        #expect(throws: FileError(.open, code: FileError.notFound, path: "/no/such/file")) {
            try fileSystem.open("/no/such/file", .read)
        }
        #expect(throws: FileError(.list, code: FileError.notFound, path: "/no/such")) {
            try fileSystem.list("/no/such")
        }
        #expect(throws: FileError(.makeDirectory, code: FileError.alreadyExists, path: "/")) {
            try fileSystem.makeDirectory("/")
        }
    }

    /// More pieces than one system call takes.
    @Test func aWriteOfManyPieces() throws {
        try withTemporaryDirectory { root in
            let fileSystem = PosixFileSystem()
            let file = try fileSystem.open(root + "/many", .create)
            let (patches, body) = ((0..<3000).map { UInt8(truncatingIfNeeded: $0) }, [UInt8](repeating: 7, count: 3000))
            var pieces: [GatherPiece] = []
            var expected: [UInt8] = []
            for number in 0..<3000 {
                pieces.append(GatherPiece(isPatch: number % 3 == 0, start: number, count: 1))
                expected.append(number % 3 == 0 ? patches[number] : 7)
            }
            try fileSystem.write(file, at: 5, pieces: pieces, patches: patches.rawSpan, body: body.rawSpan)
            #expect(try fileSystem.bytes(of: file, at: 5, count: 4000) == expected)
            #expect(try fileSystem.size(of: file) == 3005)
        }
    }

    private func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
        var generator = SystemRandomNumberGenerator()
        let path = "/tmp/sluice-test-" + String(generator.next(), radix: 36)
        let fileSystem = PosixFileSystem()
        try fileSystem.makeDirectory(path)
        defer { try? removeAll(path) }
        try body(path)
    }

    private func removeAll(_ path: String) throws {
        let fileSystem = PosixFileSystem()
        for name in try fileSystem.list(path) {
            do {
                try fileSystem.remove(path + "/" + name)
            } catch {
                try removeAll(path + "/" + name)
            }
        }
        try fileSystem.removeDirectory(path)
    }
}
