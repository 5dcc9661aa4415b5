/// Kafka's checkpoint files: a version line, a line with the number of entries, then an entry a line, fields by spaces.
enum CheckpointText {
    static func encode(_ lines: [String]) -> [UInt8] {
        Array((["0", String(lines.count)] + lines).joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
    }

    /// The fields of each entry; nil if the file is not whole or not version 0.
    static func decode(_ bytes: [UInt8], fieldCount: Int) -> [[Substring]]? {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
        guard bytes.last == UInt8(ascii: "\n"), lines.count >= 2, lines[0] == "0", let count = Int(lines[1]),
            count == lines.count - 2
        else { return nil }
        let entries = lines.dropFirst(2).map { $0.split(separator: " ") }
        return entries.allSatisfy { $0.count == fieldCount } ? entries : nil
    }

    /// A checkpoint with one entry, `topic partition offset`, as Kafka keeps for all partitions of a folder. Ours lies in
    /// the partition's folder, so that the thread that owns the partition writes it alone.
    static func encode(offset: Int64, partitionDirectory: String) -> [UInt8] {
        let name = partitionDirectory.split(separator: "/").last ?? ""
        let (topic, partition) =
            PartitionName(directoryName: name).map { ($0.topic, $0.partition) } ?? (String(name), 0)
        return encode(["\(topic) \(partition) \(offset)"])
    }

    static func decodeOffset(_ bytes: [UInt8]) -> Int64? {
        guard let entry = decode(bytes, fieldCount: 3)?.first, let offset = Int64(entry[2]), offset >= 0 else {
            return nil
        }
        return offset
    }
}

/// A partition and the name of its folder: `accounts-0`.
public struct PartitionName: Hashable, Sendable, CustomStringConvertible {
    public let topic: String
    public let partition: Int32

    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// Nil for a name that no partition's folder has. The topic may hold dashes itself.
    public init?(directoryName: some StringProtocol) {
        guard let dash = directoryName.lastIndex(of: "-"), dash != directoryName.startIndex else { return nil }
        let digits = directoryName[directoryName.index(after: dash)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let partition = Int32(digits) else { return nil }
        self.init(topic: String(directoryName[..<dash]), partition: partition)
    }

    public var description: String { "\(topic)-\(partition)" }
}
