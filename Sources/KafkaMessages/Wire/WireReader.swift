public import NIOCore

/// Reads values of the Kafka protocol from one frame, front to back.
///
/// Integers are big-endian. A *classic* string has an int16 length, classic bytes and arrays an int32; -1 is null. In
/// *flexible* versions (KIP-482) lengths are unsigned varints of length + 1, 0 is null, and each struct ends with
/// tagged fields. Whatever the bytes are, a reader throws and never traps, and no array is allocated before its count
/// has been checked against the bytes that are left.
///
/// `bytes` and `records` come as slices that share the frame's memory: one that is kept keeps the whole frame.
public struct WireReader: ~Escapable {
    /// Array elements that one message may hold by default; Metadata of 100,000 partitions is well below.
    public static let elementsMaxDefault = 1 << 20

    private let span: RawSpan
    private let frame: ByteBuffer
    private var position = 0
    /// The end of the frame, or of the tagged field that is being read.
    private var limit: Int
    private var elementsLeft: Int

    /// A reader of the readable bytes of `frame`.
    @_lifetime(borrow frame)
    public init(_ frame: borrowing ByteBuffer, elementsMax: Int = Self.elementsMaxDefault) {
        self.frame = copy frame
        span = frame.readableBytesSpan
        limit = span.byteCount
        elementsLeft = elementsMax
    }

    /// Bytes of the frame, or of the tagged field being read, that haven't been read.
    public var remainingByteCount: Int { limit - position }

    // MARK: Integers

    private mutating func read<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(WireError) -> T {
        let size = MemoryLayout<T>.size
        guard limit - position >= size else { throw error(.truncated) }
        // An integer has no invalid bit pattern, and the load is bounds-checked.
        let value = unsafe T(bigEndian: span.unsafeLoadUnaligned(fromByteOffset: position, as: type))
        position += size
        return value
    }

    mutating func readInt8() throws(WireError) -> Int8 { try read(Int8.self) }
    mutating func readInt16() throws(WireError) -> Int16 { try read(Int16.self) }
    mutating func readInt32() throws(WireError) -> Int32 { try read(Int32.self) }
    mutating func readInt64() throws(WireError) -> Int64 { try read(Int64.self) }
    /// IEEE 754, high byte first. Any bits are a value, also those of infinity and NaN.
    mutating func readFloat64() throws(WireError) -> Double { Double(bitPattern: try read(UInt64.self)) }
    /// Any byte but 0 is true.
    mutating func readBool() throws(WireError) -> Bool { try read(UInt8.self) != 0 }
    mutating func readErrorCode() throws(WireError) -> ErrorCode { ErrorCode(rawValue: try read(Int16.self)) }

    mutating func readUuid() throws(WireError) -> Uuid {
        Uuid(high: try read(UInt64.self), low: try read(UInt64.self))
    }

    mutating func readDigest256() throws(WireError) -> Digest256 {
        Digest256(
            try read(UInt64.self), try read(UInt64.self), try read(UInt64.self), try read(UInt64.self))
    }

