import TestSupport
import Testing

@testable import SegmentLog

@Suite struct KeyHashTests {
    /// Made with `openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:16 -in FILE SIPHASH` (OpenSSL 3)
    /// for messages 00 01 02 … of these lengths.
    static let golden: [(count: Int, hex: String)] = [
        (0, "A3817F04BA25A8E66DF67214C7550293"),
        (1, "DA87C1D86B99AF44347659119B22FC45"),
        (2, "8177228DA4A45DC7FCA38BDEF60AFFE4"),
        (7, "A1F1EBBED8DBC153C0B84AA61FF08239"),
        (8, "3B62A9BA6258F5610F83E264F31497B4"),
        (9, "264499060AD9BAABC47F8B02BB6D71ED"),
        (15, "5493E99933B0A8117E08EC0F97CFC3D9"),
        (16, "6EE2A4CA67B054BBFD3315BF85230577"),
        (31, "2939B0183223FAFC1723DE4F52C43D35"),
        (63, "5150D1772F50834A503E069A973FBD7C"),
        (200, "7C5853F4ED12FF9D836A79BC4047022D"),
    ]

    @Test(arguments: golden)
    func isSipHash(count: Int, hex: String) {
        let hash = KeyHash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
        let message = (0..<count).map { UInt8($0) }
        let value = hash.hash(message.rawSpan)
        var bytes: [UInt8] = []
        for word in [value.low, value.high] {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        let digits = Array("0123456789ABCDEF")
        #expect(String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }) == hex)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func theTableIsADictionary(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var map = OffsetMap(countMax: 400, hash: KeyHash(key: (seed, 1)))
        var model: [[UInt8]: Int64] = [:]
        for offset in 0..<3000 as Range<Int64> {
            let key = Array("key \(Int.random(in: 0..<600, using: &generator))".utf8)
            let isKnown = model[key] != nil
            let isPut = map.put(key.rawSpan, offset: offset)
            #expect(isPut == (isKnown || model.count < 400), "seed \(seed)")
            if isPut { model[key] = offset }
        }
        #expect(map.count == model.count)
        for number in 0..<600 {
            let key = Array("key \(number)".utf8)
            let found = map.offset(of: key.rawSpan)
            #expect(found == model[key], "seed \(seed)")
        }
    }

    @Test func theTableKeepsToItsMemory() {
        #expect(OffsetMap(byteCountMax: 128 << 20, hash: KeyHash(key: (1, 2))).countMax == 1_572_864)
        #expect(OffsetMap(byteCountMax: 0, hash: KeyHash(key: (1, 2))).countMax == 48)
    }
}
