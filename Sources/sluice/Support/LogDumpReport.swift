import KafkaRecords
import SystemPackage

/// The files that `log dump` was pointed at.
enum LogDumpFiles {
    struct File {
        var path: String
        var kind: Kind
        /// The first offset of the segment, which is its name.
        var baseOffset: Int64
    }

    enum Kind: String {
        case log
        case index
        case timeindex
    }

    static func find(_ path: String) throws(CommandFailure) -> [File] {
        let names: [String]
        do {
            names = try Directory.names(in: path)
        } catch .notDirectory {
            guard let file = file(path) else {
                throw CommandFailure(.failed, "\(path) is no .log, .index or .timeindex file")
            }
            return [file]
        } catch {
            throw CommandFailure(error == .noSuchFileOrDirectory ? .notFound : .failed, "can't open \(path): \(error)")
        }
        let files = names.sorted().compactMap { file(path + "/" + $0) }.filter { $0.kind == .log }
        guard !files.isEmpty else {
            throw CommandFailure(
                .notFound, "no .log files in \(path)", hint: "name the folder of one partition, as in DATA/accounts-0")
        }
        return files
    }

    private static func file(_ path: String) -> File? {
        let name = FilePath(path).lastComponent
        guard let name, let kind = name.extension.flatMap(Kind.init(rawValue:)), let offset = Int64(name.stem) else {
            return nil
        }
        return File(path: path, kind: kind, baseOffset: offset)
    }
}

/// Lists what is in one file. Sizes and places only: payload is never shown.
struct LogDumpReport {
    var format: OutputFormat
    var showsRecords: Bool
    var file: LogDumpFiles.File
    /// Takes each line.
    var write: (String) throws -> Void = Output.line

    /// A batch that says it is longer is taken for damage.
    private static let batchBytesMax = 256 * 1024 * 1024