    /// An unsigned varint of at most 32 bits: seven bits a byte, lowest first, the high bit set on all but the last.
    mutating func readUnsignedVarint() throws(WireError) -> UInt32 {
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while shift < 35 {
            let byte = try read(UInt8.self)
            // The fifth byte has room for four bits.
            if shift == 28, byte > 0x0F { throw error(.invalidVarint) }
            value |= UInt32(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw error(.invalidVarint)
    }

    // MARK: Strings and bytes

    /// A length that the bytes left can hold, or nil for null.
    private mutating func readLength(flexible: Bool, isString: Bool = false) throws(WireError) -> Int? {
        let length: Int
        if flexible {
            length = Int(try readUnsignedVarint()) - 1
        } else {
            length = isString ? Int(try read(Int16.self)) : Int(try read(Int32.self))
        }
        if length == -1 { return nil }
        guard length >= 0, length <= limit - position else { throw error(.invalidLength) }
        return length
    }

    mutating func readString(flexible: Bool) throws(WireError) -> String {
        guard let length = try readLength(flexible: flexible, isString: true) else { throw error(.unexpectedNull) }
        return try readUTF8(length)
    }

    /// `nullable`: whether this version allows null.
    mutating func readNullableString(flexible: Bool, nullable: Bool = true) throws(WireError) -> String? {
        guard let length = try readLength(flexible: flexible, isString: true) else {
            guard nullable else { throw error(.unexpectedNull) }
            return nil
        }
        return try readUTF8(length)
    }

    /// A nullable classic string, with U+FFFD for what isn't UTF-8.
    mutating func readRepairedString() throws(WireError) -> String? {
        guard let length = try readLength(flexible: false, isString: true) else { return nil }
        let text = unsafe span.extracting(position..<(position + length)).withUnsafeBytes { bytes in
            unsafe String(decoding: bytes, as: UTF8.self)
        }
        position += length
        return text
    }

    private mutating func readUTF8(_ length: Int) throws(WireError) -> String {
        // The length has been checked against the limit.
        let text = unsafe span.extracting(position..<(position + length)).withUnsafeBytes { bytes in
            unsafe String(validating: bytes, as: UTF8.self)
        }
        guard let text else { throw error(.invalidUTF8) }
        position += length
        return text
    }

    private mutating func readSlice(_ length: Int) throws(WireError) -> ByteBuffer {
        guard let slice = frame.getSlice(at: frame.readerIndex + position, length: length) else {
            throw error(.truncated)
        }
        position += length
        return slice
    }

    mutating func readBytes(flexible: Bool) throws(WireError) -> ByteBuffer {
        guard let length = try readLength(flexible: flexible) else { throw error(.unexpectedNull) }
        return try readSlice(length)
    }

    mutating func readNullableBytes(flexible: Bool, nullable: Bool = true) throws(WireError) -> ByteBuffer? {
        guard let length = try readLength(flexible: flexible) else {
            guard nullable else { throw error(.unexpectedNull) }
            return nil
        }
        return try readSlice(length)
    }

    mutating func readRecords(flexible: Bool) throws(WireError) -> Records {
        guard let length = try readLength(flexible: flexible) else { return .null }
        return .bytes(try readSlice(length))
    }

    // MARK: Arrays

    mutating func readArrayCount(flexible: Bool, elementByteCount: Int) throws(WireError) -> Int {
        guard let count = try readNullableArrayCount(flexible: flexible, elementByteCount: elementByteCount) else {
            throw error(.unexpectedNull)
        }
        return count
    }

    /// `elementByteCount`: the fewest bytes that an element takes in any version, at least 1.
    mutating func readNullableArrayCount(
        flexible: Bool, elementByteCount: Int, nullable: Bool = true
    ) throws(WireError) -> Int? {
        let count = flexible ? Int(try readUnsignedVarint()) - 1 : Int(try read(Int32.self))
        if count == -1 {
            guard nullable else { throw error(.unexpectedNull) }
            return nil
        }
        guard count >= 0, count <= (limit - position) / elementByteCount else { throw error(.invalidCount) }
        guard count <= elementsLeft else { throw error(.tooManyElements) }
        elementsLeft -= count
        return count
    }

    // MARK: Tagged fields

    /// A tagged field whose value comes next.
    struct Tag {
        var number: UInt32
        var outerLimit: Int
    }

    /// How many tagged fields follow. Each takes at least two bytes.
    mutating func readTagCount() throws(WireError) -> Int {
        let count = Int(try readUnsignedVarint())
        guard count <= (limit - position) / 2 else { throw error(.invalidCount) }
        return count
    }

    /// Reads number and size, and narrows the reader to the value. `endTag` undoes it.
    mutating func beginTag() throws(WireError) -> Tag {
        let number = try readUnsignedVarint()
        let size = Int(try readUnsignedVarint())
        guard size <= limit - position else { throw error(.invalidLength) }
        let tag = Tag(number: number, outerLimit: limit)
        limit = position + size
        return tag
    }

    mutating func endTag(_ tag: Tag) throws(WireError) {
        guard position == limit else { throw error(.invalidTag) }
        limit = tag.outerLimit
    }

    mutating func skipToTagEnd() {
        position = limit
    }

    /// Skips the tagged fields of a struct that knows none.
    mutating func skipTags() throws(WireError) {
        for _ in 0..<(try readTagCount()) {
            let tag = try beginTag()
            skipToTagEnd()
            try endTag(tag)
        }
    }

    func error(_ code: WireError.Code) -> WireError {
        WireError(code, at: position)
    }
}
