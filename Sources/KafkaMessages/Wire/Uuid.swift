/// A topic or directory id: 16 bytes, in the order of the wire. Shown as Kafka shows it: base64url without padding.
public struct Uuid: Sendable, Hashable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    /// "No id".
    public static let zero = Uuid(high: 0, low: 0)

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A version 4 id (RFC 9562) that Kafka would give: neither 0 nor 1, and no "-" in front, which tools take for an
    /// option.
    public static func random(using generator: inout some RandomNumberGenerator) -> Uuid {
        while true {
            let high = generator.next() & ~0xF000 | 0x4000
            let low = generator.next() & ~(0b11 << 62) | 0b10 << 62
            let id = Uuid(high: high, low: low)
            // The first six bits are the first character; 62 is "-". A version 4 id is never 0 or 1.
            if high >> 58 != 62 { return id }
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(22)
        // 22 characters of six bits, highest first; the last one holds two bits and four zeros.
        for index in 0..<22 {
            text.append(Self.alphabet[sixBits(at: 128 - 6 * (index + 1))])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Six bits whose lowest is bit `position` of the 128; those below bit 0 are zero.
    private func sixBits(at position: Int) -> Int {
        if position >= 64 { return Int(truncatingIfNeeded: (high >> UInt64(position - 64)) & 0x3F) }
        if position < 0 { return Int(truncatingIfNeeded: (low << UInt64(-position)) & 0x3F) }
        let fromLow = low >> UInt64(position)
        let fromHigh = position > 58 ? high << UInt64(64 - position) : 0
        return Int(truncatingIfNeeded: (fromLow | fromHigh) & 0x3F)
    }

    /// Reads the 22 characters of `description`; padding is not taken.
    public init?(_ text: String) {
        guard text.utf8.count == 22 else { return nil }
        var bits = Uuid.zero
        for (index, character) in text.utf8.enumerated() {
            guard let value = Self.alphabet.firstIndex(of: character).map({ UInt64($0) }) else { return nil }
            if index < 21 {
                bits.high = bits.high << 6 | bits.low >> 58
                bits.low = bits.low << 6 | value
            } else {
                guard value & 0xF == 0 else { return nil }
                bits.high = bits.high << 2 | bits.low >> 62
                bits.low = bits.low << 2 | value >> 4
            }
        }
        self = bits
    }
}
