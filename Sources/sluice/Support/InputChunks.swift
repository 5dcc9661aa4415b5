import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard input or a file, in chunks as they come. Reading blocks the thread: the command has nothing else to do.
final class InputChunks {
    private let descriptor: FileDescriptor
    private let name: String
    private let closes: Bool
    private var buffer = [UInt8](repeating: 0, count: 128 * 1024)

    /// - Parameter file: nil or `-` for standard input.
    init(file: String?) throws(CommandFailure) {
        guard let file, file != "-" else {
            (descriptor, name, closes) = (.standardInput, "standard input", false)
            return
        }
        do {
            descriptor = try FileDescriptor.open(FilePath(file), .readOnly)
        } catch let error as Errno where error == .noSuchFileOrDirectory {
            throw CommandFailure(.notFound, "no file \(file)")
        } catch {
            throw CommandFailure(.failed, "can't open \(file): \(error)")
        }
        (name, closes) = (file, true)
    }

    /// The next bytes; nil at the end.
    func next() throws(CommandFailure) -> [UInt8]? {
        do {
            let count = try unsafe buffer.withUnsafeMutableBytes { unsafe try descriptor.read(into: $0) }
            return count == 0 ? nil : Array(buffer[..<count])
        } catch {
            throw CommandFailure(.failed, "can't read \(name): \(error)")
        }
    }

    /// True if `next` wouldn't wait.
    var hasMore: Bool {
        var waiting = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, 0) > 0
    }

    func close() {
        guard closes else { return }
        // Nothing was written, so nothing can be lost here.
        try? descriptor.close()
    }
}
