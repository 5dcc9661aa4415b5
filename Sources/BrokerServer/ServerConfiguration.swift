/// How a server listens and what it takes on. Defaults are Kafka's where Kafka has the setting.
public struct ServerConfiguration: Sendable {
    public var listeners: [ListenerSpecification] = [.standard]
    /// Folder in which `admin.sock` is made; nil: no admin socket. The caller holds the folder's lock.
    public var adminSocketFolder: String?

    /// `socket.request.max.bytes`: a longer frame closes its connection.
    public var requestBytesMax = 100 * 1024 * 1024
    /// `queued.max.request.bytes`: bytes of requests taken on and not yet handled, over all connections. A large frame
    /// waits in the client until there is room.
    public var requestBytesInFlightMax = 512 * 1024 * 1024
    /// `max.connections` over all listeners but the admin socket.
    public var connectionsMax = 10_000
    /// `max.connections.per.ip`.
    public var connectionsPerAddressMax = 10_000
    /// `connections.max.idle.ms`: closes a connection on which no byte has moved for so long.
    public var idleMsMax: Int64 = 600_000
    /// How long a TLS handshake may take.
    public var handshakeMsMax: Int64 = 10_000
    /// Protocols, cipher suites and rules of all listeners with TLS.
    public var tls = TLSSettings()
    /// How often the files of certificates are looked at for changes.
    public var certificateCheckMs: Int64 = 10_000
    /// Answers of one connection that are still worked on or wait to be written; then no more of its requests are read.
    public var pendingRepliesMax = 128
    /// How long a graceful stop waits for requests taken on and for their answers to be sent.
    public var shutdownMsMax: Int64 = 10_000
    /// Event loops.
    public var networkThreads = 2
    /// Threads that read cold parts of segment files, so that no event loop waits for a disk.
    public var readThreads = 2

    public init() {}
}
