public import Synchronization

/// What a server has done since it started. Read by metrics at any time; each is exact by itself, not with the others.
public final class ServerCounters: Sendable {
    /// Connections open now.
    public let connections = Atomic<Int>(0)
    public let connectionsAccepted = Atomic<Int>(0)
    /// Connections closed before their first frame, because of a limit or a wrong user.
    public let connectionsRefused = Atomic<Int>(0)
    /// Whole frames received.
    public let requests = Atomic<Int>(0)
    public let responses = Atomic<Int>(0)
    public let bytesReceived = Atomic<Int>(0)
    /// Bytes handed to the channel, length prefixes included.
    public let bytesSent = Atomic<Int>(0)
    /// Of these, bytes that went from file to socket in the kernel.
    public let bytesSentFromFiles = Atomic<Int>(0)
    /// Slices of files that had to be read from the disk first.
    public let coldSlices = Atomic<Int>(0)

    init() {}
}

extension Atomic where Value == Int {
    /// Counters order nothing, so the weakest ordering is enough.
    func increase(by amount: Int = 1) {
        wrappingAdd(amount, ordering: .relaxed)
    }

    public var value: Int {
        load(ordering: .relaxed)
    }
}
