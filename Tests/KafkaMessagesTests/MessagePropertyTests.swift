import NIOCore
import Testing

@testable import KafkaMessages

/// What holds for every message in every version.
@Suite struct MessagePropertyTests {
    static let seeds: [UInt64] = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233]

    @Test(arguments: MessageCase.all)
    func roundTrip(_ message: MessageCase) throws {
        for seed in Self.seeds {
            let frame = try message.sample(seed)
            let again = try message.recode(frame)
            #expect(again == frame, "seed \(seed)")
        }
    }

    @Test(arguments: MessageCase.all)
    func everyTruncationIsAnError(_ message: MessageCase) throws {
        for seed in Self.seeds.prefix(4) {
            let frame = try message.sample(seed)
            let step = max(1, frame.readableBytes / 250)
            for length in stride(from: 0, to: frame.readableBytes, by: step) {
                let cut = try #require(frame.getSlice(at: 0, length: length))
                #expect(throws: WireError.self, "seed \(seed), \(length) of \(frame.readableBytes) bytes") {
                    try message.remainder(cut)
                }
            }
        }
    }

    @Test(arguments: MessageCase.all)
    func randomBytesNeverTrap(_ message: MessageCase) throws {
        var random = SampleRandom(seed: 0x5EED + UInt64(message.version))
        for _ in 0..<100 {
            let count = Int.random(in: 0..<96, using: &random)
            // Small bytes make more lengths and counts that fit.
            let top: UInt8 = random.bool() ? 255 : 4
            let frame = ByteBuffer(bytes: (0..<count).map { _ in UInt8.random(in: 0...top, using: &random) })
            // Reading may end well or in a WireError; any other end is a failure.
            do { _ = try message.remainder(frame) } catch is WireError {}
        }
    }

    @Test(arguments: MessageCase.all)
    func flippedBytesNeverTrap(_ message: MessageCase) throws {
        var random = SampleRandom(seed: 0xF11F + UInt64(message.version))
        for seed in Self.seeds.prefix(6) {
            let frame = try message.sample(seed)
            guard frame.readableBytes > 0 else { continue }
            for _ in 0..<40 {
                var changed = frame
                let position = Int.random(in: 0..<frame.readableBytes, using: &random)
                changed.setInteger(UInt8.random(in: 0...255, using: &random), at: position)
                do { _ = try message.remainder(changed) } catch is WireError {}
            }
        }
    }

    /// The last byte of a flexible message without tags is their count, 0: put unknown ones in its place.
    @Test(arguments: MessageCase.all.filter { $0.isFlexible })
    func unknownTagsAreSkipped(_ message: MessageCase) throws {
        var tried = 0
        for seed in Self.seeds {
            let frame = try message.sample(seed)
            guard frame.getInteger(at: frame.readableBytes - 1, as: UInt8.self) == 0 else { continue }
            var tagged = try #require(frame.getSlice(at: 0, length: frame.readableBytes - 1))
            // Two tags: 5000 (varint 88 27) of three bytes, 5001 of none.
            tagged.writeBytes([2, 0x88, 0x27, 3, 1, 2, 3, 0x89, 0x27, 0])
            // A last byte of 0 may also end a tag that the sample has; then reading is an error, not a trap.
            guard let again = try? message.recode(tagged) else { continue }
            #expect(again == frame, "seed \(seed)")
            tried += 1
        }
        // Only messages whose samples always hold tags go without.
        let alwaysTagged = ["FetchRequest", "FetchResponse", "ApiVersionsResponse"]
        #expect(tried > 0 || alwaysTagged.contains(message.name))
    }
}
