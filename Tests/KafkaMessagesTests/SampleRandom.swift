import NIOCore
import TestSupport

@testable import KafkaMessages

/// Fills itself with values that a version can carry. The generated `+Sample` files conform every message.
protocol Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self
}

/// A seeded generator with the shapes that messages need.
struct SampleRandom: RandomNumberGenerator {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func next() -> UInt64 { generator.next() }

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
