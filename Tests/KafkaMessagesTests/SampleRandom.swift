import NIOCore

@testable import KafkaMessages

/// Fills itself with values that a version can carry. The generated `+Sample` files conform every message.
protocol Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self
}

/// A seeded generator (SplitMix64) with the shapes that messages need.
struct SampleRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
    mutating func bool() -> Bool { oneIn(2) }

    /// Often small or at an end of the range.
    mutating func integer<T: FixedWidthInteger>() -> T {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: 0
        case 1: -1
        case 2: T.max
        case 3: T.min
        default: T(truncatingIfNeeded: next())
        }
    }

    mutating func string() -> String {
        let characters: [Character] = ["a", "Z", "9", "-", "_", "ü", "水", "🌊", "\0"]
        let count = oneIn(8) ? 200 : Int.random(in: 0..<6, using: &self)
        return String((0..<count).map { _ in characters.randomElement(using: &self) ?? "a" })
    }

    mutating func bytes() -> ByteBuffer {
        let count = oneIn(16) ? 5000 : Int.random(in: 0..<9, using: &self)
        return ByteBuffer(bytes: (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) })
    }

    mutating func uuid() -> Uuid { oneIn(4) ? .zero : Uuid(high: next(), low: next()) }

    mutating func digest256() -> Digest256 { Digest256(next(), next(), next(), next()) }

    mutating func array<T>(_ make: (inout SampleRandom) -> T) -> [T] {
        (0..<Int.random(in: 0..<4, using: &self)).map { _ in make(&self) }
    }
}
