import KafkaRecords
import TestSupport
import Testing

@Suite struct VarintTests {
    /// Values and encodings of Kafka's own ByteUtilsTest.
    @Test(
        arguments: [
            (0, [0x00]), (-1, [0x01]), (1, [0x02]), (63, [0x7e]), (-64, [0x7f]), (64, [0x80, 0x01]),
            (-65, [0x81, 0x01]),
            (8191, [0xfe, 0x7f]), (-8192, [0xff, 0x7f]), (8192, [0x80, 0x80, 0x01]), (-8193, [0x81, 0x80, 0x01]),
            (Int32.max, [0xfe, 0xff, 0xff, 0xff, 0x0f]), (Int32.min, [0xff, 0xff, 0xff, 0xff, 0x0f]),
        ] as [(Int32, [UInt8])])
    func encodings32(value: Int32, bytes: [UInt8]) {
        var written: [UInt8] = []
        Varint.write(value, to: &written)
        #expect(written == bytes)
        #expect(Varint.byteCount(value) == bytes.count)
        var position = 0
        #expect(bytes.rawSpan.varint32(at: &position, end: bytes.count) == value)
        #expect(position == bytes.count)
    }

    @Test(
        arguments: [
            (Int64.max, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
            (Int64.min, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
            (1 << 33, [0x80, 0x80, 0x80, 0x80, 0x40]),
        ] as [(Int64, [UInt8])])
    func encodings64(value: Int64, bytes: [UInt8]) {
        var written: [UInt8] = []
        Varint.write(value, to: &written)
        #expect(written == bytes)
        #expect(Varint.byteCount(value) == bytes.count)
        var position = 0
        #expect(bytes.rawSpan.varint64(at: &position, end: bytes.count) == value)
    }

    /// Cut short, too many bits, too many bytes, longer than need be.
    @Test(
        arguments: [
            [], [0x80], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0x10], [0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            [0x80, 0x80, 0x80, 0x80, 0x80], [0x80, 0x00], [0xff, 0x80, 0x00],
        ] as [[UInt8]])
    func refused32(bytes: [UInt8]) {
        var position = 0
        #expect(bytes.rawSpan.varint32(at: &position, end: bytes.count) == nil)
        #expect(position <= bytes.count)
    }

    @Test(
        arguments: [
            [], [0x80], [0x80, 0x00], Array(repeating: 0xff, count: 9), Array(repeating: 0xff, count: 9) + [0x02],
            Array(repeating: 0xff, count: 10) + [0x01], Array(repeating: 0x80, count: 9) + [0x00],
        ] as [[UInt8]])
    func refused64(bytes: [UInt8]) {
        var position = 0
        #expect(bytes.rawSpan.varint64(at: &position, end: bytes.count) == nil)
        #expect(position <= bytes.count)
    }

    /// Bytes at and behind the end are not looked at.
    @Test func stopsAtEnd() {
        let bytes: [UInt8] = [0x80, 0x01]
        var position = 0
        #expect(bytes.rawSpan.varint32(at: &position, end: 1) == nil)
        position = 2
        #expect(bytes.rawSpan.varint32(at: &position, end: 2) == nil)
    }

    @Test func roundTrip() {
        let seed: UInt64 = 0x5eed_0003
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let value = Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random)
            var bytes: [UInt8] = []
            Varint.write(value, to: &bytes)
            var position = 0
            #expect(bytes.rawSpan.varint64(at: &position, end: bytes.count) == value, "seed \(seed)")
            #expect(position == bytes.count && Varint.byteCount(value) == bytes.count, "seed \(seed) value \(value)")
            let narrow = Int32(exactly: value)
            position = 0
            #expect(bytes.rawSpan.varint32(at: &position, end: bytes.count) == narrow, "seed \(seed) value \(value)")
        }
    }
}
