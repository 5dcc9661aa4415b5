import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes whole new files.
enum FileWriter {
    /// - Parameters:
    ///   - isSecret: nobody but the owner may read it.
    ///   - replaces: takes the place of a file that is there, in one step; else such a file is an error.
    static func write(
        _ bytes: [UInt8], to path: String, isSecret: Bool = false, replaces: Bool = false
    ) throws(CommandFailure) {
        let target = replaces ? "\(path).new-\(getpid())" : path
        let readable: FilePermissions = isSecret ? [] : [.groupRead, .otherRead]
        do {
            let file = try FileDescriptor.open(
                FilePath(target), .writeOnly, options: [.create, .exclusiveCreate, .noFollow],
                permissions: readable.union(.ownerReadWrite))
            _ = try file.closeAfter { try file.writeAll(bytes) }
            guard replaces, unsafe rename(target, path) != 0 else { return }
            let error = Errno(rawValue: errno)
            unsafe unlink(target)
            throw error
        } catch let error as Errno where error == .fileExists {
            throw CommandFailure(.exists, "\(target) is there already")
        } catch {
            throw CommandFailure(.failed, "can't write \(path): \(error)")
        }
    }

    /// Whether something has that name.
    static func exists(_ path: String) throws(CommandFailure) -> Bool {
        if unsafe access(path, F_OK) == 0 { return true }
        let error = Errno(rawValue: errno)
        guard error == .noSuchFileOrDirectory else { throw CommandFailure(.failed, "can't look at \(path): \(error)") }
        return false
    }
}
