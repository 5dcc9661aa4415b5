import KafkaRecords

/// The bytes between broker and guest in the sluice ABI, version 1: a header, a table with an entry per record, the records.
///
/// All of it is little-endian, as are the machines that we build for. Pointers are addresses in the guest's memory. The guest may
/// write anywhere, also over header and table: the broker goes by its own count and by where it put the table.
enum SluiceABI {
    /// The header of a batch.
    struct Header: BitwiseCopyable {
        static let byteCount = 32
        var totalLength: UInt32
        var recordCount: UInt32
        var tableOffset: UInt32
        var recordStride: UInt32
        var outputMax: UInt32
        var flags: UInt32 = 0
        var baseOffset: Int64
    }

    /// The entry of a record.
    struct Entry: BitwiseCopyable {
        static let byteCount = 64
        var offset: Int64
        var timestamp: Int64
        var keyPointer: UInt32
        var keyLength: Int32
        var valuePointer: UInt32
        var valueLength: Int32
        var headersPointer: UInt32
        var headersLength: Int32
        var verdict: UInt32 = 0
        var error: UInt32 = 0
        var flags: UInt32
        var headerCount: UInt32
        var reserved: UInt64 = 0
    }

    /// Bytes that a batch takes in the guest.
    static func byteCount(records: Int, bytes: Int) -> Int {
        Header.byteCount + records * Entry.byteCount + bytes
    }

    /// Writes the records of `range` to `buffer`, which is at address `address` of the guest and has room: one copy of their
    /// bytes, which are those of `extent`.
    static func write(
        _ input: borrowing StepInput, _ range: Range<Int>, extent: Range<Int>, outputMax: Int,
        to buffer: UnsafeMutableRawBufferPointer, address: Int
    ) {
        let tableOffset = Header.byteCount
        let dataOffset = tableOffset + range.count * Entry.byteCount
        let header = Header(
            totalLength: UInt32(dataOffset + extent.count), recordCount: UInt32(range.count),
            tableOffset: UInt32(tableOffset), recordStride: UInt32(Entry.byteCount), outputMax: UInt32(outputMax),
            baseOffset: input.baseOffset)
        unsafe buffer.storeBytes(of: header, as: Header.self)
        let flags: UInt32 = input.isAppendTime ? 1 : 0
        // What is added to a position in the input's bytes to make it an address. Wraps for null parts, which have none.
        let shift = UInt32(truncatingIfNeeded: address + dataOffset - extent.lowerBound)
        var place = tableOffset
        for index in range {
            let record = input[index]
            let entry = Entry(
                offset: record.offset, timestamp: record.timestamp,
                keyPointer: pointer(record.key, shift), keyLength: record.key.count,
                valuePointer: pointer(record.value, shift), valueLength: record.value.count,
                headersPointer: pointer(record.headers, shift), headersLength: record.headers.count,
                flags: flags, headerCount: UInt32(truncatingIfNeeded: record.headerCount))
            unsafe buffer.storeBytes(of: entry, toByteOffset: place, as: Entry.self)
            place += Entry.byteCount
        }
        unsafe input.bytes.withUnsafeBytes { bytes in
            let source = unsafe UnsafeRawBufferPointer(rebasing: bytes[extent])
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[dataOffset...]).copyMemory(from: source)
        }
    }

    /// Writes a batch of no records.
    static func writeEmpty(to buffer: UnsafeMutableRawBufferPointer) {
        let header = Header(
            totalLength: UInt32(Header.byteCount), recordCount: 0, tableOffset: UInt32(Header.byteCount),
            recordStride: UInt32(Entry.byteCount), outputMax: 0, baseOffset: 0)
        unsafe buffer.storeBytes(of: header, as: Header.self)
    }

    private static func pointer(_ part: PartRange, _ shift: UInt32) -> UInt32 {
        part.count < 0 ? 0 : UInt32(bitPattern: part.start) &+ shift
    }

    /// What the guest says of one record. Verdicts: 1 keep, 2 drop, 3 error, 16 + mask replace.
    static func entry(_ index: Int, in memory: UnsafeMutableRawBufferPointer, address: Int) -> Entry {
        let place = address + Header.byteCount + index * Entry.byteCount
        return unsafe memory.load(fromByteOffset: place, as: Entry.self)
    }
}
