import KafkaRecords
import Synchronization

/// An entry of a `.index` file, 8 bytes big-endian: int32 offset relative to the segment's base, int32 position.
///
/// The offset is the last one of the batch at `position`, as in Kafka.
struct OffsetEntry: BitwiseCopyable, Equatable {
    static let byteCount = 8
    var relativeOffset: Int32
    var position: Int32
}

/// An entry of a `.timeindex` file, 12 bytes big-endian: int64 timestamp, int32 relative offset.
///
/// Says: up to here the largest timestamp is `timestamp`, first reached in the batch whose last offset is given.
struct TimeEntry: BitwiseCopyable, Equatable {
    static let byteCount = 12
    var timestamp: Int64
    var relativeOffset: Int32
}

/// The two sparse indexes of a segment: entries that are in the files, and the newest ones, still only in memory.
///
/// The thread that owns the partition adds and spills; readers search from any thread. Entries in memory are searched
/// under the lock (a dozen loads), those in the file by a few preads outside of it. Nothing is kept of a sealed segment's
/// index, so a thousand segments cost nothing. Readers check what an index tells them: see `Segment.position(of:)`.
final class SegmentIndex<FS: FileSystem>: Sendable {
    private struct State {
        var offsets: ContiguousArray<OffsetEntry> = []
        var times: ContiguousArray<TimeEntry> = []
        /// Entries in the files; -1 until somebody has asked for the size.
        var offsetFileCount: Int
        var timeFileCount: Int
        /// A reader found that the files do not fit the log.
        var isBroken = false
    }

    /// Entries of both lists kept in memory before they go to the files.
    static var spillCount: Int { 4096 }

    private let state: Mutex<State>
    private let fileSystem: FS

    /// `isNew`: there are no files yet, or what they hold is void.
    init(fileSystem: FS, isNew: Bool) {
        self.fileSystem = fileSystem
        state = Mutex(State(offsetFileCount: isNew ? 0 : -1, timeFileCount: isNew ? 0 : -1))
    }

    var isBroken: Bool { state.withLock { $0.isBroken } }
    func markBroken() { state.withLock { $0.isBroken = true } }

    // MARK: The owner

    func add(_ entry: OffsetEntry) {
        state.withLock { $0.offsets.append(entry) }
    }

    func add(_ entry: TimeEntry) {
        state.withLock { $0.times.append(entry) }
    }

    /// Forgets everything, to be built anew.
    func reset() {
        state.withLock { $0 = State(offsetFileCount: 0, timeFileCount: 0) }
    }

    /// Entries of both lists, in files and memory.
    func counts(_ segment: Segment<FS>) throws(FileError) -> (offsets: Int, times: Int) {
        let offsets = try offsetFileCount(segment)
        let times = try timeFileCount(segment)
        return state.withLock { (offsets + $0.offsets.count, times + $0.times.count) }
    }

    /// Moves the entries in memory to the ends of the files and returns the files, which are not synced.
    func spill(_ segment: Segment<FS>) throws(FileError) -> (index: FS.File, timeIndex: FS.File) {
        let index = try segment.file(.index, create: true)
        let timeIndex = try segment.file(.timeIndex, create: true)
        let offsetCount = try offsetFileCount(segment)
        let timeCount = try timeFileCount(segment)
        let (offsets, times) = state.withLock { ($0.offsets, $0.times) }
        // Also cuts what an older life of the file has left behind.
        try fileSystem.truncate(index, to: offsetCount * OffsetEntry.byteCount)
        try fileSystem.truncate(timeIndex, to: timeCount * TimeEntry.byteCount)
        if !offsets.isEmpty {
            try fileSystem.write(index, at: offsetCount * OffsetEntry.byteCount, encode(offsets))
        }
        if !times.isEmpty {
            try fileSystem.write(timeIndex, at: timeCount * TimeEntry.byteCount, encode(times))
        }
        state.withLock { state in
            state.offsetFileCount = offsetCount + offsets.count
            state.timeFileCount = timeCount + times.count
            state.offsets.removeAll()
            state.times.removeAll()
        }
        return (index, timeIndex)
    }

    // MARK: Readers

    /// The last entry whose offset is at most `relativeOffset`.
    func floor(relativeOffset: Int32, _ segment: Segment<FS>) throws(FileError) -> OffsetEntry? {
        try lastOffsetEntry(segment) { $0.relativeOffset <= relativeOffset }
    }

    /// The last entry that lies at `position` or before.
    func floor(position: Int, _ segment: Segment<FS>) throws(FileError) -> OffsetEntry? {
        try lastOffsetEntry(segment) { Int($0.position) <= position }
    }

    /// The last entry whose timestamp is at most `timestamp`.
    func floor(timestamp: Int64, _ segment: Segment<FS>) throws(FileError) -> TimeEntry? {
        try lastTimeEntry(segment) { $0.timestamp <= timestamp }
    }

