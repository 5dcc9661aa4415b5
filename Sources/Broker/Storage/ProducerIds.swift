import KafkaRecords
import SegmentLog

/// Hands out producer ids, none twice: a block of them is reserved on disk before its first is given.
actor ProducerIds {
    struct Failure: Error {}

    private static let blockSize: Int64 = 1000

    private let fileSystem: PosixFileSystem
    private let folder: String
    private let thread: SerialThread
    private var nextId: Int64 = 0
    private var reservedEnd: Int64 = 0
    private var isLoaded = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(folder: String, fileSystem: PosixFileSystem, thread: SerialThread) {
        self.folder = folder
        self.fileSystem = fileSystem
        self.thread = thread
    }

    func next() throws(Failure) -> Int64 {
        do throws(FileError) {
            if !isLoaded { try load() }
            if nextId == reservedEnd { try reserve(through: reservedEnd + Self.blockSize) }
        } catch {
            throw Failure()
        }
        defer { nextId += 1 }
        return nextId
    }

    private var path: String { folder + "/producer-ids" }

    /// What was reserved before is not given again, used or not.
    private func load() throws(FileError) {
        if let text = try fileSystem.contents(of: path, limit: 64) {
            guard let end = Int64(String(decoding: text, as: UTF8.self).filter(\.isNumber)) else {
                throw FileError(.read, code: FileError.inputOutput, path: path)
            }
            reservedEnd = end
        }
        nextId = reservedEnd
        isLoaded = true
    }

    private func reserve(through end: Int64) throws(FileError) {
        try fileSystem.replace(path, with: Array("\(end)\n".utf8))
        try fileSystem.syncDirectory(folder)
        reservedEnd = end
    }
}
