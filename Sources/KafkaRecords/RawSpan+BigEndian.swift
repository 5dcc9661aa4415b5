extension RawSpan {
    /// The big-endian integer at byte `position`. Out of bounds is a trap: check `byteCount` first.
    @inlinable
    public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(at position: Int, as type: T.Type) -> T {
        // An integer has no invalid bit pattern, and the load is bounds-checked.
        T(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: position, as: type))
    }
}
