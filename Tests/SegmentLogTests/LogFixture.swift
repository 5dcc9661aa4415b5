import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

/// A partition's log on files in memory, with what the tests do to it again and again.
final class LogFixture {
    static let directory = "/data/accounts-0"

    let fileSystem: InMemoryFileSystem
    let clock = ManualClock()
    var files: FileCache<InMemoryFileSystem>
    var configuration: LogConfiguration
    private(set) var log: PartitionLog<InMemoryFileSystem>

    init(
        _ configuration: LogConfiguration = LogConfiguration(), fileSystem: InMemoryFileSystem? = nil,
        isClean: Bool = true, filesMax: Int = 64
    ) throws {
        self.fileSystem = fileSystem ?? InMemoryFileSystem(root: Self.directory)
        self.configuration = configuration
        files = FileCache(fileSystem: self.fileSystem, capacity: filesMax)
        log = try PartitionLog.open(
            directory: Self.directory, files: files, configuration: configuration, isClean: isClean, now: clock.now)
    }

    /// Opens the folder anew, as another process would.
    func reopen(isClean: Bool) throws {
        files = FileCache(fileSystem: fileSystem, capacity: files.capacity)
        log = try PartitionLog.open(
            directory: Self.directory, files: files, configuration: configuration, isClean: isClean, now: clock.now)
    }

    @discardableResult
    func append(_ batch: [UInt8], leaderEpoch: Int32 = 0) throws -> AppendResult {
        try log.append(batch.rawSpan, leaderEpoch: leaderEpoch, now: clock.now)
    }

    @discardableResult
    func append(count: Int, timestamp: Int64? = nil, valueByteCount: Int = 10) throws -> AppendResult {
        try append(Self.batch(count: count, timestamp: timestamp ?? clock.now, valueByteCount: valueByteCount))
    }

    static func batch(
        count: Int, timestamp: Int64 = 1000, valueByteCount: Int = 10, fill: UInt8 = 0x61, codec: Codec = .none,
        producerId: Int64 = -1, producerEpoch: Int16 = -1, baseSequence: Int32 = -1
    ) -> [UInt8] {
        let records = (0..<count).map { number in
            Record(
                key: nil, value: [UInt8](repeating: fill, count: valueByteCount),
                timestamp: timestamp + Int64(number))
        }
        return RecordBatch.encode(
            records, codec: codec, producerId: producerId, producerEpoch: producerEpoch, baseSequence: baseSequence)
    }

    var view: LogView<InMemoryFileSystem> { log.published.current }

    /// The bytes of a slice.
    func read(_ slice: LogSlice<InMemoryFileSystem.File>) throws -> [UInt8] {
        try fileSystem.bytes(of: slice.file, at: slice.position, count: slice.byteCount)
    }

    /// All batches that readers see, from the log start on.
    func batches(
        from offset: Int64? = nil, bytesMax: Int = 1 << 20
    ) throws -> [(header: RecordBatchHeader, bytes: [UInt8])] {
        let view = view
        var result: [(header: RecordBatchHeader, bytes: [UInt8])] = []
        var next = offset ?? view.logStartOffset
        while next < view.highWatermark, let slice = try view.slice(from: next, maxBytes: bytesMax) {
            let bytes = try read(slice)
            var position = 0
            while position < bytes.count {
                let header = try RecordBatchHeader(bytes.rawSpan.extracting(position..<bytes.count))
                let batch = Array(bytes[position..<position + header.byteCount])
                try header.verifyChecksum(of: batch.rawSpan)
                result.append((header, batch))
                position += header.byteCount
                next = header.lastOffset + 1
            }
        }
        return result
    }
}

/// The batch as the log stores it.
func stored(_ batch: [UInt8], baseOffset: Int64, leaderEpoch: Int32 = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(baseOffset)
    bytes += batch[8..<12]
    bytes.appendBigEndian(leaderEpoch)
    return bytes + batch[16...]
}
