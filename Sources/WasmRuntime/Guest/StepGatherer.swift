import KafkaRecords

/// Takes a guest's answer over into the batch's outcome: every verdict checked, every byte copied once, then only the copy
/// looked at.
struct StepGatherer {
    let step: Int
    let keepHeaders: Bool
    /// Bytes that the step's replaced parts may have together.
    let outputMax: Int
    /// Bytes that one record may have.
    let recordMax: Int
    /// Bytes that they have so far. Counted in the order of the offsets, so that it makes no difference in how many calls the
    /// records were transformed.
    private(set) var outputCount = 0
    /// Where a header section without headers lies in the arena, once there is one.
    private var noHeaders: PartRange?
    /// Bytes that the arena is likely to need: those of the input.
    private let arenaCapacity: Int
    /// The most bytes of the arena: positions in it, and in what a later step gets, fit 32 bits.
    private static let arenaMax = 1 << 30

    init(step: Int, keepHeaders: Bool, outputMax: Int, recordMax: Int, arenaCapacity: Int) {
        self.arenaCapacity = arenaCapacity
        self.step = step
        self.keepHeaders = keepHeaders
        self.outputMax = outputMax
        self.recordMax = recordMax
    }

    /// The answer for the records in `range`, whose table begins behind `address`. Throws if one entry makes no sense; the
    /// outcome is then as before.
    mutating func gather(
        _ range: Range<Int>, of input: borrowing StepInput, from memory: UnsafeMutableRawBufferPointer, address: Int,
        into outcome: inout BatchOutcome
    ) throws(GuestFault) {
        let mark = (arena: outcome.arena.count, output: outputCount, noHeaders: noHeaders)
        // What the records were, to go back to if the answer makes no sense. As they are stored: nothing to remember.
        var before = ContiguousArray<RecordOutcome>()
        if !input.isUntouched { for index in range { before.append(outcome.records[Int(input[index].index)]) } }
        do {
            for row in 0..<range.count {
                let record = input[range.lowerBound + row]
                // Changed in its place: a copy of what has just been written in parts stalls the processor.
                try unsafe take(
                    SluiceABI.entry(row, in: memory, address: address), record, memory,
                    &outcome.records[Int(record.index)], &outcome.arena)
            }
        } catch {
            outcome.arena.removeLast(outcome.arena.count - mark.arena)
            (outputCount, noHeaders) = (mark.output, mark.noHeaders)
            for (row, index) in range.enumerated() {
                outcome.records[Int(input[index].index)] = input.isUntouched ? RecordOutcome() : before[row]
            }
            throw error
        }
    }

    @inline(__always)
    private mutating func take(
        _ entry: SluiceABI.Entry, _ record: GuestRecord, _ memory: UnsafeMutableRawBufferPointer,
        _ result: inout RecordOutcome, _ arena: inout [UInt8]
    ) throws(GuestFault) {
        switch entry.verdict {
        case 0: result.fail(.noVerdict, step: step)
        case 1, 0x10: dropHeaders(of: record, &result, &arena)
        case 2:
            result.kind = .drop
            result.parts = []
        case 3: result.fail(.moduleError, step: step)
        case 0x11...0x17:
            try unsafe replace(entry, record, memory, &result, &arena)
        default: throw .fault(.invalidOutput)
        }
    }

