/// Where the parts of one record header lie. Positions count from the header section's first byte.
public struct RecordHeaderEntry: BitwiseCopyable, Sendable, Equatable {
    public var keyStart: Int32
    public var keyCount: Int32
    public var valueStart: Int32
    /// Bytes of the value; −1 is a null value.
    public var valueCount: Int32

    /// The key's bytes, UTF-8 if its producer kept to the protocol.
    @inlinable @_lifetime(copy section)
    public func key(in section: RawSpan) -> RawSpan { section.extracting(Int(keyStart)..<Int(keyStart &+ keyCount)) }

    /// The value's bytes; nil is a null value.
    @inlinable @_lifetime(copy section)
    public func value(in section: RawSpan) -> RawSpan? {
        valueCount < 0 ? nil : section.extracting(Int(valueStart)..<Int(valueStart &+ valueCount))
    }

    @inlinable
    init(keyStart: Int32, keyCount: Int32, valueStart: Int32, valueCount: Int32) {
        self.keyStart = keyStart
        self.keyCount = keyCount
        self.valueStart = valueStart
        self.valueCount = valueCount
    }
}

/// Walks a record's header section: varint count, then per header a key (varint length, never null) and a value (varint length,
/// −1 = null).
public struct RecordHeaderCursor: ~Escapable {
    /// The section of a record without headers.
    public static let noHeaders: [UInt8] = [0]

    @usableFromInline let section: RawSpan
    @usableFromInline var position: Int
    @usableFromInline var left: Int32
    /// Headers that the section says it has.
    public let headerCount: Int32

    /// `section` is the whole header section, its count first. Throws `malformedHeaders`.
    @inlinable @_lifetime(copy section)
    public init(_ section: RawSpan) throws(RecordBatchError) {
        var position = 0
        guard section.byteCount <= Int(Int32.max),
            let count = section.varint32(at: &position, end: section.byteCount),
            count >= 0, Int(count) <= (section.byteCount &- position) / 2
        else { throw .malformedHeaders }
        self.section = section
        self.position = position
        left = count
        headerCount = count
    }

    /// The next header, or nil after the last one, when nothing may be left. Throws `malformedHeaders`.
    @inlinable
    public mutating func next() throws(RecordBatchError) -> RecordHeaderEntry? {
        guard left > 0 else {
            guard position == section.byteCount else { throw .malformedHeaders }
            return nil
        }
        var at = position
        guard let keyCount = section.nullableLength(at: &at, end: section.byteCount), keyCount >= 0 else {
            throw .malformedHeaders
        }
        let keyStart = at
        at &+= Int(keyCount)
        guard let valueCount = section.nullableLength(at: &at, end: section.byteCount) else { throw .malformedHeaders }
        let valueStart = at
        position = at &+ Int(max(valueCount, 0))
        left &-= 1
        return RecordHeaderEntry(
            keyStart: Int32(truncatingIfNeeded: keyStart), keyCount: keyCount,
            valueStart: Int32(truncatingIfNeeded: valueStart), valueCount: valueCount)
    }

    /// Checks that `section` is a whole header section and nothing more, and returns its count of headers. This is what bytes
    /// from a guest must pass before they are written into a record.
    @inlinable
    public static func validate(_ section: RawSpan) throws(RecordBatchError) -> Int32 {
        var position = 0
        guard section.byteCount <= Int(Int32.max),
            let count = section.skipHeaders(at: &position, end: section.byteCount), position == section.byteCount
        else { throw .malformedHeaders }
        return count
    }
}
