import KafkaRecords

/// The file operations that a log needs. Injected everywhere, so that tests run on a file system that fails, tears writes
/// and forgets what was not synced.
///
/// All calls block. A file is shared by those who read it and is closed with its last reference; only the thread that owns
/// a partition writes to its files.
public protocol FileSystem: Sendable {
    associatedtype File: AnyObject & Sendable

    func open(_ path: String, _ mode: FileMode) throws(FileError) -> File
    /// Bytes of the file.
    func size(of file: File) throws(FileError) -> Int
    /// Bytes of the file at `path`, which stays closed.
    func size(at path: String) throws(FileError) -> Int
    /// Fills `buffer` with the bytes from `position` on and returns how many there were: fewer only at the end of the file.
    func read(_ file: File, at position: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int
    /// Writes `pieces` one after the other from `position` on, by one vectored call where the system can.
    func write(
        _ file: File, at position: Int, pieces: [GatherPiece], patches: RawSpan, body: RawSpan
    ) throws(FileError)
    func truncate(_ file: File, to byteCount: Int) throws(FileError)
    /// Lets the file's bytes begin their way to stable storage, without waiting: many files that are synced one after the
    /// other then share most of the work. Advice only.
    func beginSync(_ file: File)
    /// Waits until the file's bytes and size are on stable storage (fdatasync). Its name is not: see `syncDirectory`.
    func sync(_ file: File) throws(FileError)
    /// Waits until the names in the directory are on stable storage.
    func syncDirectory(_ path: String) throws(FileError)
    /// Waits until everything below the directory is on stable storage: content and names. May sync more than that.
    func syncAll(_ directory: String) throws(FileError)
    /// Replaces `target` if it exists.
    func rename(_ path: String, to target: String) throws(FileError)
    func remove(_ path: String) throws(FileError)
    func list(_ directory: String) throws(FileError) -> [String]
    func makeDirectory(_ path: String) throws(FileError)
    func removeDirectory(_ path: String) throws(FileError)
    /// Creates the file if it is missing and locks it for as long as the result lives. `FileError.isHeld` if another holds it.
    func lock(_ path: String) throws(FileError) -> File
}

public enum FileMode: Sendable {
    case read
    case readWrite
    /// Reads and writes; makes the file if it is missing.
    case create
}

/// A range of bytes that a gathered write takes from one of its two sources.
public struct GatherPiece: Sendable, BitwiseCopyable {
    /// From `patches`, else from `body`.
    public var isPatch: Bool
    public var start: Int
    public var count: Int

    public init(isPatch: Bool, start: Int, count: Int) {
        self.isPatch = isPatch
        self.start = start
        self.count = count
    }
}

/// A file operation that the system refused.
public struct FileError: Error, Sendable, Equatable {
    public enum Operation: String, Sendable {
        case open, size, read, write, truncate, sync, syncDirectory, rename, remove, list, makeDirectory, lock
    }

    public let operation: Operation
    /// The system's errno.
    public let code: Int32
    /// Nil where the call knows only the open file.
    public let path: String?

    public init(_ operation: Operation, code: Int32, path: String? = nil) {
        self.operation = operation
        self.code = code
        self.path = path
    }

    public static let notFound: Int32 = 2
    public static let inputOutput: Int32 = 5
    public static let wouldBlock: Int32 = 11
    public static let alreadyExists: Int32 = 17
    public static let noSpace: Int32 = 28
    public static let quotaExceeded: Int32 = 122

    public var isNotFound: Bool { code == Self.notFound }
    /// The disk is full, or the user's share of it: it passes when somebody makes room.
    public var isOutOfSpace: Bool { code == Self.noSpace || code == Self.quotaExceeded }
    /// Another process holds the lock.
    public var isHeld: Bool { operation == .lock && code == Self.wouldBlock }
}

extension FileSystem {
    public func beginSync(_ file: File) {}

    /// Up to `count` bytes from `position` on; fewer at the end of the file.
    public func bytes(of file: File, at position: Int, count: Int) throws(FileError) -> [UInt8] {
        var result: [UInt8] = []
        guard count > 0 else { return result }
        // Not filled with zeros first: that costs as much as half of the read.
        try result.append(addingCapacity: count) { span throws(FileError) in
            try unsafe span.withUnsafeMutableBufferPointer { buffer, initialized throws(FileError) in
                let target = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
                initialized += unsafe try read(file, at: position, into: target)
            }
        }
        return result
    }

    /// The whole file, or nil if there is none. Refuses more than `limit` bytes as a read error.
    public func contents(of path: String, limit: Int = 64 << 20) throws(FileError) -> [UInt8]? {
        let file: File
        do throws(FileError) {
            file = try open(path, .read)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
        let byteCount = try size(of: file)
        guard byteCount <= limit else { throw FileError(.read, code: FileError.noSpace, path: path) }
        return try bytes(of: file, at: 0, count: byteCount)
    }

    func write(_ file: File, at position: Int, _ bytes: [UInt8]) throws(FileError) {
        let pieces = [GatherPiece(isPatch: false, start: 0, count: bytes.count)]
        try write(file, at: position, pieces: pieces, patches: RawSpan(), body: bytes.rawSpan)
    }

    /// Puts `bytes` at `path` so that a crash leaves the old file or the new one. The name itself is durable only after
    /// `syncDirectory`.
    public func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let temporary = path + LogFileName.temporarySuffix
        let file = try open(temporary, .create)
        try truncate(file, to: 0)
        try write(file, at: 0, bytes)
        try sync(file)
        try rename(temporary, to: path)
    }

    public func removeIfPresent(_ path: String) throws(FileError) {
        do throws(FileError) {
            try remove(path)
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}
