/// A process of this machine, told apart from a later one with the same id by its start time.
public struct PeerProcess: Sendable, Hashable {
    public var pid: Int32
    /// Clock ticks since boot, field 22 of `/proc/<pid>/stat`.
    public var startTime: UInt64

    public init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }
}

/// Finds the process that holds the other end of a loopback connection. Costs a walk over the proc file system, so it
/// is asked only where the answer can change what a reader sees.
public protocol PeerProcessLookup: Sendable {
    /// nil if the peer isn't on this machine, is gone, or can't be read (another user's process). The kernel's table of
    /// sockets is the source, never something that the peer says.
    func owner(of connection: ConnectionInfo) async throws(PeerProcessUnknown) -> PeerProcess?
}

/// It wasn't looked for: too many ask, or who asked doesn't wait any more. That says nothing about the peer.
public struct PeerProcessUnknown: Error {
    public init() {}
}
