import Glibc

enum File {
    /// The bytes of a file, also of one whose size isn't known before.
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.system("open \(path)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe Glibc.read(descriptor, &block, block.count)
            guard count >= 0 else { throw Failure.system("read \(path)") }
            if count == 0 { return bytes }
            bytes += block[..<count]
        }
    }

    static func makeTemporaryFolder() throws -> String {
        var template = Array("/tmp/sluice-benchmark-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw Failure.system("mkdtemp") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func remove(folder: String) {
        do {
            _ = try ChildProcess.run(["/bin/rm", "-rf", folder])
        } catch {
            print("can't remove \(folder): \(error)")
        }
    }
}
