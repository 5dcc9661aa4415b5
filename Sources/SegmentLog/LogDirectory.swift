/// The data folder of a broker: a folder per partition, the lock, the folder's identity and the mark of a clean stop.
///
/// Safe on every thread; its calls block. The names are Kafka's: `.lock`, `meta.properties`, `.kafka_cleanshutdown`,
/// `partition.metadata`, `accounts-0`, `accounts-0.1-delete`.
public final class LogDirectory<FS: FileSystem>: Sendable {
    public let path: String
    public let identity: LogIdentity
    /// The open files of all partitions.
    public let files: FileCache<FS>
    /// The last broker to use the folder stopped cleanly: logs need no recovery.
    public let isClean: Bool
    /// What deleted partitions and interrupted creations have left; run them when there is time.
    public let leftovers: [PartitionRemoval<FS>]
    private let lock: FS.File

    private init(
        path: String, identity: LogIdentity, files: FileCache<FS>, isClean: Bool, leftovers: [PartitionRemoval<FS>],
        lock: FS.File
    ) {
        self.path = path
        self.identity = identity
        self.files = files
        self.isClean = isClean
        self.leftovers = leftovers
        self.lock = lock
    }

    /// Locks the folder, making it if need be. `identity` is written into a new folder; an old one keeps its own. The mark of
    /// a clean stop is gone when this returns, so that whatever happens next counts as a crash until `close`.
    ///
    /// Throws `LogError.locked` if another process uses the folder, `malformedFile` if `meta.properties` is not whole.
    public static func open(
        _ path: String, fileSystem: FS, identity: LogIdentity, filesMax: Int = 512
    ) throws(LogError) -> LogDirectory<FS> {
        let (lock, names) = try lockAndList(path, fileSystem)
        let isClean = names.contains(LogDirectoryName.cleanMark)
        let identityPath = path + "/" + LogDirectoryName.identity
        let stored = try io { () throws(FileError) in
            if isClean {
                try fileSystem.remove(path + "/" + LogDirectoryName.cleanMark)
                try fileSystem.syncDirectory(path)
            } else {
                // After a kill, what logs are about to read may be in the page cache only; one call here saves two for each log.
                try fileSystem.syncAll(path)
            }
            let stored = try fileSystem.contents(of: identityPath)
            if stored == nil {
                try fileSystem.replace(identityPath, with: identity.encoded())
                try fileSystem.syncDirectory(path)
            }
            return stored
        }
        guard let found = stored.map({ LogIdentity($0) }) ?? identity else {
            throw .malformedFile(name: LogDirectoryName.identity)
        }
        let leftovers = names.filter {
            $0.hasSuffix(LogDirectoryName.deletedSuffix) || $0.hasSuffix(LogDirectoryName.newSuffix)
        }
        return LogDirectory(
            path: path, identity: found, files: FileCache(fileSystem: fileSystem, capacity: filesMax),
            isClean: isClean,
            leftovers: leftovers.map { PartitionRemoval(fileSystem: fileSystem, path: path + "/" + $0) },
            lock: lock)
    }

    private static func lockAndList(_ path: String, _ fileSystem: FS) throws(LogError) -> (FS.File, [String]) {
        do throws(FileError) {
            try fileSystem.makeDirectory(path)
            let parent = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
            try fileSystem.syncDirectory(parent.isEmpty ? "/" : String(parent))
        } catch {
            guard error.code == FileError.alreadyExists else { throw .io(error) }
        }
        do throws(FileError) {
            let lock = try fileSystem.lock(path + "/" + LogDirectoryName.lock)
            return (lock, try fileSystem.list(path))
        } catch {
            throw error.isHeld ? .locked(path: path) : .io(error)
        }
    }

    private var fileSystem: FS { files.fileSystem }

    /// Reads one folder, opens nothing.
    public func partitions() throws(LogError) -> [PartitionName] {
        try io { () throws(FileError) in try fileSystem.list(path) }.compactMap { PartitionName(directoryName: $0) }
    }

    /// Makes the folder of a partition so that after a crash it is there whole or not at all.
    public func create(_ partition: PartitionName, topicId: TopicId) throws(LogError) {
        try create([partition], topicId: topicId)
    }

