/// Writes one record into memory that its maker has measured. Each write is checked against the memory's end all the same.
@safe
struct RecordWriter {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var position = 0

    /// `memory` must outlive the writer.
    @unsafe
    init(_ memory: UnsafeMutableRawBufferPointer) { unsafe self.memory = memory }

    @inline(__always)
    mutating func byte(_ value: UInt8) {
        precondition(unsafe position < memory.count)
        unsafe memory.storeBytes(of: value, toByteOffset: position, as: UInt8.self)
        position &+= 1
    }

    /// The encoding of an `Int32` is that of the equal `Int64`.
    @inline(__always)
    mutating func varint(_ value: Int64) {
        var rest = Varint.zigzag(value)
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func copy(_ bytes: RawSpan) {
        precondition(unsafe bytes.byteCount <= memory.count &- position)
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress, let to = unsafe memory.baseAddress {
                unsafe (to + position).copyMemory(from: from, byteCount: source.count)
            }
        }
        position &+= bytes.byteCount
    }
}
