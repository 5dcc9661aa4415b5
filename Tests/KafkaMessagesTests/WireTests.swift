import NIOCore
import Testing

@testable import KafkaMessages

@Suite struct WireReaderTests {
    @Test func integersAreBigEndian() throws {
        let frame = ByteBuffer(bytes: [0xFF, 0x01, 0x02, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x05, 2])
        var reader = WireReader(frame)
        #expect(try reader.readInt8() == -1)
        #expect(try reader.readInt16() == 0x0102)
        #expect(try reader.readInt32() == Int32.min)
        #expect(try reader.readInt64() == 5)
        #expect(try reader.readBool())
        #expect(reader.remainingByteCount == 0)
    }

    @Test(
        arguments: [
            (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 1]), (16383, [0xFF, 0x7F]),
            (16384, [0x80, 0x80, 1]), (UInt32.max, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
        ] as [(UInt32, [UInt8])])
    func varints(_ value: UInt32, _ encoded: [UInt8]) throws {
        let frame = try bytes { writer in writer.writeUnsignedVarint(value) }
        #expect(Array(frame.readableBytesView) == encoded)
        var reader = WireReader(frame)
        #expect(try reader.readUnsignedVarint() == value)
    }

    @Test(
        arguments: [
            [0xFF, 0xFF, 0xFF, 0xFF, 0x10], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
        ] as [[UInt8]])
    func overlongVarints(_ encoded: [UInt8]) {
        let frame = ByteBuffer(bytes: encoded)
        var reader = WireReader(frame)
        expect(.invalidVarint) { () throws(WireError) in _ = try reader.readUnsignedVarint() }
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 1, 2], false, WireError.Code.invalidLength),  // classic length -2
            ([0x7F, 0xFF, 1, 2], false, .invalidLength),
            ([0xFF, 0xFF], false, .unexpectedNull),
            ([0], true, .unexpectedNull),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1], true, .invalidLength),
            ([0x03, 0xC3, 0x28], true, .invalidUTF8),
            ([0x03, 0xED], true, .invalidLength),
        ] as [([UInt8], Bool, WireError.Code)])
    func badStrings(_ encoded: [UInt8], _ flexible: Bool, _ code: WireError.Code) {
        let frame = ByteBuffer(bytes: encoded)
        var reader = WireReader(frame)
        expect(code) { () throws(WireError) in _ = try reader.readString(flexible: flexible) }
    }

    @Test(arguments: [Int32.max, 1_000_000, 3, -2, Int32.min])
    func absurdArrayCounts(_ count: Int32) throws {
        var frame = ByteBuffer(integer: count)
        frame.writeRepeatingByte(0, count: 8)
        var reader = WireReader(frame)
        expect(.invalidCount) { () throws(WireError) in
            _ = try reader.readArrayCount(flexible: false, elementByteCount: 4)
        }
    }

    @Test func elementsOfAllArraysAreLimited() throws {
        var frame = ByteBuffer()
        for _ in 0..<3 {
            frame.writeInteger(Int32(2))
        }
        var reader = WireReader(frame, elementsMax: 5)
        #expect(try reader.readArrayCount(flexible: false, elementByteCount: 1) == 2)
        #expect(try reader.readArrayCount(flexible: false, elementByteCount: 1) == 2)
        // A third would make six, and wouldn't fit either; the count is refused before anything is reserved.
        expect(.invalidCount) { () throws(WireError) in
            _ = try reader.readArrayCount(flexible: false, elementByteCount: 1)
        }
        frame.writeRepeatingByte(0, count: 8)
        var second = WireReader(frame, elementsMax: 5)
        for _ in 0..<2 { _ = try second.readArrayCount(flexible: false, elementByteCount: 1) }
        expect(.tooManyElements) { () throws(WireError) in
            _ = try second.readArrayCount(flexible: false, elementByteCount: 1)
        }
    }

    @Test func tagsAreConfinedToTheirSize() throws {
        // One tag, number 0, of two bytes.
        let frame = ByteBuffer(bytes: [1, 0, 2, 0xAA, 0xBB, 0xCC])
        var reader = WireReader(frame)
        #expect(try reader.readTagCount() == 1)
        let tag = try reader.beginTag()
        #expect(reader.remainingByteCount == 2)
        expect(.truncated) { () throws(WireError) in _ = try reader.readInt32() }
        _ = try reader.readInt8()
        expect(.invalidTag) { () throws(WireError) in try reader.endTag(tag) }
        _ = try reader.readInt8()
        try reader.endTag(tag)
        #expect(reader.remainingByteCount == 1)
    }

    @Test func bytesShareTheFrame() throws {
        var frame = ByteBuffer(integer: Int32(70_000))
        frame.writeRepeatingByte(7, count: 70_000)
        var reader = WireReader(frame)
        guard case .bytes(let records) = try reader.readRecords(flexible: false) else {
            Issue.record("no bytes")
            return
        }
        let whole = frame.withUnsafeReadableBytes { Int(bitPattern: $0.baseAddress) }
        let part = records.withUnsafeReadableBytes { Int(bitPattern: $0.baseAddress) }
        #expect(part == whole + 4)
        #expect(records.readableBytes == 70_000)
    }

    @Test func aFrameMayBeginAnywhereInItsBuffer() throws {
        var frame = ByteBuffer(bytes: [9, 9, 9, 0, 2, 0x68, 0x69])
        frame.moveReaderIndex(forwardBy: 3)
        var reader = WireReader(frame)
        #expect(try reader.readString(flexible: false) == "hi")
    }
}

