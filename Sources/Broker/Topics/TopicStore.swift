import KafkaMessages
import SegmentLog

/// A topic as the data folder has it.
struct StoredTopic: Sendable {
    var name: String
    var id: Uuid
    var partitionCount: Int
    var overrides: [String: String]

    init(name: String, id: Uuid, partitionCount: Int, overrides: [String: String]) {
        self.name = name
        self.id = id
        self.partitionCount = partitionCount
        self.overrides = overrides
    }

    init(_ topic: Topic) {
        self.init(
            name: topic.name, id: topic.id, partitionCount: topic.partitions.count,
            overrides: topic.configuration.overrides)
    }

    /// The folders of its partitions.
    var partitions: [PartitionName] {
        (0..<partitionCount).map { PartitionName(topic: name, partition: Int32($0)) }
    }
}

/// The topics of a data folder. The number of partitions and the settings of a topic are in `topic.properties` of its
/// partition 0, which is written last: a topic without it was being made, or deleted, when the broker died.
struct TopicStore {
    let directory: LogDirectory<PosixFileSystem>

    private static let settingsName = "topic.properties"

    private var fileSystem: PosixFileSystem { directory.files.fileSystem }

    /// Every topic of the folder. What is left of creations and deletions that a crash interrupted is removed.
    func load() throws(LogError) -> [StoredTopic] {
        let byTopic = Dictionary(grouping: try directory.partitions(), by: \.topic)
        var topics: [StoredTopic] = []
        for (name, partitions) in byTopic.sorted(by: { $0.key < $1.key }) {
            if let topic = try read(name) {
                topics.append(topic)
                // What a crash left of a topic that was growing.
                for partition in partitions where partition.partition >= topic.partitionCount {
                    if try isEmpty(partition) { try directory.delete(partition).run() }
                }
            } else {
                for partition in partitions where try isEmpty(partition) { try directory.delete(partition).run() }
            }
        }
        for leftover in directory.leftovers { try leftover.run() }
        return topics
    }

    func create(_ topic: StoredTopic) throws(LogError) {
        let id = TopicId(high: topic.id.high, low: topic.id.low)
        try directory.create(topic.partitions.reversed(), topicId: id)
        try update(topic)
    }

    /// Makes the folders of more partitions, which don't count before `update`. Those that an attempt has left are used.
    func createPartitions(_ indexes: Range<Int>, of topic: StoredTopic) throws(LogError) {
        let id = TopicId(high: topic.id.high, low: topic.id.low)
        let existing = Set(try directory.partitions().filter { $0.topic == topic.name }.map(\.partition))
        let missing = indexes.map(Int32.init).filter { !existing.contains($0) }
        try directory.create(missing.map { PartitionName(topic: topic.name, partition: $0) }, topicId: id)
    }

    /// Replaces what is stored of a topic's settings and partitions.
    func update(_ topic: StoredTopic) throws(LogError) {
        let path = settingsPath(topic.name)
        do throws(FileError) {
            try fileSystem.replace(path, with: Array(settings(topic).utf8))
            try fileSystem.syncDirectory(folder(PartitionName(topic: topic.name, partition: 0)))
        } catch {
            throw .io(error)
        }
    }

    /// The topic is gone as soon as partition 0 has its new name; the rest is cleaning up, now or at the next start.
    func delete(_ topic: StoredTopic) throws(LogError) {
        var removals: [PartitionRemoval<PosixFileSystem>] = []
        for partition in topic.partitions { removals.append(try directory.delete(partition)) }
        for removal in removals { try removal.run() }
    }

    private func folder(_ partition: PartitionName) -> String { "\(directory.path)/\(partition)" }

    private func settingsPath(_ name: String) -> String {
        folder(PartitionName(topic: name, partition: 0)) + "/" + Self.settingsName
    }

    private func settings(_ topic: StoredTopic) -> String {
        var lines = ["partitions=\(topic.partitionCount)"]
        lines += topic.overrides.sorted { $0.key < $1.key }.map { "config.\($0.key)=\($0.value)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func read(_ name: String) throws(LogError) -> StoredTopic? {
        let text: [UInt8]?
        do throws(FileError) {
            text = try fileSystem.contents(of: settingsPath(name), limit: 1 << 20)
        } catch {
            throw .io(error)
        }
        guard let text else { return nil }
        var count: Int?
        var overrides: [String: String] = [:]
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            let (key, value) = (line[..<sign], String(line[line.index(after: sign)...]))
            if key == "partitions" { count = Int(value) }
            if key.hasPrefix("config.") { overrides[String(key.dropFirst(7))] = value }
        }
        guard let count, (1...10_000).contains(count),
            let id = try directory.topicId(of: PartitionName(topic: name, partition: 0))
        else { throw .malformedFile(name: settingsPath(name)) }
        return StoredTopic(
            name: name, id: Uuid(high: id.high, low: id.low), partitionCount: count, overrides: overrides)
    }

    /// Whether nothing was ever written to a partition.
    private func isEmpty(_ partition: PartitionName) throws(LogError) -> Bool {
        do throws(FileError) {
            for name in try fileSystem.list(folder(partition)) where name.hasSuffix(".log") {
                if try fileSystem.size(at: folder(partition) + "/" + name) > 0 { return false }
            }
            return true
        } catch {
            throw .io(error)
        }
    }
}
