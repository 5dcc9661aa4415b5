internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#endif

/// A PEM file, and whether it has changed.
enum TLSFile {
    /// Differs once the file was written or replaced.
    struct Stamp: Equatable {
        var device: UInt64
        var inode: UInt64
        var byteCount: Int64
        var changedSeconds: Int64
        var changedNanoseconds: Int64
        var modifiedSeconds: Int64
        var modifiedNanoseconds: Int64
    }

    static let bytesMax = 1024 * 1024

    /// nil: there is none, or it can't be looked at.
    static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Stamp(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), byteCount: Int64(status.st_size),
            changedSeconds: Int64(status.st_ctim.tv_sec), changedNanoseconds: Int64(status.st_ctim.tv_nsec),
            modifiedSeconds: Int64(status.st_mtim.tv_sec), modifiedNanoseconds: Int64(status.st_mtim.tv_nsec))
    }

    /// Blocks. `name`: of the option, for messages.
    static func read(_ path: String, _ name: String) throws(ServerError) -> [UInt8] {
        do {
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter {
                var bytes: [UInt8] = []
                var piece = [UInt8](repeating: 0, count: 16 * 1024)
                while true {
                    let count = try unsafe piece.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
                    if count == 0 { return bytes }
                    bytes += piece[..<count]
                    guard bytes.count <= bytesMax else {
                        throw ServerError(.tls, "\(name)=\(path) is longer than \(bytesMax) bytes")
                    }
                }
            }
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(.tls, "can't read \(name)=\(path): \(error)")
        }
    }
}
