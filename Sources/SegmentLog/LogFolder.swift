/// A data folder as tools see it that are no broker: locked while they look, if no broker holds it.
public struct LogFolder<FS: FileSystem> {
    public let path: String
    /// The last broker to use it stopped cleanly.
    public let isClean: Bool
    /// A broker is running on it.
    public let isLive: Bool
    /// In order of their names.
    public let partitions: [PartitionName]
    private let fileSystem: FS
    private let lock: FS.File?

    private static var cleanMark: String { ".kafka_cleanshutdown" }

    /// Changes nothing in the folder. Throws `LogError.io` if it isn't there.
    public init(_ path: String, fileSystem: FS) throws(LogError) {
        self.path = path
        self.fileSystem = fileSystem
        let names = try io { () throws(FileError) in Set(try fileSystem.list(path)) }
        isClean = names.contains(Self.cleanMark)
        partitions = names.compactMap { PartitionName(directoryName: $0) }
            .sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
        guard names.contains(".lock") else {
            (lock, isLive) = (nil, false)
            return
        }
        do throws(FileError) {
            lock = try fileSystem.lock(path + "/.lock")
            isLive = false
        } catch {
            guard error.isHeld else { throw .io(error) }
            (lock, isLive) = (nil, true)
        }
    }

    public func directory(of partition: PartitionName) -> String { "\(path)/\(partition)" }

    /// Whether offsets may be missing in the topic's logs: it is compacted, or the broker's own. By the settings that the
    /// broker keeps beside partition 0; where they don't say, the topic is taken for one that isn't compacted.
    public func allowsGaps(_ partition: PartitionName) throws(LogError) -> Bool {
        if partition.topic.hasPrefix("__") { return true }
        let settings = directory(of: PartitionName(topic: partition.topic, partition: 0)) + "/topic.properties"
        let bytes = try io { () throws(FileError) in try fileSystem.contents(of: settings, limit: 1 << 20) }
        return String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").contains {
            $0.hasPrefix("config.cleanup.policy=") && $0.contains("compact")
        }
    }

    /// Runs `body` without the mark of a clean stop, which comes back only if it returns: whatever is cut short leaves a
    /// folder that the next start checks.
    public func whileUnclean(_ body: () throws(LogError) -> Void) throws(LogError) {
        guard !isLive else { throw .locked(path: path) }
        if isClean {
            try io { () throws(FileError) in
                try fileSystem.removeIfPresent(path + "/" + Self.cleanMark)
                try fileSystem.syncDirectory(path)
            }
        }
        try body()
        if isClean {
            try io { () throws(FileError) in
                try fileSystem.replace(path + "/" + Self.cleanMark, with: [])
                try fileSystem.syncDirectory(path)
            }
        }
    }
}