    /// The same for many partitions of a topic, in this order. Their files are written before the first one is synced, and
    /// most of the syncs then find their work done: 1,000 partitions take a fraction of the time that they would take one by one.
    public func create(_ partitions: [PartitionName], topicId: TopicId) throws(LogError) {
        // So many files are held open at once.
        for start in stride(from: 0, to: partitions.count, by: 256) {
            let group = partitions[start..<min(partitions.count, start + 256)]
            try io { () throws(FileError) in
                var files: [FS.File] = []
                for partition in group { files.append(try begin(partition, topicId)) }
                for file in files { try fileSystem.sync(file) }
                for partition in group { try fileSystem.syncDirectory(newPath(of: partition)) }
                for partition in group { try fileSystem.rename(newPath(of: partition), to: path(of: partition)) }
                try fileSystem.syncDirectory(path)
            }
        }
    }

    /// Makes the folder under a name that is not a partition's yet. A crash may have left one there.
    private func begin(_ partition: PartitionName, _ topicId: TopicId) throws(FileError) -> FS.File {
        let new = newPath(of: partition)
        do throws(FileError) {
            try fileSystem.makeDirectory(new)
        } catch {
            guard error.code == FileError.alreadyExists else { throw error }
        }
        let file = try fileSystem.open(new + "/" + LogFileName.partitionMetadata, .create)
        try fileSystem.truncate(file, to: 0)
        try fileSystem.write(file, at: 0, Array("version: 0\ntopic_id: \(topicId)\n".utf8))
        fileSystem.beginSync(file)
        return file
    }

    /// The topic's id by `partition.metadata`; nil if the partition has no such file.
    public func topicId(of partition: PartitionName) throws(LogError) -> TopicId? {
        let file = path(of: partition) + "/" + LogFileName.partitionMetadata
        guard let bytes = try io({ () throws(FileError) in try fileSystem.contents(of: file, limit: 4096) }) else {
            return nil
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.first == "version: 0", let line = lines.first(where: { $0.hasPrefix("topic_id: ") }),
            let topicId = TopicId(line.dropFirst("topic_id: ".count))
        else { throw .malformedFile(name: LogFileName.partitionMetadata) }
        return topicId
    }

    /// Opens the log of a partition that exists. `afterFailure`: this process has had the log open before and did not close
    /// it well, so it is checked whatever the folder's mark said.
    public func openLog(
        _ partition: PartitionName, configuration: LogConfiguration, now: Int64, afterFailure: Bool = false
    ) throws(LogError) -> PartitionLog<FS> {
        try PartitionLog.open(
            directory: path(of: partition), files: files, configuration: configuration,
            isClean: isClean && !afterFailure, isSynced: !afterFailure, now: now)
    }

    /// Takes the folder of a partition out of sight, durably. Its log must have been closed or discarded; slices that readers
    /// hold stay readable. Run the result on a thread that may block for longer.
    public func delete(_ partition: PartitionName) throws(LogError) -> PartitionRemoval<FS> {
        try io { () throws(FileError) in
            let names = try fileSystem.list(path)
            var number = 0
            while names.contains("\(partition).\(number)\(LogDirectoryName.deletedSuffix)") { number += 1 }
            let target = path(of: partition) + ".\(number)" + LogDirectoryName.deletedSuffix
            try fileSystem.rename(path(of: partition), to: target)
            try fileSystem.syncDirectory(path)
            return PartitionRemoval(fileSystem: fileSystem, path: target)
        }
    }

    /// Marks the folder as cleanly stopped. For when every log has been closed without an error, or was never opened.
    public func close() throws(LogError) {
        try io { () throws(FileError) in
            try fileSystem.replace(path + "/" + LogDirectoryName.cleanMark, with: [])
            try fileSystem.syncDirectory(path)
        }
    }

    private func path(of partition: PartitionName) -> String { "\(path)/\(partition)" }

    private func newPath(of partition: PartitionName) -> String {
        path(of: partition) + LogDirectoryName.newSuffix
    }
}

private enum LogDirectoryName {
    static let lock = ".lock"
    static let cleanMark = ".kafka_cleanshutdown"
    static let identity = "meta.properties"
    static let deletedSuffix = "-delete"
    static let newSuffix = ".new"
}

/// The folder of a deleted partition, to be removed.
public struct PartitionRemoval<FS: FileSystem>: Sendable {
    private let fileSystem: FS
    public let path: String

    init(fileSystem: FS, path: String) {
        self.fileSystem = fileSystem
        self.path = path
    }

    /// Removes the files and the folder. What an error or a crash leaves is found when the data folder is opened next.
    public func run() throws(LogError) {
        try io { () throws(FileError) in
            for name in try fileSystem.list(path) { try fileSystem.removeIfPresent(path + "/" + name) }
            try fileSystem.removeDirectory(path)
        }
    }
}
