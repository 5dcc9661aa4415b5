/// Whose data folder this is: the content of `meta.properties`, version 1, a `key=value` a line.
public struct LogIdentity: Sendable, Equatable {
    public var clusterId: String
    public var nodeId: Int32
    /// Of this folder alone (KIP-858).
    public var directoryId: String

    public init(clusterId: String, nodeId: Int32, directoryId: String) {
        self.clusterId = clusterId
        self.nodeId = nodeId
        self.directoryId = directoryId
    }

    /// Nil if a line that must be there is missing or wrong.
    init?(_ bytes: [UInt8]) {
        var values: [Substring: Substring] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[line[..<sign]] = line[line.index(after: sign)...]
        }
        guard values["version"] == "1", let cluster = values["cluster.id"], !cluster.isEmpty,
            let node = values["node.id"].flatMap({ Int32($0) })
        else { return nil }
        self.init(clusterId: String(cluster), nodeId: node, directoryId: String(values["directory.id"] ?? ""))
    }

    func encoded() -> [UInt8] {
        Array("cluster.id=\(clusterId)\ndirectory.id=\(directoryId)\nnode.id=\(nodeId)\nversion=1\n".utf8)
    }
}
