import SystemPackage

/// Whole files that the command was pointed at.
enum FileReader {
    /// - Parameter bytesMax: a larger file is refused before it is read into memory.
    static func read(_ path: String, bytesMax: Int) throws(CommandFailure) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            return try file.closeAfter { try readAll(file, path, bytesMax: bytesMax) }
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as Errno where error == .noSuchFileOrDirectory {
            throw CommandFailure(.notFound, "no file \(path)")
        } catch {
            throw CommandFailure(.failed, "can't read \(path): \(error)")
        }
    }

    /// - Parameter name: what is read, for messages.
    static func readAll(_ file: FileDescriptor, _ name: String, bytesMax: Int) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        do {
            while true {
                let count = try unsafe chunk.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
                if count == 0 { return bytes }
                bytes.append(contentsOf: chunk[..<count])
                guard bytes.count <= bytesMax else { break }
            }
        } catch {
            throw CommandFailure(.failed, "can't read \(name): \(error)")
        }
        throw CommandFailure(.failed, "\(name) is larger than \(bytesMax) bytes")
    }
}
