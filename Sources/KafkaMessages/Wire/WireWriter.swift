import NIOCore

/// Writes values of the Kafka protocol into one block of memory that grows by doubling.
///
/// Large bytes and records that lie elsewhere aren't copied into the block: it is cut where they belong, and `finish`
/// gives the pieces in their order.
@safe
public struct WireWriter: ~Copyable {
    /// Bytes from this size on become a piece of their own.
    public static let ownPieceByteCount = 4096

    private struct Cut {
        var position: Int
        var piece: WirePiece
    }

    private var block: UnsafeMutableRawPointer
    private var capacity: Int
    private var count = 0
    private var cuts: [Cut] = []
    /// Bytes in `cuts`.
    private var cutByteCount = 0
    /// In a tagged field everything is copied, since its value moves when its size is known.
    private var tagDepth = 0

    /// `minimumCapacity`: bytes to begin with.
    public init(minimumCapacity: Int = 512) {
        capacity = max(64, minimumCapacity)
        unsafe block = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        unsafe block.deallocate()
    }

    /// Bytes written, pieces included.
    public var byteCount: Int { count + cutByteCount }

    /// What was written, in order. At least one piece.
    public consuming func finish() -> [WirePiece] {
        // The only copy: headers and fields, not records.
        let whole = unsafe ByteBuffer(bytes: UnsafeRawBufferPointer(start: block, count: count))
        guard !cuts.isEmpty else { return [.bytes(whole)] }
        var pieces: [WirePiece] = []
        pieces.reserveCapacity(cuts.count * 2 + 1)
        var position = 0
        for cut in cuts {
            appendSlice(of: whole, from: position, to: cut.position, to: &pieces)
            pieces.append(cut.piece)
            position = cut.position
        }
        appendSlice(of: whole, from: position, to: count, to: &pieces)
        return pieces
    }

    private func appendSlice(of whole: ByteBuffer, from start: Int, to end: Int, to pieces: inout [WirePiece]) {
        guard end > start, let slice = whole.getSlice(at: start, length: end - start) else { return }
        pieces.append(.bytes(slice))
    }

    /// Makes room for `more` bytes after `count`.
    private mutating func reserve(_ more: Int) {
        guard capacity - count < more else { return }
        capacity = max(capacity * 2, count + more)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        unsafe grown.copyMemory(from: block, byteCount: count)
        unsafe block.deallocate()
        unsafe block = grown
    }

    // MARK: Integers

