import CSluice
import SystemPackage

/// The operating system's files.
public struct PosixFileSystem: FileSystem {
    public typealias File = PosixFile

    public init() {}

    public func open(_ path: String, _ mode: FileMode) throws(FileError) -> PosixFile {
        let descriptor = unsafe sluice_open(path, mode == .read ? 0 : 1, mode == .create ? 1 : 0)
        try check(Int64(descriptor), .open, path)
        return PosixFile(owning: FileDescriptor(rawValue: descriptor))
    }

    public func size(of file: PosixFile) throws(FileError) -> Int {
        let byteCount = sluice_file_size(file.descriptor.rawValue)
        try check(byteCount, .size)
        return Int(byteCount)
    }

    public func size(at path: String) throws(FileError) -> Int {
        let byteCount = unsafe sluice_path_size(path)
        try check(byteCount, .size, path)
        return Int(byteCount)
    }

    public func read(
        _ file: PosixFile, at position: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(FileError) -> Int {
        let found = unsafe sluice_pread(
            file.descriptor.rawValue, buffer.baseAddress, buffer.count, Int64(position))
        try check(found, .read)
        return Int(found)
    }

    public func write(
        _ file: PosixFile, at position: Int, pieces: [GatherPiece], patches: RawSpan, body: RawSpan
    ) throws(FileError) {
        let descriptor = file.descriptor.rawValue
        let status: Int32 = unsafe patches.withUnsafeBytes { patches in
            unsafe body.withUnsafeBytes { body in
                unsafe withUnsafeTemporaryAllocation(of: sluice_piece.self, capacity: pieces.count) { vector in
                    for (number, piece) in pieces.enumerated() {
                        // Slicing checks that the piece lies within its source.
                        let source = unsafe piece.isPatch ? patches : body
                        let bytes = unsafe UnsafeRawBufferPointer(
                            rebasing: source[piece.start..<piece.start + piece.count])
                        unsafe vector.initializeElement(
                            at: number, to: sluice_piece(bytes: bytes.baseAddress, count: bytes.count))
                    }
                    return unsafe sluice_pwritev(descriptor, vector.baseAddress, pieces.count, Int64(position))
                }
            }
        }
        try check(Int64(status), .write)
    }

    public func truncate(_ file: PosixFile, to byteCount: Int) throws(FileError) {
        try check(Int64(sluice_ftruncate(file.descriptor.rawValue, Int64(byteCount))), .truncate)
    }

    public func beginSync(_ file: PosixFile) {
        sluice_begin_sync(file.descriptor.rawValue)
    }

    public func sync(_ file: PosixFile) throws(FileError) {
        try check(Int64(sluice_fdatasync(file.descriptor.rawValue)), .sync)
    }

    public func syncDirectory(_ path: String) throws(FileError) {
        try check(Int64(unsafe sluice_sync_directory(path)), .syncDirectory, path)
    }

    public func syncAll(_ directory: String) throws(FileError) {
        try check(Int64(unsafe sluice_sync_all(directory)), .sync, directory)
    }

    public func rename(_ path: String, to target: String) throws(FileError) {
        try check(Int64(unsafe sluice_rename(path, target)), .rename, path)
    }

    public func remove(_ path: String) throws(FileError) {
        try check(Int64(unsafe sluice_unlink(path)), .remove, path)
    }

    public func list(_ directory: String) throws(FileError) -> [String] {
        var block: UnsafeMutablePointer<CChar>?
        var byteCount = 0
        try check(Int64(unsafe sluice_list_directory(directory, &block, &byteCount)), .list, directory)
        guard let block = unsafe block else { return [] }
        defer { unsafe sluice_free(block) }
        let bytes = unsafe UnsafeRawBufferPointer(start: block, count: byteCount)
        return unsafe bytes.split(separator: 0).map { name in unsafe String(decoding: name, as: UTF8.self) }
    }

    public func makeDirectory(_ path: String) throws(FileError) {
        try check(Int64(unsafe sluice_mkdir(path)), .makeDirectory, path)
    }

    public func removeDirectory(_ path: String) throws(FileError) {
        try check(Int64(unsafe sluice_rmdir(path)), .remove, path)
    }

    public func lock(_ path: String) throws(FileError) -> PosixFile {
        let file = try open(path, .create)
        try check(Int64(sluice_lock(file.descriptor.rawValue)), .lock, path)
        return file
    }

    /// Brings a range of a file into the page cache and waits for it, so that a sendfile of it does not block an event
    /// loop. For threads that may block.
    public func readAhead(_ file: PosixFile, at position: Int, byteCount: Int) throws(FileError) {
        try check(Int64(sluice_readahead(file.descriptor.rawValue, Int64(position), byteCount)), .read)
    }

    private func check(
        _ status: Int64, _ operation: FileError.Operation, _ path: @autoclosure () -> String? = nil
    ) throws(FileError) {
        if status < 0 { throw FileError(operation, code: Int32(truncatingIfNeeded: -status), path: path()) }
    }
}