    private mutating func replace(
        _ entry: SluiceABI.Entry, _ record: GuestRecord, _ memory: UnsafeMutableRawBufferPointer,
        _ result: inout RecordOutcome, _ arena: inout [UInt8]
    ) throws(GuestFault) {
        let parts = RecordParts(rawValue: UInt8(truncatingIfNeeded: entry.verdict & 7))
        var byteCount = 0
        var keptCount = 0
        if parts.contains(.key) {
            byteCount += try Self.count(entry.keyPointer, entry.keyLength, memory.count)
        } else {
            keptCount += max(0, Int(record.key.count))
        }
        if parts.contains(.value) {
            byteCount += try Self.count(entry.valuePointer, entry.valueLength, memory.count)
        } else {
            keptCount += max(0, Int(record.value.count))
        }
        if parts.contains(.headers) {
            // Null is no header section.
            guard entry.headersLength >= 1 else { throw .fault(.invalidOutput) }
            byteCount += try Self.count(entry.headersPointer, entry.headersLength, memory.count)
        } else if keepHeaders {
            keptCount += Int(record.headers.count)
        }
        guard byteCount <= min(outputMax - outputCount, Self.arenaMax - arena.count - 1),
            byteCount + keptCount <= recordMax
        else {
            result.fail(.outputLimit, step: step)
            return
        }
        outputCount += byteCount
        result.kind = .replaced
        result.parts.formUnion(parts)
        if parts.contains(.key) {
            unsafe result.key = copy(entry.keyPointer, entry.keyLength, memory, &arena)
        }
        if parts.contains(.value) {
            unsafe result.value = copy(entry.valuePointer, entry.valueLength, memory, &arena)
        }
        if parts.contains(.headers) {
            unsafe result.headers = copy(entry.headersPointer, entry.headersLength, memory, &arena)
            try checkHeaders(result.headers, arena)
        } else {
            dropHeaders(of: record, &result, &arena)
        }
    }

    /// Without `keepHeaders`, headers that the guest didn't return are left out.
    private mutating func dropHeaders(of record: GuestRecord, _ result: inout RecordOutcome, _ arena: inout [UInt8]) {
        guard !keepHeaders, record.headerCount != 0 else { return }
        let section: PartRange
        if let noHeaders {
            section = noHeaders
        } else {
            section = PartRange(start: Int32(arena.count), count: 1)
            arena.append(contentsOf: RecordHeaderCursor.noHeaders)
            noHeaders = section
        }
        result.kind = .replaced
        result.parts.insert(.headers)
        result.headers = section
    }

    /// Bytes of a part that the guest returned, 0 for null. It lies inside the memory, computed in 64 bits.
    @inline(__always)
    private static func count(
        _ pointer: UInt32, _ length: Int32, _ memoryByteCount: Int
    ) throws(GuestFault) -> Int {
        guard length >= 0 else {
            if length == -1 { return 0 }
            throw .fault(.invalidOutput)
        }
        guard Int(pointer) &+ Int(length) <= memoryByteCount else { throw .fault(.invalidOutput) }
        return Int(length)
    }

    /// Copies a part for which `count` has found nothing wrong.
    @inline(__always)
    private func copy(
        _ pointer: UInt32, _ length: Int32, _ memory: UnsafeMutableRawBufferPointer, _ arena: inout [UInt8]
    ) -> PartRange {
        guard length >= 0 else { return PartRange(start: 0, count: -1) }
        if arena.isEmpty { arena.reserveCapacity(arenaCapacity) }
        let start = Int32(truncatingIfNeeded: arena.count)
        let range = Int(pointer)..<Int(pointer) &+ Int(length)
        unsafe arena.append(contentsOf: UnsafeRawBufferPointer(rebasing: memory[range]))
        return PartRange(start: start, count: length)
    }

    /// Whether the copied bytes are a header section, with keys that every client can decode.
    private func checkHeaders(_ range: PartRange, _ arena: [UInt8]) throws(GuestFault) {
        guard range.count >= 1 else { throw .fault(.invalidOutput) }
        let section = arena.rawSpan.extracting(Int(range.start)..<Int(range.start) + Int(range.count))
        do {
            _ = try RecordHeaderCursor.validate(section)
            var cursor = try RecordHeaderCursor(section)
            while let header = try cursor.next() {
                let key = header.key(in: section)
                let isText = unsafe key.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) != nil }
                guard isText else { throw RecordBatchError.malformedHeaders }
            }
        } catch {
            throw .fault(.invalidOutput)
        }
    }
}
