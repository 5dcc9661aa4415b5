public import Broker
internal import NIOCore
internal import NIOPosix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// Finds the process at the other end of a loopback connection in the proc file system. One walk at a time, on a thread of
/// its own; it takes milliseconds on a machine with many processes.
public final class ProcPeerProcessLookup: PeerProcessLookup {
    /// Questions that may wait for the thread; more go unanswered.
    private static let waitingMax = 256

    private let table: ProcessTable
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Atomic<Int>(0)

    public convenience init() {
        self.init(root: "/proc")
    }

    init(root: String) {
        table = ProcessTable(root: root)
        pool.start()
    }

    deinit {
        pool.shutdownGracefully { _ in }
    }

    public func owner(of connection: ConnectionInfo) async throws(PeerProcessUnknown) -> PeerProcess? {
        guard connection.isLoopback, connection.peerPort > 0,
            let peer = Self.bytes(of: connection.peerAddress), let local = Self.bytes(of: connection.localAddress),
            peer.count == local.count
        else { return nil }
        guard waiting.wrappingAdd(1, ordering: .relaxed).oldValue < Self.waitingMax else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            throw PeerProcessUnknown()
        }
        defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
        let table = table
        do {
            return try await pool.runIfActive {
                Self.find(
                    in: table, peer: peer, peerPort: connection.peerPort, local: local,
                    localPort: connection.localPort)
            }
        } catch {
            // Cancelled: nobody waits for the answer.
            throw PeerProcessUnknown()
        }
    }

    /// Seen from the peer, its own end is the local one.
    private static func find(
        in table: ProcessTable, peer: [UInt8], peerPort: Int, local: [UInt8], localPort: Int
    ) -> PeerProcess? {
        func inode(_ file: String, mapped: Bool) -> UInt64? {
            // A program with a dual-stack socket has IPv4 connections in the table of IPv6, with mapped addresses.
            let prefix: [UInt8] = mapped ? [UInt8](repeating: 0, count: 10) + [0xff, 0xff] : []
            return table.inode(
                local: SocketLine.end(address: prefix + peer, port: peerPort),
                remote: SocketLine.end(address: prefix + local, port: localPort), in: file)
        }
        let found =
            peer.count == 4
            ? inode("net/tcp", mapped: false) ?? inode("net/tcp6", mapped: true) : inode("net/tcp6", mapped: false)
        guard let found, let owner = table.owner(ofSocket: found) else { return nil }
        return PeerProcess(pid: owner.pid, startTime: owner.startTime)
    }

    /// Network byte order.
    private static func bytes(of address: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, address, &bytes) == 1 { return Array(bytes.prefix(4)) }
        if unsafe inet_pton(AF_INET6, address, &bytes) == 1 { return bytes }
        return nil
    }
}
