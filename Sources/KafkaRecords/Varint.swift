/// Kafka's variable-length integers: zigzag, then seven bits a byte, the lowest first; a set high bit means that more follow.
/// Source: Kafka protocol guide, "Varint" and "Varlong"; Protocol Buffers encoding guide.
///
/// An encoding is refused that is cut short, has more bits than its type, or is longer than it need be: each value has one
/// encoding, so that what was read and is written again has the same bytes.
public enum Varint {
    /// The most bytes of a 32-bit integer.
    public static let byteCountMax32 = 5
    /// The most bytes of a 64-bit integer.
    public static let byteCountMax64 = 10

    /// Bytes of the encoding of `value`, 1–5.
    @inlinable
    public static func byteCount(_ value: Int32) -> Int {
        let zigzag = zigzag(value)
        return zigzag < 0x80 ? 1 : (38 &- zigzag.leadingZeroBitCount) / 7
    }

    /// Bytes of the encoding of `value`, 1–10.
    @inlinable
    public static func byteCount(_ value: Int64) -> Int {
        let zigzag = zigzag(value)
        return zigzag < 0x80 ? 1 : (70 &- zigzag.leadingZeroBitCount) / 7
    }

    /// Appends the encoding of `value`.
    public static func write(_ value: Int32, to bytes: inout [UInt8]) {
        write(Int64(value), to: &bytes)
    }

    /// Appends the encoding of `value`. Zigzag makes the encodings of an `Int32` and of the equal `Int64` the same.
    public static func write(_ value: Int64, to bytes: inout [UInt8]) {
        var rest = zigzag(value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    @inlinable
    static func zigzag(_ value: Int32) -> UInt32 { UInt32(bitPattern: (value &<< 1) ^ (value &>> 31)) }

    @inlinable
    static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)) }

    @inlinable
    static func unzigzag(_ value: UInt32) -> Int32 {
        Int32(bitPattern: value &>> 1) ^ (0 &- Int32(bitPattern: value & 1))
    }

    @inlinable
    static func unzigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value &>> 1) ^ (0 &- Int64(bitPattern: value & 1))
    }
}

extension RawSpan {
    /// Reads a 32-bit varint at `position` and moves `position` behind it. Nothing at or after `end` is looked at.
    /// Returns nil, with `position` anywhere up to `end`, where there is no valid one.
    @inlinable
    public func varint32(at position: inout Int, end: Int) -> Int32? {
        precondition(position >= 0 && end <= byteCount)
        return uncheckedVarint32(at: &position, end: end)
    }

    /// Reads a 64-bit varint; otherwise as ``varint32(at:end:)``.
    @inlinable
    public func varint64(at position: inout Int, end: Int) -> Int64? {
        precondition(position >= 0 && end <= byteCount)
        return uncheckedVarint64(at: &position, end: end)
    }

    /// ``varint32(at:end:)`` for a caller that keeps 0 ≤ `position` and `end` ≤ `byteCount` by itself. One and two bytes, nearly all
    /// that there are, without a loop.
    @inlinable @inline(__always)
    func uncheckedVarint32(at position: inout Int, end: Int) -> Int32? {
        guard position < end else { return nil }
        let first = unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
        position &+= 1
        if first < 0x80 { return Varint.unzigzag(UInt32(first)) }
        guard position < end else { return nil }
        let second = unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
        guard second < 0x80 else { return longVarint32(first: first, at: &position, end: end) }
        position &+= 1
        return second == 0 ? nil : Varint.unzigzag(UInt32(first & 0x7f) | UInt32(second) &<< 7)
    }

    @inlinable @inline(__always)
    func uncheckedVarint64(at position: inout Int, end: Int) -> Int64? {
        guard position < end else { return nil }
        let first = unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
        position &+= 1
        if first < 0x80 { return Varint.unzigzag(UInt64(first)) }
        guard position < end else { return nil }
        let second = unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
        guard second < 0x80 else { return longVarint64(first: first, at: &position, end: end) }
        position &+= 1
        return second == 0 ? nil : Varint.unzigzag(UInt64(first & 0x7f) | UInt64(second) &<< 7)
    }

    /// The rest of a varint whose first byte says that more follow. The caller has checked `position` and `end`.
    @inlinable @inline(never)
    func longVarint32(first: UInt8, at position: inout Int, end: Int) -> Int32? {
        var value = UInt32(first & 0x7f)
        var shift: UInt32 = 7
        while position < end {
            let byte = unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
            position &+= 1
            // The fifth byte has room for four bits and ends the integer.
            if shift == 28, byte > 0x0f { return nil }
            value |= UInt32(byte & 0x7f) &<< shift
            if byte < 0x80 { return byte == 0 ? nil : Varint.unzigzag(value) }
            shift &+= 7
        }
        return nil
    }

    /// The rest of a varlong; otherwise as ``longVarint32(first:at:end:)``.
    @inlinable @inline(never)
    func longVarint64(first: UInt8, at position: inout Int, end: Int) -> Int64? {
        var value = UInt64(first & 0x7f)
        var shift: UInt64 = 7
        while position < end {
            let byte = unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
            position &+= 1
            // The tenth byte has room for one bit and ends the integer.
            if shift == 63, byte > 0x01 { return nil }
            value |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 { return byte == 0 ? nil : Varint.unzigzag(value) }
            shift &+= 7
        }
        return nil
    }
}
