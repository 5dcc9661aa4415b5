import SegmentLog
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A folder that is gone after `body`.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/sluice-server-XXXXXX\0".utf8CString)
    guard let made = mkdtemp(&template) else { throw Errno(rawValue: errno) }
    let folder = String(cString: made)
    defer {
        for name in ["admin.sock", "segment", "other"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }
    return try await body(folder)
}

/// A file of pseudo-random bytes, open for reading; its bytes.
func makeFile(in folder: String, count: Int, seed: UInt64) throws -> (PosixFile, [UInt8]) {
    var random = SplitMix(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) } }
    bytes.removeLast(bytes.count - count)
    let path = FilePath("\(folder)/segment")
    let descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
    try descriptor.writeAll(bytes)
    return (PosixFile(owning: descriptor), bytes)
}

/// Writes the file's pages back and drops them from the page cache.
func makeCold(_ file: PosixFile) {
    fdatasync(file.descriptor.rawValue)
    posix_fadvise(file.descriptor.rawValue, 0, 0, POSIX_FADV_DONTNEED)
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