    /// The last time entry whose offset is at most `relativeOffset`.
    func timeFloor(relativeOffset: Int32, _ segment: Segment<FS>) throws(FileError) -> TimeEntry? {
        try lastTimeEntry(segment) { $0.relativeOffset <= relativeOffset }
    }

    private func lastTimeEntry(
        _ segment: Segment<FS>, where matches: (TimeEntry) -> Bool
    ) throws(FileError) -> TimeEntry? {
        let found = state.withLock { state in state.times.last(inSorted: matches) }
        if let found { return found }
        let count = try timeFileCount(segment)
        guard count > 0 else { return nil }
        return try search(segment.file(.timeIndex), count: count, entryByteCount: TimeEntry.byteCount) { bytes in
            let entry = TimeEntry(bytes)
            return matches(entry) ? entry : nil
        }
    }

    private func lastOffsetEntry(
        _ segment: Segment<FS>, where matches: (OffsetEntry) -> Bool
    ) throws(FileError) -> OffsetEntry? {
        let found = state.withLock { state in state.offsets.last(inSorted: matches) }
        if let found { return found }
        let count = try offsetFileCount(segment)
        guard count > 0 else { return nil }
        return try search(segment.file(.index), count: count, entryByteCount: OffsetEntry.byteCount) { bytes in
            let entry = OffsetEntry(bytes)
            return matches(entry) ? entry : nil
        }
    }

    private func offsetFileCount(_ segment: Segment<FS>) throws(FileError) -> Int {
        let known = state.withLock { $0.offsetFileCount }
        if known >= 0 { return known }
        let count = try byteCount(segment, .index) / OffsetEntry.byteCount
        return state.withLock { state in
            if state.offsetFileCount < 0 { state.offsetFileCount = count }
            return state.offsetFileCount
        }
    }

    private func timeFileCount(_ segment: Segment<FS>) throws(FileError) -> Int {
        let known = state.withLock { $0.timeFileCount }
        if known >= 0 { return known }
        let count = try byteCount(segment, .timeIndex) / TimeEntry.byteCount
        return state.withLock { state in
            if state.timeFileCount < 0 { state.timeFileCount = count }
            return state.timeFileCount
        }
    }

    /// A missing file has no entries; the log is then searched from its beginning.
    private func byteCount(_ segment: Segment<FS>, _ kind: LogFileName.Kind) throws(FileError) -> Int {
        do throws(FileError) {
            return try fileSystem.size(at: segment.path(kind))
        } catch {
            if error.isNotFound { return 0 }
            throw error
        }
    }

    /// Binary search for the last entry that `match` accepts, where all that it accepts come first.
    private func search<Entry>(
        _ file: FS.File, count: Int, entryByteCount: Int, _ match: (RawSpan) -> Entry?
    ) throws(FileError) -> Entry? {
        // A block this small costs one pread whether it has one entry or all.
        let blockCount = 64
        var (low, high) = (0, count)
        while high - low > blockCount {
            let middle = low + (high - low) / 2
            let bytes = try fileSystem.bytes(of: file, at: middle * entryByteCount, count: entryByteCount)
            guard bytes.count == entryByteCount else { return nil }
            if match(bytes.rawSpan) != nil { low = middle } else { high = middle }
        }
        let block = try fileSystem.bytes(
            of: file, at: low * entryByteCount, count: (high - low) * entryByteCount)
        var found: Entry?
        for number in 0..<block.count / entryByteCount {
            let start = number * entryByteCount
            guard let entry = match(block.rawSpan.extracting(start..<start + entryByteCount)) else { break }
            found = entry
        }
        return found
    }

    private func encode(_ entries: ContiguousArray<OffsetEntry>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * OffsetEntry.byteCount)
        for entry in entries {
            bytes.appendBigEndian(entry.relativeOffset)
            bytes.appendBigEndian(entry.position)
        }
        return bytes
    }

    private func encode(_ entries: ContiguousArray<TimeEntry>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * TimeEntry.byteCount)
        for entry in entries {
            bytes.appendBigEndian(entry.timestamp)
            bytes.appendBigEndian(entry.relativeOffset)
        }
        return bytes
    }
}

extension OffsetEntry {
    init(_ bytes: RawSpan) {
        relativeOffset = bytes.bigEndian(at: 0, as: Int32.self)
        position = bytes.bigEndian(at: 4, as: Int32.self)
    }
}

extension TimeEntry {
    init(_ bytes: RawSpan) {
        timestamp = bytes.bigEndian(at: 0, as: Int64.self)
        relativeOffset = bytes.bigEndian(at: 8, as: Int32.self)
    }
}

extension ContiguousArray {
    /// The last element that `matches` accepts, where all that it accepts come first.
    func last(inSorted matches: (Element) -> Bool) -> Element? {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if matches(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? self[low - 1] : nil
    }
}

extension [UInt8] {
    mutating func appendBigEndian<T: FixedWidthInteger>(_ value: T) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { bytes in unsafe append(contentsOf: bytes) }
    }
}
