import Glibc
import KafkaRecords
import TestSupport
import Testing

@Suite struct CodecTests {
    @Test(arguments: Codec.allCases, [0, 1, 2, 100, 65_535, 65_536, 65_537, 300_000])
    func roundTrip(codec: Codec, count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        for bytes in [random.text(count), random.bytes(count), [UInt8](repeating: 0, count: count)] {
            let compressed = try codec.compress(bytes.rawSpan)
            #expect(try codec.decompress(compressed.rawSpan, bound: count) == bytes)
            if count > 0 {
                #expect(throws: RecordBatchError.decompressedTooLarge(bound: count - 1)) {
                    try codec.decompress(compressed.rawSpan, bound: count - 1)
                }
            }
        }
    }

    @Test(
        arguments: [
            (Codec.gzip, 1), (.gzip, 9), (.gzip, -1), (.lz4, 0), (.lz4, 9), (.lz4, 12), (.zstd, -5), (.zstd, 1),
            (.zstd, 19),
        ] as [(Codec, Int32)])
    func levels(codec: Codec, level: Int32) throws {
        var random = SeededGenerator(seed: 1)
        let bytes = random.text(100_000)
        let compressed = try codec.compress(bytes.rawSpan, level: level)
        #expect(compressed.count < bytes.count)
        #expect(try codec.decompress(compressed.rawSpan, bound: bytes.count) == bytes)
    }

    @Test func levelsThatDoNotExist() {
        for (codec, level) in [(Codec.gzip, 10), (.lz4, 18), (.zstd, 100), (.gzip, -2)] as [(Codec, Int32)] {
            #expect(throws: RecordBatchError.compressionFailed) { try codec.compress([1].rawSpan, level: level) }
        }
    }

    /// Contexts that calls share one after another are never shared at once.
    @Test func manyAtOnce() async {
        await withTaskGroup(of: Bool.self) { group in
            for seed in 0..<64 as Range<UInt64> {
                group.addTask {
                    var random = SeededGenerator(seed: seed)
                    let bytes = random.text(Int.random(in: 1...50_000, using: &random))
                    return (0..<4).allSatisfy { _ in
                        let compressed = try? Codec.zstd.compress(bytes.rawSpan)
                        return compressed.flatMap { try? Codec.zstd.decompress($0.rawSpan, bound: 50_000) } == bytes
                    }
                }
            }
            for await isSame in group { #expect(isSame) }
        }
    }

    /// What clients must be able to read: gzip's magic, lz4 frames with version 1, independent blocks and no flags, zstd's magic,
    /// and a raw snappy block, which begins with the length.
    @Test func whatIsMade() throws {
        let bytes = [UInt8](repeating: 65, count: 200_000)
        #expect(try Codec.gzip.compress(bytes.rawSpan).prefix(3) == [0x1f, 0x8b, 8])
        #expect(try Codec.lz4.compress(bytes.rawSpan).prefix(6) == [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40])
        #expect(try Codec.zstd.compress(bytes.rawSpan).prefix(4) == [0x28, 0xb5, 0x2f, 0xfd])
        #expect(try Codec.snappy.compress(bytes.rawSpan).prefix(3) == [0xc0, 0x9a, 0x0c])
    }

    @Test(arguments: Codec.allCases.dropFirst())
    func cutOrContinued(codec: Codec) throws {
        var random = SeededGenerator(seed: 2)
        let bytes = random.text(3_000)
        let compressed = try codec.compress(bytes.rawSpan)
        for count in 0..<compressed.count {
            #expect(throws: RecordBatchError.self) {
                try codec.decompress(compressed.rawSpan.extracting(first: count), bound: 1 << 20)
            }
        }
        for garbage in [[0], [1, 2, 3, 4, 5, 6, 7, 8], [UInt8](repeating: 0xff, count: 40)] as [[UInt8]] {
            let longer = compressed + garbage
            #expect(throws: RecordBatchError.decompressionFailed) {
                try codec.decompress(longer.rawSpan, bound: 1 << 20)
            }
        }
    }

    @Test(
        arguments: [
            [], [0x82], [0, 0, 0, 0], [0, 0, 0, 5, 1, 2], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff, 0],
            [0, 0, 0, 1, 9],
        ] as [[UInt8]])
    func xerial(tail: [UInt8]) throws {
        let magic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
        let stream = magic + tail
        if tail.isEmpty {
            #expect(try Codec.snappy.decompress(stream.rawSpan, bound: 10).isEmpty)
        } else {
            #expect(throws: RecordBatchError.decompressionFailed) {
                try Codec.snappy.decompress(stream.rawSpan, bound: 1 << 20)
            }
        }
    }
}

