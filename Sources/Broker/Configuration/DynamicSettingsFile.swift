import SegmentLog

/// `dynamic.properties` of the data folder: the broker's settings that were set by request. A line is
/// `all.NAME=VALUE` or `node.NAME=VALUE`.
struct DynamicSettingsFile: Sendable {
    let path: String
    let fileSystem: PosixFileSystem

    private static let bytesMax = 1 << 20

    init(folder: String, fileSystem: PosixFileSystem) {
        path = folder + "/dynamic.properties"
        self.fileSystem = fileSystem
    }

    /// What the file says; without a file, nothing.
    func load() throws(FileError) -> DynamicSettings {
        var settings = DynamicSettings()
        guard let bytes = try fileSystem.contents(of: path, limit: Self.bytesMax) else { return settings }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            let (key, value) = (line[..<sign], String(line[line.index(after: sign)...]))
            if key.hasPrefix("all.") { settings.everywhere[String(key.dropFirst(4))] = value }
            if key.hasPrefix("node.") { settings.here[String(key.dropFirst(5))] = value }
        }
        return settings
    }

    /// Replaces the file, durably.
    func store(_ settings: DynamicSettings) throws(FileError) {
        let lines =
            settings.everywhere.map { "all.\($0.key)=\($0.value)\n" }.sorted()
            + settings.here.map { "node.\($0.key)=\($0.value)\n" }.sorted()
        try fileSystem.replace(path, with: Array(lines.joined().utf8))
        try fileSystem.syncDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    }
}
