import CSluice
import KafkaRecords
import TestSupport
import Testing

@Suite struct CRC32CTests {
    /// The check value of the catalogue of CRCs, and the examples of RFC 3720, appendix B.4.
    static let examples: [(bytes: [UInt8], checksum: UInt32)] = [
        (Array("123456789".utf8), 0xe306_9283),
        ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
        ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
        (Array(0..<32), 0x46dd_794e),
        (Array((0..<32).reversed()), 0x113f_db5c),
        ([], 0),
    ]

    @Test(arguments: examples)
    func published(bytes: [UInt8], checksum: UInt32) {
        #expect(CRC32C.checksum(bytes.rawSpan) == checksum)
        #expect(sluice_crc32c_portable(0, bytes, bytes.count) == checksum)
    }

    /// The two ways agree on every length around the blocks of the fast one, at every alignment, from any seed.
    @Test func fastAndPortableAgree() {
        let seed: UInt64 = 0x5eed_0001
        var random = SeededGenerator(seed: seed)
        let memory = random.bytes(70_000)
        for step in 0..<2_000 {
            let range = [8, 1_000, 13_000, 70_000][step % 4]
            let start = Int.random(in: 0..<8, using: &random)
            let count = Int.random(in: 0...(range - 8), using: &random)
            let before = UInt32.random(in: 0...UInt32.max, using: &random)
            let bytes = memory.rawSpan.extracting(start..<(start + count))
            let portable = bytes.withUnsafeBytes { sluice_crc32c_portable(before, $0.baseAddress, $0.count) }
            #expect(CRC32C.checksum(bytes, seed: before) == portable, "seed \(seed) start \(start) count \(count)")
        }
    }

    @Test func continues() {
        var random = SeededGenerator(seed: 0x5eed_0002)
        let bytes = random.bytes(40_000)
        let whole = CRC32C.checksum(bytes.rawSpan)
        for cut in [0, 1, 767, 768, 12_288, 39_999, 40_000] {
            let first = CRC32C.checksum(bytes.rawSpan.extracting(0..<cut))
            #expect(CRC32C.checksum(bytes.rawSpan.extracting(droppingFirst: cut), seed: first) == whole)
        }
    }
}
