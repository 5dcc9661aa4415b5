import NIOCore
import Testing

@testable import BrokerServer

struct FrameAssemblerTests {
    @Test("any cut of a stream gives the same frames", arguments: 0..<200)
    func cuts(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let frames = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            let limit = Bool.random(using: &random) ? 20 : 5000
            return (0..<Int.random(in: 0...limit, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
        }
        var stream = ByteBuffer()
        for frame in frames {
            stream.writeInteger(Int32(frame.count))
            stream.writeBytes(frame)
        }
        var assembler = FrameAssembler(bytesMax: 5000, smallBytesMax: 1000)
        var found: [[UInt8]] = []
        let pieceMax = [1, 3, 50, 20_000].randomElement(using: &random) ?? 1
        while stream.readableBytes > 0 {
            let count = min(stream.readableBytes, Int.random(in: 1...pieceMax, using: &random))
            assembler.append(stream.readSlice(length: count) ?? ByteBuffer())
            var needsBytes = false
            while !needsBytes {
                switch assembler.next() {
                case .frame(let frame): found.append(Array(frame.readableBytesView))
                case .needsBytes: needsBytes = true
                case .needsBudget(let count):
                    #expect(count > 1000)
                    assembler.grant()
                case .failure(let error):
                    Issue.record("seed \(seed): \(error)")
                    return
                }
            }
        }
        #expect(found == frames, "seed \(seed)")
        #expect(!assembler.isInsideFrame)
    }

    @Test("frames of one read share its memory")
    func noCopy() throws {
        var assembler = FrameAssembler(bytesMax: 100)
        var bytes = ByteBuffer()
        bytes.writeMultipleIntegers(Int32(2), UInt16(0x0102), Int32(2), UInt16(0x0304))
        let address = bytes.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        assembler.append(bytes)
        for offset in [UInt(4), 10] {
            guard case .frame(let frame) = assembler.next() else {
                Issue.record("no frame")
                return
            }
            #expect(frame.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } == address + offset)
        }
    }

    @Test("a frame goes on in the buffer that was made for one of its length")
    func goesOnWhereItBegan() {
        var assembler = FrameAssembler(bytesMax: 100)
        var bytes = FrameAssembler.buffer(exactly: 10)
        bytes.writeMultipleIntegers(Int32(6), UInt16(0x0102))
        let address = bytes.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        assembler.append(bytes)
        bytes = ByteBuffer()
        guard case .needsBytes = assembler.next() else {
            Issue.record("a frame that isn't whole")
            return
        }
        #expect(assembler.missingBytes == 4)
        // Held here alone: a second reference would make the write copy it.
        guard var partial = assembler.takePartial() else {
            Issue.record("nothing has begun")
            return
        }
        #expect(partial.writableBytes == 4)
        partial.writeInteger(UInt32(0x0304_0506))
        assembler.resume(partial)
        partial = ByteBuffer()
        guard case .frame(let frame) = assembler.next() else {
            Issue.record("no frame")
            return
        }
        #expect(Array(frame.readableBytesView) == [1, 2, 3, 4, 5, 6])
        #expect(frame.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } == address + 4)
    }

    @Test(arguments: [(Int32(-1), FrameAssembler.FrameError.negativeLength(-1)), (101, .oversized(101))])
    func failures(length: Int32, expected: FrameAssembler.FrameError) {
        var assembler = FrameAssembler(bytesMax: 100)
        assembler.append(ByteBuffer(integer: length))
        guard case .failure(let error) = assembler.next() else {
            Issue.record("no failure")
            return
        }
        #expect(error == expected)
    }

    @Test("a TLS handshake at the start of a stream is known, and nowhere else")
    func clientHello() {
        var assembler = FrameAssembler(bytesMax: Int(Int32.max))
        assembler.append(ByteBuffer(bytes: [0x16]))
        guard case .needsBytes = assembler.next() else {
            Issue.record("one byte says nothing")
            return
        }
        assembler.append(ByteBuffer(bytes: [3, 1, 2, 0]))
        guard case .failure(.clientHello) = assembler.next() else {
            Issue.record("not known")
            return
        }
        var later = FrameAssembler(bytesMax: Int(Int32.max))
        later.append(ByteBuffer(bytes: [0, 0, 0, 0, 0x16, 3, 1, 2]))
        guard case .frame = later.next(), case .needsBudget(0x1603_0102) = later.next() else {
            Issue.record("a later frame may be as long")
            return
        }
    }

    @Test("random bytes never trap", arguments: 0..<100)
    func randomBytes(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var assembler = FrameAssembler(bytesMax: 1 << 20)
        for _ in 0..<50 {
            let count = Int.random(in: 1...40, using: &random)
            assembler.append(ByteBuffer(bytes: (0..<count).map { _ in UInt8.random(in: 0...3, using: &random) }))
            var isWaiting = false
            while !isWaiting {
                switch assembler.next() {
                case .frame: break
                case .needsBytes: isWaiting = true
                case .needsBudget: assembler.grant()
                case .failure: return
                }
            }
        }
    }
}
