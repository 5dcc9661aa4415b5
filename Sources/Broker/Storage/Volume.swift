import Glibc

/// What the operating system knows of the place that a folder is in.
struct Volume {
    var totalBytes: Int64
    /// What others than root may still take.
    var usableBytes: Int64

    /// nil: the system doesn't say. Blocks.
    init?(of folder: String) {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { return nil }
        func bytes(_ blocks: UInt) -> Int64 {
            Int64(clamping: blocks.multipliedFullWidth(by: UInt(status.f_frsize)).low)
        }
        totalBytes = bytes(UInt(status.f_blocks))
        usableBytes = bytes(UInt(status.f_bavail))
    }

    /// The folder's name from the root on, without links; as given if it can't be found.
    static func absolutePath(of folder: String) -> String {
        guard let path = unsafe realpath(folder, nil) else { return folder }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }
}