    private mutating func write<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        reserve(MemoryLayout<T>.size)
        unsafe block.storeBytes(of: value.bigEndian, toByteOffset: count, as: T.self)
        count += MemoryLayout<T>.size
    }

    mutating func writeInt8(_ value: Int8) { write(value) }
    mutating func writeInt16(_ value: Int16) { write(value) }
    mutating func writeInt32(_ value: Int32) { write(value) }
    mutating func writeInt64(_ value: Int64) { write(value) }
    mutating func writeFloat64(_ value: Double) { write(value.bitPattern) }
    mutating func writeBool(_ value: Bool) { write(value ? 1 : 0 as UInt8) }
    mutating func writeErrorCode(_ value: ErrorCode) { write(value.rawValue) }

    mutating func writeUuid(_ value: Uuid) {
        write(value.high)
        write(value.low)
    }

    mutating func writeDigest256(_ value: Digest256) {
        write(value.words.0)
        write(value.words.1)
        write(value.words.2)
        write(value.words.3)
    }

    mutating func writeUnsignedVarint(_ value: UInt32) {
        reserve(5)
        var rest = value
        while rest >= 0x80 {
            write(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        write(UInt8(truncatingIfNeeded: rest))
    }

    // MARK: Strings and bytes

    /// `length` nil is null.
    private mutating func writeLength(_ length: Int?, flexible: Bool, isString: Bool = false) throws(WireError) {
        let length = length ?? -1
        guard length <= (isString && !flexible ? Int(Int16.max) : Int(Int32.max) - 1) else { throw WireError(.tooLong) }
        if flexible {
            writeUnsignedVarint(UInt32(length + 1))
        } else if isString {
            write(Int16(length))
        } else {
            write(Int32(length))
        }
    }

    mutating func writeString(_ value: String, flexible: Bool) throws(WireError) {
        let utf8 = value.utf8
        try writeLength(utf8.count, flexible: flexible, isString: true)
        copy(utf8)
    }

    mutating func writeNullableString(_ value: String?, flexible: Bool) throws(WireError) {
        guard let value else { return try writeLength(nil, flexible: flexible, isString: true) }
        try writeString(value, flexible: flexible)
    }

    private mutating func copy(_ utf8: String.UTF8View) {
        reserve(utf8.count)
        let target = unsafe UnsafeMutableRawBufferPointer(start: block + count, count: utf8.count)
        unsafe target.copyBytes(from: utf8)
        count += utf8.count
    }

    private mutating func copy(_ bytes: ByteBuffer) {
        let length = bytes.readableBytes
        guard length > 0 else { return }
        reserve(length)
        unsafe bytes.withUnsafeReadableBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: block + count, count: length).copyMemory(from: source)
        }
        count += length
    }

    private mutating func place(_ bytes: ByteBuffer) {
        guard tagDepth == 0, bytes.readableBytes >= Self.ownPieceByteCount else { return copy(bytes) }
        cut(.bytes(bytes))
    }

    private mutating func cut(_ piece: WirePiece) {
        cuts.append(Cut(position: count, piece: piece))
        cutByteCount += piece.byteCount
    }

    mutating func writeBytes(_ value: ByteBuffer, flexible: Bool) throws(WireError) {
        try writeLength(value.readableBytes, flexible: flexible)
        place(value)
    }

    mutating func writeNullableBytes(_ value: ByteBuffer?, flexible: Bool) throws(WireError) {
        guard let value else { return try writeLength(nil, flexible: flexible) }
        try writeBytes(value, flexible: flexible)
    }

    mutating func writeRecords(_ value: Records, flexible: Bool) throws(WireError) {
        switch value {
        case .null:
            try writeLength(nil, flexible: flexible)
        case .bytes(let bytes):
            try writeBytes(bytes, flexible: flexible)
        case .external(let byteCount, let token):
            precondition(byteCount >= 0 && tagDepth == 0, "external records have a size and aren't in a tagged field")
            try writeLength(byteCount, flexible: flexible)
            if byteCount > 0 { cut(.external(token: token, byteCount: byteCount)) }
        }
    }

    // MARK: Arrays

    mutating func writeArrayCount(_ count: Int, flexible: Bool) throws(WireError) {
        try writeLength(count, flexible: flexible)
    }

    mutating func writeNullArray(flexible: Bool) {
        if flexible { writeUnsignedVarint(0) } else { write(Int32(-1)) }
    }

    // MARK: Tagged fields

    mutating func writeTagCount(_ count: Int) {
        writeUnsignedVarint(UInt32(count))
    }

    /// Writes the number of a tagged field; its value follows, then `endTag` with what this returned.
    mutating func beginTag(_ number: UInt32) -> Int {
        writeUnsignedVarint(number)
        tagDepth += 1
        return count
    }

    /// Puts the size in front of the value that begins at `start`.
    mutating func endTag(_ start: Int) {
        tagDepth -= 1
        let size = count - start
        let sizeByteCount = Self.varintByteCount(UInt32(size))
        // As much as writeUnsignedVarint asks for: were the block to grow there, what lies behind `count` would be lost.
        reserve(5)
        unsafe (block + start + sizeByteCount).copyMemory(from: block + start, byteCount: size)
        count = start
        writeUnsignedVarint(UInt32(size))
        count += size
    }

    private static func varintByteCount(_ value: UInt32) -> Int {
        max(1, (38 - value.leadingZeroBitCount) / 7)
    }
}
