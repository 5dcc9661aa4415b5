/// Murmur2 as Kafka's Java client hashes record keys (seed 0x9747b28c, little endian, 32 bits), so that a key goes to
/// the same partition whoever produces it.
public func murmur2(_ bytes: RawSpan) -> UInt32 {
    let m: UInt32 = 0x5bd1_e995
    let count = bytes.byteCount
    var h: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: count)
    var position = 0
    while position &+ 4 <= count {
        var k = unsafe UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self))
        k = k &* m
        k ^= k >> 24
        k = k &* m
        h = (h &* m) ^ k
        position &+= 4
    }
    let rest = count &- position
    if rest > 0 {
        for index in (0..<rest).reversed() {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: position &+ index, as: UInt8.self)
            h ^= UInt32(byte) << UInt32(8 &* index)
        }
        h = h &* m
    }
    h ^= h >> 13
    h = h &* m
    h ^= h >> 15
    return h
}
