internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#endif

/// What the proc file system tells of sockets and processes. Blocks; every read and walk is bounded.
struct ProcessTable {
    /// More lines or processes than a machine that is well has; behind them nothing is found.
    private static let fileBytesMax = 64 << 20
    private static let processesMax = 100_000
    private static let descriptorsMax = 1_000_000

    /// The file system's root: `/proc`, or a copy in tests.
    let root: String

    /// Inode of the connected TCP socket with these ends, as `SocketLine` writes them; nil if there is none.
    func inode(local: String, remote: String, in table: String) -> UInt64? {
        guard let file = Self.contents(of: "\(root)/\(table)", bytesMax: Self.fileBytesMax) else { return nil }
        let local = Array(local.utf8)
        let remote = Array(remote.utf8)
        for line in file.split(separator: UInt8(ascii: "\n")).dropFirst() {
            // sl, local address, remote address, state, queues, timer, retransmits, uid, timeout, inode
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 10)
            guard fields.count >= 10, fields[1].elementsEqual(local), fields[2].elementsEqual(remote) else { continue }
            guard let inode = UInt64(String(decoding: fields[9], as: UTF8.self)), inode > 0 else { return nil }
            return inode
        }
        return nil
    }

    /// The process that has the socket open; the oldest where it was handed on to children. nil if none can be seen.
    func owner(ofSocket inode: UInt64) -> (pid: Int32, startTime: UInt64)? {
        let link = Array("socket:[\(inode)]".utf8)
        var best: (pid: Int32, startTime: UInt64)?
        var budget = Self.descriptorsMax
        for name in Self.names(in: root, max: Self.processesMax) {
            guard let pid = Int32(name), hasLink(link, pid, &budget), let startTime = startTime(of: pid) else {
                continue
            }
            if let known = best, known.startTime <= startTime { continue }
            best = (pid, startTime)
        }
        return best
    }

    /// Field 22 of `/proc/<pid>/stat`. The second field is the program's name in parentheses and may hold anything, so
    /// fields are counted behind its last parenthesis.
    func startTime(of pid: Int32) -> UInt64? {
        guard let stat = Self.contents(of: "\(root)/\(pid)/stat", bytesMax: 4096),
            let end = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = stat[(end + 1)...].split(separator: UInt8(ascii: " "))
        // The first of them is field 3.
        guard fields.count > 19 else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }

    private func hasLink(_ link: [UInt8], _ pid: Int32, _ budget: inout Int) -> Bool {
        let folder = "\(root)/\(pid)/fd"
        for name in Self.names(in: folder, max: budget) {
            budget -= 1
            var target = InlineArray<64, UInt8>(repeating: 0)
            var span = target.mutableSpan
            let count = unsafe span.withUnsafeMutableBytes { bytes in
                guard let base = unsafe bytes.bindMemory(to: CChar.self).baseAddress else { return 0 }
                return unsafe readlink("\(folder)/\(name)", base, bytes.count)
            }
            guard count == link.count else { continue }
            if (0..<count).allSatisfy({ target[$0] == link[$0] }) { return true }
        }
        return false
    }

    private static func names(in folder: String, max: Int) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while names.count < max, let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.first?.isNumber == true { names.append(name) }
        }
        return names
    }

    /// nil if the file can't be read or is longer.
    private static func contents(of path: String, bytesMax: Int) -> [UInt8]? {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                var block = [UInt8](repeating: 0, count: 64 * 1024)
                while true {
                    let count = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                    guard count > 0 else { return bytes }
                    bytes += block[..<count]
                    guard bytes.count <= bytesMax else { return nil }
                }
            }
        } catch {
            return nil
        }
    }
}

/// How `/proc/net/tcp` and `/proc/net/tcp6` write an end of a connection: each 32-bit word of the address as a number in
/// the machine's byte order, then the port, all in upper-case hexadecimal.
enum SocketLine {
    /// `address` in network byte order, 4 or 16 bytes.
    static func end(address: [UInt8], port: Int) -> String {
        var text = ""
        for start in stride(from: 0, to: address.count, by: 4) {
            let word = address[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            // The kernel prints what is in memory as the machine's number.
            text += hexadecimal(UInt32(bigEndian: word), digits: 8)
        }
        return text + ":" + hexadecimal(UInt32(truncatingIfNeeded: port), digits: 4)
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
