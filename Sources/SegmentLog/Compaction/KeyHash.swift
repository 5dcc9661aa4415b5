import KafkaRecords

/// SipHash-2-4 with a result of 128 bits: tells keys apart without keeping them.
///
/// With a key that nobody outside knows, no producer can make two record keys that collide, and two of a billion collide
/// by chance with a probability below 2⁻⁶⁸. (Kafka uses MD5 here, for which anybody can make such keys; a collision loses a
/// record.) Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", and their reference code's 128-bit variant.
struct KeyHash: Sendable {
    struct Value: BitwiseCopyable, Equatable {
        var low: UInt64
        var high: UInt64
    }

    private let key: (UInt64, UInt64)

    init(key: (UInt64, UInt64)) { self.key = key }

    static func random() -> KeyHash {
        var random = SystemRandomNumberGenerator()
        return KeyHash(key: (random.next(), random.next()))
    }

    func hash(_ bytes: RawSpan) -> Value {
        var state = SipState(key)
        let wholeCount = bytes.byteCount & ~7
        var position = 0
        while position < wholeCount {
            state.add(UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)))
            position += 8
        }
        // The last word: what is left, and the count in the top byte.
        var last = UInt64(truncatingIfNeeded: bytes.byteCount) << 56
        var shift: UInt64 = 0
        while position < bytes.byteCount {
            last |= UInt64(unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)) << shift
            shift += 8
            position += 1
        }
        state.add(last)
        return state.finish()
    }
}

private struct SipState {
    private var v0, v1, v2, v3: UInt64

    init(_ key: (UInt64, UInt64)) {
        v0 = 0x736f_6d65_7073_6575 ^ key.0
        v1 = 0x646f_7261_6e64_6f6d ^ key.1 ^ 0xee
        v2 = 0x6c79_6765_6e65_7261 ^ key.0
        v3 = 0x7465_6462_7974_6573 ^ key.1
    }

    mutating func add(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    mutating func finish() -> KeyHash.Value {
        v2 ^= 0xee
        for _ in 0..<4 { round() }
        let low = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        for _ in 0..<4 { round() }
        return KeyHash.Value(low: low, high: v0 ^ v1 ^ v2 ^ v3)
    }

    @inline(__always)
    private mutating func round() {
        v0 = v0 &+ v1
        v1 = rotated(v1, 13) ^ v0
        v0 = rotated(v0, 32)
        v2 = v2 &+ v3
        v3 = rotated(v3, 16) ^ v2
        v0 = v0 &+ v3
        v3 = rotated(v3, 21) ^ v0
        v2 = v2 &+ v1
        v1 = rotated(v1, 17) ^ v2
        v2 = rotated(v2, 32)
    }

    @inline(__always)
    private func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }
}