@Suite struct WireWriterTests {
    @Test func largeBytesAndExternalRecordsAreTheirOwnPieces() throws {
        let large = ByteBuffer(repeating: 1, count: WireWriter.ownPieceByteCount)
        var writer = WireWriter()
        writer.writeInt16(1)
        try writer.writeRecords(.bytes(large), flexible: false)
        try writer.writeRecords(.external(byteCount: 99, token: 7), flexible: false)
        try writer.writeRecords(.external(byteCount: 0, token: 8), flexible: false)
        try writer.writeRecords(.null, flexible: false)
        try writer.writeRecords(.empty, flexible: false)
        #expect(writer.byteCount == 2 + 4 + large.readableBytes + 4 + 99 + 4 + 4 + 4)
        let pieces = writer.finish()
        let shapes = pieces.map { piece in
            switch piece {
            case .bytes(let bytes): "bytes \(bytes.readableBytes)"
            case .external(let token, let byteCount): "external \(token) \(byteCount)"
            }
        }
        #expect(shapes == ["bytes 6", "bytes 4096", "bytes 4", "external 7 99", "bytes 12"])
        guard case .bytes(let tail) = pieces[4] else { return }
        #expect(hex(tail) == wire("00000000", "ffffffff", "00000000"))
    }

    @Test func smallBytesAreCopied() throws {
        var writer = WireWriter()
        try writer.writeBytes(ByteBuffer(repeating: 1, count: WireWriter.ownPieceByteCount - 1), flexible: true)
        #expect(writer.finish().count == 1)
    }

    @Test func nothingWrittenIsOneEmptyPiece() {
        let writer = WireWriter()
        #expect(writer.finish().map { $0.byteCount } == [0])
    }

    @Test func largeBytesInATagAreCopied() throws {
        let large = ByteBuffer(repeating: 1, count: 20_000)
        let frame = try bytes { writer throws(WireError) in
            writer.writeTagCount(1)
            let tag = writer.beginTag(3)
            try writer.writeBytes(large, flexible: true)
            writer.endTag(tag)
        }
        // Count, number, size 20,003 (three bytes), length 20,001 (three bytes), content.
        #expect(frame.readableBytes == 1 + 1 + 3 + 3 + 20_000)
        #expect(hex(frame.getSlice(at: 0, length: 9) ?? ByteBuffer()) == "0103a39c01a19c0101")
    }

    /// Wherever in the block the tag ends, also where the block has to grow for its size.
    @Test(arguments: 0..<140)
    func tagsSurviveGrowth(_ filler: Int) throws {
        let frame = try bytes { writer throws(WireError) in
            for _ in 0..<filler { writer.writeBool(true) }
            let tag = writer.beginTag(1)
            writer.writeInt32(0x0102_0304)
            writer.writeInt8(5)
            writer.endTag(tag)
        }
        #expect(hex(frame) == String(repeating: "01", count: filler) + wire("01", "05", "0102030405"))
    }

    @Test func classicStringsHaveALimit() throws {
        let long = String(repeating: "a", count: 32_768)
        var writer = WireWriter()
        expect(.tooLong) { () throws(WireError) in try writer.writeString(long, flexible: false) }
        try writer.writeString(long, flexible: true)
        try writer.writeString(String(long.dropLast()), flexible: false)
        #expect(writer.byteCount == 3 + 32_768 + 2 + 32_767)
    }
}

/// Expects `body` to throw a `WireError` of this code.
func expect(
    _ code: WireError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws(WireError) -> Void
) {
    do {
        try body()
        Issue.record("nothing thrown, expected \(code)", sourceLocation: sourceLocation)
    } catch {
        #expect(error.code == code, sourceLocation: sourceLocation)
    }
}
