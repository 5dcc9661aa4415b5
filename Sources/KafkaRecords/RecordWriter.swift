/// Writes records into memory one behind the other. Whether a record fits is looked at once, before its first byte.
@safe @usableFromInline
struct RecordWriter {
    @usableFromInline let memory: UnsafeMutableRawBufferPointer
    @usableFromInline private(set) var position: Int

    /// Writes from `position` on, which lies inside of `memory`. `memory` must outlive the writer.
    @unsafe @inlinable
    init(_ memory: UnsafeMutableRawBufferPointer, position: Int = 0) {
        precondition(position >= 0 && position <= memory.count)
        unsafe self.memory = memory
        self.position = position
    }

    /// More than all varints of a record and its attributes take: 5 for the length, 1, 10, 5, 5 and 5.
    @inlinable static var framingByteCountMax: Int { 31 }

    /// Writes a record, attribute bits cleared, if it fits behind the writer's place into `room` bytes; else writes nothing and
    /// returns false. `headers` as in ``BatchBuilder/append(_:key:value:headers:)``.
    @inlinable @inline(__always)
    mutating func record(
        room: Int, timestampDelta: Int64, offsetDelta: Int32, key: RawSpan?, value: RawSpan?, headers: RawSpan
    ) -> Bool {
        let keyCount = key?.byteCount ?? -1
        let valueCount = value?.byteCount ?? -1
        let headersCount = max(headers.byteCount, 1)
        let parts = max(keyCount, 0) &+ max(valueCount, 0) &+ headersCount
        // The room is below 2 GiB, so that with this checked each length fits 32 bits. It also proves all writes below: they
        // are the parts and at most `framingByteCountMax` bytes between them.
        guard parts <= min(room, unsafe memory.count &- position) &- Self.framingByteCountMax,
            let start = unsafe memory.baseAddress
        else { return false }
        let length =
            1 &+ Varint.byteCount(timestampDelta) &+ Varint.byteCount(offsetDelta)
            &+ Varint.byteCount(Int32(truncatingIfNeeded: keyCount))
            &+ Varint.byteCount(Int32(truncatingIfNeeded: valueCount)) &+ parts
        var to = unsafe start + position
        unsafe Self.put(varint: Int64(length), at: &to)
        unsafe Self.put(byte: 0, at: &to)
        unsafe Self.put(varint: timestampDelta, at: &to)
        unsafe Self.put(varint: Int64(offsetDelta), at: &to)
        unsafe Self.put(varint: Int64(keyCount), at: &to)
        if let key { unsafe Self.put(key, at: &to) }
        unsafe Self.put(varint: Int64(valueCount), at: &to)
        if let value { unsafe Self.put(value, at: &to) }
        if headers.byteCount == 0 { unsafe Self.put(byte: 0, at: &to) } else { unsafe Self.put(headers, at: &to) }
        position = unsafe to - start
        return true
    }

    /// Writes the record `entry` with another timestamp delta: `payload` is what follows the offset delta. Otherwise as above.
    mutating func record(_ entry: RecordEntry, room: Int, timestampDelta: Int64, payload: RawSpan) -> Bool {
        // As above.
        guard payload.byteCount <= min(room, unsafe memory.count &- position) &- Self.framingByteCountMax,
            let start = unsafe memory.baseAddress
        else { return false }
        let length = 1 &+ Varint.byteCount(timestampDelta) &+ Varint.byteCount(entry.offsetDelta) &+ payload.byteCount
        var to = unsafe start + position
        unsafe Self.put(varint: Int64(length), at: &to)
        unsafe Self.put(byte: UInt8(truncatingIfNeeded: entry.attributes), at: &to)
        unsafe Self.put(varint: timestampDelta, at: &to)
        unsafe Self.put(varint: Int64(entry.offsetDelta), at: &to)
        unsafe Self.put(payload, at: &to)
        position = unsafe to - start
        return true
    }

    /// Copies bytes, if they fit into `room` bytes; else writes nothing and returns false.
    @inlinable @inline(__always)
    mutating func copy(room: Int, _ bytes: RawSpan) -> Bool {
        guard bytes.byteCount <= min(room, unsafe memory.count &- position), let start = unsafe memory.baseAddress
        else { return false }
        var to = unsafe start + position
        unsafe Self.put(bytes, at: &to)
        position = unsafe to - start
        return true
    }

    @unsafe @inlinable @inline(__always)
    static func put(byte value: UInt8, at to: inout UnsafeMutableRawPointer) {
        unsafe to.storeBytes(of: value, as: UInt8.self)
        unsafe to += 1
    }

    /// The encoding of an `Int32` is that of the equal `Int64`.
    @unsafe @inlinable @inline(__always)
    static func put(varint value: Int64, at to: inout UnsafeMutableRawPointer) {
        var rest = Varint.zigzag(value)
        while rest >= 0x80 {
            unsafe put(byte: UInt8(truncatingIfNeeded: rest) | 0x80, at: &to)
            rest &>>= 7
        }
        unsafe put(byte: UInt8(truncatingIfNeeded: rest), at: &to)
    }

    @unsafe @inlinable @inline(__always)
    static func put(_ bytes: RawSpan, at to: inout UnsafeMutableRawPointer) {
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress { unsafe to.copyMemory(from: from, byteCount: source.count) }
        }
        unsafe to += bytes.byteCount
    }
}
