internal import NIOCore
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#endif

/// The Unix socket `admin.sock` in the data folder, by which the operator's own commands reach the server.
enum AdminSocket {
    static let name = "admin.sock"

    /// What fits into `sockaddr_un`, without the final zero.
    private static let pathBytesMax = 107

    static func path(in folder: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// A bound socket, not yet listening, that nobody but its owner can open. Replaces one that a killed server left
    /// behind: the caller holds the data folder's lock, so no other server can be using it.
    static func bind(in folder: String) throws(ServerError) -> CInt {
        let path = path(in: folder)
        guard path.utf8.count <= pathBytesMax else {
            throw ServerError(
                .adminSocket,
                "\(path) is \(path.utf8.count) bytes long and a Unix socket's path holds \(pathBytesMax): "
                    + "choose a data folder with a shorter path")
        }
        try removeStale(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("can't make the admin socket", path) }
        // Before the bind: Linux gives the new file this mode, so that it is never open to others.
        guard fchmod(descriptor, 0o600) == 0, bind(descriptor, to: path), unsafe chmod(path, 0o600) == 0 else {
            let error = failure("can't bind the admin socket", path)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// At a stop, still under the lock.
    static func remove(in folder: String) {
        unsafe unlink(path(in: folder))
    }

    private static func removeStale(_ path: String) throws(ServerError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw failure("can't look at", path)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ServerError(.adminSocket, "\(path) is in the way of the admin socket and isn't a socket")
        }
        guard unsafe unlink(path) == 0 else { throw failure("can't replace", path) }
    }

    private static func bind(_ descriptor: CInt, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: path.utf8)
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe Glibc.bind(descriptor, pointer, size) == 0
            }
        }
    }

    private static func failure(_ what: String, _ path: String) -> ServerError {
        ServerError(.adminSocket, "\(what) \(path): \(Errno(rawValue: errno))")
    }
}