/// Small inputs that unpack, or say that they unpack, to very much. They are stopped at the bound.
@Suite(.serialized) struct DecompressionBombTests {
    static let bound = 1 << 20

    /// The most memory that the process has ever held, in bytes.
    private static func peak() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    private func expectStopped(_ codec: Codec, _ bomb: [UInt8], _ error: RecordBatchError) {
        let before = Self.peak()
        #expect(throws: error) { try codec.decompress(bomb.rawSpan, bound: Self.bound) }
        // Other tests run meanwhile, so there is slack; each bomb is of a GiB at least.
        #expect(Self.peak() - before < 256 << 20)
    }

    /// A frame without content size of 2^19 blocks that each repeat a byte 128 Ki times: 64 GiB in 2 MiB.
    @Test func zstd() {
        var bomb: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]
        let repeatBlock = UInt32(1) << 1 | UInt32(128 << 10) << 3
        let block = [repeatBlock, repeatBlock >> 8, repeatBlock >> 16, 65].map { UInt8(truncatingIfNeeded: $0) }
        for _ in 0..<(1 << 19) { bomb += block }
        expectStopped(.zstd, bomb, .decompressedTooLarge(bound: Self.bound))
    }

    /// The block of 64 KiB of zeros that the library makes, 2^14 times: 1 GiB.
    @Test func lz4() throws {
        let zeros = [UInt8](repeating: 0, count: 128 << 10)
        let frame = try Codec.lz4.compress(zeros.rawSpan)
        let head = frame[..<7]
        let size = Int(frame[7]) | Int(frame[8]) << 8
        let block = frame[7..<(7 + 4 + size)]
        var bomb = Array(head)
        for _ in 0..<(1 << 14) { bomb += block }
        expectStopped(.lz4, bomb + [0, 0, 0, 0], .decompressedTooLarge(bound: Self.bound))
    }

    /// Members of 16 MiB of zeros, 64 times: 1 GiB.
    @Test func gzip() throws {
        let zeros = [UInt8](repeating: 0, count: 16 << 20)
        let member = try Codec.gzip.compress(zeros.rawSpan)
        let bomb = Array(repeatElement(member, count: 64).joined())
        expectStopped(.gzip, bomb, .decompressedTooLarge(bound: Self.bound))
    }

    @Test func snappy() throws {
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        let block = try Codec.snappy.compress(zeros.rawSpan)
        expectStopped(.snappy, block, .decompressedTooLarge(bound: Self.bound))
        // Blocks within the bound each, beyond it together.
        let part = try Codec.snappy.compress([UInt8](repeating: 0, count: 600 << 10).rawSpan)
        let magic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
        let framed = [0, 0, UInt8(part.count >> 8), UInt8(part.count & 0xff)] + part
        expectStopped(.snappy, magic + framed + framed, .decompressedTooLarge(bound: Self.bound))
        // A length of 1 MiB in front of two bytes.
        expectStopped(.snappy, [0x80, 0x80, 0x40, 0x00, 0x41], .decompressionFailed)
    }

    /// Declared sizes of 2^62, 2^60 and 2^32 − 1 bytes take no memory, whatever the bound.
    @Test func declaredSizes() {
        let zstd: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x09, 0, 0, 65]
        let snappy: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x41]
        for (codec, bytes) in [(Codec.zstd, zstd), (.snappy, snappy)] {
            let before = Self.peak()
            #expect(throws: RecordBatchError.self) { try codec.decompress(bytes.rawSpan, bound: Int.max) }
            #expect(Self.peak() - before < 256 << 20)
        }
    }
}
