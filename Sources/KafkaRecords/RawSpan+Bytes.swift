extension [UInt8] {
    /// The array's bytes, borrowed. (`span.bytes` counts as unsafe, since other element types have padding; bytes have none.)
    @inlinable
    public var rawSpan: RawSpan {
        @_lifetime(borrow self) get { unsafe span.bytes }
    }
}

extension RawSpan {
    /// The bytes as an array.
    @inlinable
    public func copy() -> [UInt8] {
        unsafe withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
