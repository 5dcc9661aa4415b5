import Crypto
import Glibc

/// SHA-256 of `bytes`, 32 bytes.
func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    return Array(hash.finalize())
}

/// Compiled modules on disk, so that a restart need not compile again.
///
/// An artifact is native code that the engine trusts. So the folder is ours alone (0700, checked), a file's name says what it
/// was made from, its first 32 bytes are the SHA-256 of the rest, and the bytes that were checked are the bytes that are
/// loaded. Anything that doesn't fit is as if it weren't there.
struct ArtifactStore: Sendable {
    static let byteCountMax = 512 << 20
    let directory: String

    init(directory: String) throws(WasmRuntimeError) {
        self.directory = directory
        if unsafe mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw WasmRuntimeError(.compilerUnavailable, "can't make the folder \(directory) (errno \(errno))")
        }
        var status = stat()
        guard unsafe lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid()
        else {
            throw WasmRuntimeError(.compilerUnavailable, "\(directory) must be a folder of this user's own")
        }
        if status.st_mode & 0o077 != 0, unsafe chmod(directory, 0o700) != 0 {
            throw WasmRuntimeError(
                .compilerUnavailable, "can't close the folder \(directory) to others (errno \(errno))")
        }
    }

    /// The artifact of the module with SHA-256 `module` for `profile`, if it is there and whole.
    func load(_ module: [UInt8], _ profile: EngineProfile) -> [UInt8]? {
        guard let file = PrivateFile.read(path(module, profile), limit: Self.byteCountMax), file.count > 32 else {
            return nil
        }
        let artifact = Array(file[32...])
        return sha256(artifact) == Array(file[..<32]) ? artifact : nil
    }

    /// Keeps `artifact`. False if it couldn't be written; the module works all the same.
    @discardableResult
    func store(_ artifact: [UInt8], _ module: [UInt8], _ profile: EngineProfile) -> Bool {
        let place = path(module, profile)
        let temporary = "\(place).\(getpid()).new"
        guard PrivateFile.write(sha256(artifact) + artifact, to: temporary) else { return false }
        if unsafe rename(temporary, place) == 0 { return true }
        unsafe unlink(temporary)
        return false
    }

    private func path(_ module: [UInt8], _ profile: EngineProfile) -> String {
        "\(directory)/\(hexadecimal(module))-\(profile.fingerprint).artifact"
    }
}

/// Lower-case hexadecimal digits of `bytes`.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// Whole files of this user's own, never through a symbolic link.
enum PrivateFile {
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_size >= 0, status.st_size <= limit
        else { return nil }
        let size = Int(status.st_size)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = unsafe Glibc.read(
                    descriptor, UnsafeMutableBufferPointer(rebasing: buffer[count...]).baseAddress, size - count)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { break }
                count += got
            }
        }
        return bytes.count == size ? bytes : nil
    }

    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        let isWritten = unsafe bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let put = unsafe Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: buffer[done...]).baseAddress, buffer.count - done)
                if put < 0, errno == EINTR { continue }
                guard put > 0 else { return false }
                done += put
            }
            return true
        }
        return close(descriptor) == 0 && isWritten
    }
}
