import TestSupport
import Testing

@testable import SegmentLog

/// The text files beside the segments, among them `cleaner-offset-checkpoint`, as any bytes.
@Suite struct CheckpointTests {
    @Test(arguments: [0, 1, 7_000_000_000, Int64.max])
    func comesBack(offset: Int64) {
        let bytes = CheckpointText.encode(offset: offset, partitionDirectory: "/data/a-b-12")
        #expect(String(decoding: bytes, as: UTF8.self) == "0\n1\na-b 12 \(offset)\n")
        #expect(CheckpointText.decodeOffset(bytes) == offset)
        for count in 0..<bytes.count {
            #expect(CheckpointText.decodeOffset(Array(bytes.prefix(count))) == nil)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func anyBytesAreTaken(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let valid = CheckpointText.encode(offset: 123_456, partitionDirectory: "/data/accounts-0")
        for _ in 0..<500 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: position)
                default: bytes.remove(at: position)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            if let offset = CheckpointText.decodeOffset(bytes) { #expect(offset >= 0, "seed \(seed)") }
            _ = LeaderEpochs(bytes)
            let noise = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            #expect(CheckpointText.decodeOffset(noise) == nil, "seed \(seed)")
        }
    }

    @Test(arguments: [
        "", "0\n", "0\n1\n", "1\n1\na 0 5\n", "0\n2\na 0 5\n", "0\n1\na 0 -5\n", "0\n1\na 0 99999999999999999999\n",
    ])
    func whatIsNotWholeIsRefused(text: String) {
        #expect(CheckpointText.decodeOffset(Array(text.utf8)) == nil)
    }

    /// A checkpoint that can't be read says that all is to be compacted, and that there may be holes.
    @Test func aSpoiledCheckpointIsZero() throws {
        let fixture = try LogFixture(LogFixture.compacting())
        var model = CompactionModel()
        for number in 0..<40 { try fixture.put("k\(number % 3)", "value \(number)", into: &model) }
        try fixture.seal()
        #expect(fixture.view.cleanedOffset == nil)
        try fixture.compact()
        #expect(fixture.view.cleanedOffset == 40)
        let path = LogFixture.directory + "/cleaner-offset-checkpoint"
        #expect(fixture.fileSystem.contents(at: path) == Array("0\n1\naccounts 0 40\n".utf8))
        for bytes in [[], Array("0\n1\naccounts 0".utf8), [0xff, 0x00]] as [[UInt8]] {
            fixture.fileSystem.replaceContents(at: path, with: bytes)
            try fixture.reopen(isClean: false)
            #expect(fixture.log.cleanedOffset == 0)
        }
        try fixture.compact()
        #expect(fixture.log.cleanedOffset == 40)
        #expect(try fixture.entries() == model.latest(before: 40))
        // One that says too much is held to the active segment.
        fixture.fileSystem.replaceContents(at: path, with: Array("0\n1\naccounts 0 4000\n".utf8))
        try fixture.reopen(isClean: false)
        #expect(fixture.log.cleanedOffset == 40)
    }
}