    /// - Returns: the number of damaged places.
    func run() throws -> Int {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(FilePath(file.path), .readOnly)
        } catch let error as Errno {
            throw CommandFailure(
                error == .noSuchFileOrDirectory ? .notFound : .failed, "can't open \(file.path): \(error)")
        }
        return try descriptor.closeAfter {
            if format == .table { try write(file.path) }
            switch file.kind {
            case .log: return try dumpLog(descriptor)
            case .index: return try dumpIndex(descriptor, entryByteCount: 8)
            case .timeindex: return try dumpIndex(descriptor, entryByteCount: 12)
            }
        }
    }

    private func dumpLog(_ descriptor: FileDescriptor) throws -> Int {
        let size = try descriptor.seek(offset: 0, from: .end)
        var position: Int64 = 0
        while position < size {
            let start = try read(descriptor, at: position, count: RecordBatchHeader.byteCount)
            let header: RecordBatchHeader
            do {
                header = try RecordBatchHeader(start.rawSpan)
            } catch {
                // Where a batch can't be read, nothing says where the next one begins.
                try damage(at: position, "\(error)", remaining: size - position)
                return 1
            }
            guard header.byteCount <= Self.batchBytesMax, Int64(header.byteCount) <= size - position else {
                try damage(at: position, "the file ends inside the batch", remaining: size - position)
                return 1
            }
            let batch = try read(descriptor, at: position, count: header.byteCount)
            do {
                try header.verifyChecksum(of: batch.rawSpan)
                try show(header, at: position, isSound: true)
                if showsRecords { try showRecords(batch, header) }
            } catch let error as RecordBatchError {
                try show(header, at: position, isSound: false)
                try damage(at: position, "\(error)", remaining: size - position)
                return 1
            }
            position += Int64(header.byteCount)
        }
        return 0
    }

    private func show(_ header: RecordBatchHeader, at position: Int64, isSound: Bool) throws {
        let codec = (try? header.codec()).map { "\($0)" } ?? "unknown"
        let attributes = header.attributes
        switch format {
        case .json:
            let json: JSON = [
                "file": .string(file.path), "kind": "batch", "position": .integer(position),
                "base_offset": .integer(header.baseOffset), "last_offset": .integer(header.lastOffset),
                "records": JSON(header.recordCount), "bytes": JSON(header.byteCount), "codec": .string(codec),
                "leader_epoch": JSON(header.partitionLeaderEpoch),
                "base_timestamp": .integer(header.baseTimestamp),
                "max_timestamp": .integer(header.maxTimestamp), "producer_id": .integer(header.producerId),
                "producer_epoch": JSON(header.producerEpoch), "base_sequence": JSON(header.baseSequence),
                "transactional": .bool(attributes.isTransactional), "control": .bool(attributes.isControl),
                "log_append_time": .bool(attributes.isLogAppendTime), "crc": JSON(header.crc),
                "sound": .bool(isSound),
            ]
            try write(json.text)
        case .table:
            var line = "  at \(position): offsets \(header.baseOffset)–\(header.lastOffset), "
            line += "\(header.recordCount) records, \(header.byteCount) bytes, codec \(codec), "
            line += "epoch \(header.partitionLeaderEpoch), time \(header.maxTimestamp)"
            if header.hasProducerId {
                line += ", producer \(header.producerId)/\(header.producerEpoch) sequence \(header.baseSequence)"
            }
            if attributes.isTransactional { line += ", transactional" }
            if attributes.isControl { line += ", control" }
            try write(line + (isSound ? "" : ", BAD CHECKSUM"))
        }
    }

    private func showRecords(_ batch: [UInt8], _ header: RecordBatchHeader) throws {
        let decoded = try DecodedBatch(decoding: batch.rawSpan, bound: Self.batchBytesMax)
        for entry in decoded.records {
            let offset = header.baseOffset &+ Int64(entry.offsetDelta)
            let timestamp = header.timestamp(of: entry)
            switch format {
            case .json:
                let json: JSON = [
                    "file": .string(file.path), "kind": "record", "offset": .integer(offset),
                    "timestamp": .integer(timestamp), "key_bytes": JSON(entry.keyCount),
                    "value_bytes": JSON(entry.valueCount), "headers": JSON(entry.headerCount),
                ]
                try write(json.text)
            case .table:
                try write(
                    "    offset \(offset), time \(timestamp), key \(Self.size(entry.keyCount)), "
                        + "value \(Self.size(entry.valueCount)), \(entry.headerCount) headers")
            }
        }
    }

    private static func size(_ count: Int32) -> String { count < 0 ? "null" : "\(count) bytes" }

    private func damage(at position: Int64, _ reason: String, remaining: Int64) throws {
        switch format {
        case .json:
            let json: JSON = [
                "file": .string(file.path), "kind": "damage", "position": .integer(position), "reason": .string(reason),
                "bytes_behind": .integer(remaining),
            ]
            try write(json.text)
        case .table:
            try write("  at \(position): DAMAGED, \(reason); \(remaining) bytes from here on")
        }
    }

    /// Index entries: int32 offset after the base offset, int32 position; of a time index int64 timestamp, int32 offset.
    private func dumpIndex(_ descriptor: FileDescriptor, entryByteCount: Int) throws -> Int {
        let size = try descriptor.seek(offset: 0, from: .end)
        var position: Int64 = 0
        while position + Int64(entryByteCount) <= size {
            let entry = try read(descriptor, at: position, count: entryByteCount)
            // The rest of a preallocated file is zero.
            if position > 0, entry.allSatisfy({ $0 == 0 }) { return 0 }
            let isTime = entryByteCount == 12
            let relative = entry.rawSpan.bigEndian(at: isTime ? 8 : 0, as: Int32.self)
            let offset = file.baseOffset &+ Int64(relative)
            let value =
                isTime
                ? entry.rawSpan.bigEndian(at: 0, as: Int64.self) : Int64(entry.rawSpan.bigEndian(at: 4, as: Int32.self))
            let name = isTime ? "timestamp" : "position"
            switch format {
            case .json:
                try write(
                    JSON.object([
                        "file": .string(file.path), "kind": "entry", "offset": .integer(offset), name: .integer(value),
                    ]).text)
            case .table: try write("  offset \(offset), \(name) \(value)")
            }
            position += Int64(entryByteCount)
        }
        guard position < size else { return 0 }
        try damage(at: position, "the file ends inside an entry", remaining: size - position)
        return 1
    }

    /// - Returns: fewer bytes only at the end of the file.
    private func read(_ descriptor: FileDescriptor, at position: Int64, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = try unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe try descriptor.read(
                    fromAbsoluteOffset: position + Int64(filled),
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }
}
