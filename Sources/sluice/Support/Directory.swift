import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Names in a folder. swift-system has no call for it.
enum Directory {
    static func names(in path: String) throws(Errno) -> [String] {
        guard let directory = unsafe opendir(path) else { throw Errno(rawValue: errno) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// A folder of this process alone.
enum TemporaryDirectory {
    static func make() throws(CommandFailure) -> String {
        let parent = Environment.value("TMPDIR") ?? "/tmp"
        var template = Array("\(parent)/sluice-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw CommandFailure(.failed, "can't make a folder in \(parent): \(Errno(rawValue: errno))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes the folder and the files in it.
    static func remove(_ path: String) {
        // What can't be removed is left to whoever cleans the parent.
        for name in (try? Directory.names(in: path)) ?? [] { unsafe unlink("\(path)/\(name)") }
        unsafe rmdir(path)
    }
}
