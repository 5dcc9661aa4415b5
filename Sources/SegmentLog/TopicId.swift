/// A topic's id as Kafka writes it into text files: 16 bytes in URL-safe base64 without padding, 22 characters.
public struct TopicId: Hashable, Sendable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Nil if `text` is not 22 characters of the alphabet that stand for 16 bytes.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 22 else { return nil }
        var (high, low, last) = (UInt64(0), UInt64(0), UInt64(0))
        for (number, character) in text.utf8.enumerated() {
            guard let digit = Self.alphabet.firstIndex(of: character).map(UInt64.init) else { return nil }
            // 21 characters are 126 bits; the last one holds two more and four that must be zero.
            if number == 21 {
                last = digit
                break
            }
            high = high << 6 | low >> 58
            low = low << 6 | digit
        }
        guard last & 0b1111 == 0 else { return nil }
        self.init(high: high << 2 | low >> 62, low: low << 2 | last >> 4)
    }

    public var description: String {
        var characters: [UInt8] = []
        for number in 0..<22 {
            // The top six bits of what is left; the last character has two bits and is filled with zeros.
            let shift = 122 - 6 * number
            let digit: UInt64 =
                if shift >= 64 {
                    high >> UInt64(shift - 64)
                } else if shift >= 0 {
                    high << UInt64(64 - shift) | low >> UInt64(shift)
                } else {
                    low << UInt64(-shift)
                }
            characters.append(Self.alphabet[Int(digit & 63)])
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
