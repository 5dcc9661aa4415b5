import KafkaRecords
import Testing

@testable import sluice

@Suite struct LogDumpTests {
    private static let name = "00000000000000000005.log"

    private func segment() -> [UInt8] {
        let first = RecordBatch.encode(
            [
                Record(key: Array("secret-key".utf8), value: Array("secret-value".utf8), timestamp: 11),
                Record(value: nil, headers: [(key: "h", value: nil)], timestamp: 12),
            ], baseOffset: 5)
        return first + RecordBatch.encode([Record(value: [1, 2, 3], timestamp: 13)], baseOffset: 7, codec: .gzip)
    }

    private func dump(
        _ bytes: [UInt8], as name: String = LogDumpTests.name, format: OutputFormat = .table, records: Bool = false
    ) throws -> (damaged: Int, lines: [String]) {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write(bytes, to: name)
        let file = try #require(try LogDumpFiles.find(folder.path + "/" + name).first)
        var lines: [String] = []
        var report = LogDumpReport(format: format, showsRecords: records, file: file)
        report.write = { lines.append($0) }
        return (try report.run(), lines)
    }

    @Test func showsPlacesAndSizesOnly() throws {
        let bytes = segment()
        let (damaged, lines) = try dump(bytes, records: true)
        #expect(damaged == 0)
        #expect(lines.count == 6)
        #expect(lines[1].contains("at 0: offsets 5–6, 2 records"))
        #expect(lines[2] == "    offset 5, time 11, key 10 bytes, value 12 bytes, 0 headers")
        #expect(lines[3] == "    offset 6, time 12, key null, value null, 1 headers")
        #expect(lines[4].contains("offsets 7–7, 1 records") && lines[4].contains("codec gzip"))
        #expect(lines[5] == "    offset 7, time 13, key null, value 3 bytes, 0 headers")
        for format in OutputFormat.allCases {
            let (_, shown) = try dump(bytes, format: format, records: true)
            #expect(!shown.contains { $0.contains("secret") })
        }
    }

    @Test func findsTheTornEnd() throws {
        let (damaged, lines) = try dump(Array(segment().dropLast(3)))
        #expect(damaged == 1)
        #expect(lines.last?.contains("DAMAGED, the file ends inside the batch") == true)
    }

    @Test func findsTheFlippedBit() throws {
        var bytes = segment()
        bytes[70] ^= 1
        let (damaged, lines) = try dump(bytes, format: .json)
        #expect(damaged == 1)
        #expect(lines[0].contains(#""sound":false"#))
        #expect(lines[1].contains(#""kind":"damage""#))
    }

    @Test func readsIndexes() throws {
        let (_, index) = try dump(
            [0, 0, 0, 2, 0, 0, 16, 0] + [UInt8](repeating: 0, count: 16), as: "00000000000000000005.index")
        #expect(index.dropFirst() == ["  offset 7, position 4096"])
        let (_, time) = try dump([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 2], as: "00000000000000000005.timeindex")
        #expect(time.dropFirst() == ["  offset 7, timestamp 9"])
        let (damaged, _) = try dump([0, 0, 0, 2, 0], as: "00000000000000000005.index")
        #expect(damaged == 1)
    }

    @Test func findsTheSegmentsOfAFolder() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        for name in ["00000000000000000010.log", "00000000000000000000.log", "leader-epoch-checkpoint", "x.log"] {
            try folder.write([], to: name)
        }
        #expect(try LogDumpFiles.find(folder.path).map(\.baseOffset) == [0, 10])
        let missing = #expect(throws: CommandFailure.self) { try LogDumpFiles.find(folder.path + "/none") }
        #expect(missing?.status == .notFound)
        let wrong = #expect(throws: CommandFailure.self) { try LogDumpFiles.find(folder.path + "/x.log") }
        #expect(wrong?.status == .failed)
    }

    /// Any bytes end in a report, never in a trap.
    @Test func randomBytesAreReported() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let (damaged, _) = try dump(bytes, records: true)
            #expect(damaged == (bytes.isEmpty ? 0 : 1), "bytes \(bytes)")
        }
    }
}
