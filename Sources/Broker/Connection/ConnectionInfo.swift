public import Views

/// What is known of a connection when it is accepted. Facts of the transport, not claims of the client.
public struct ConnectionInfo: Sendable {
    /// Unique in this process's life, never 0.
    public var id: UInt64
    public var listener: ListenerInfo
    /// Numeric address of the peer ("127.0.0.1", "::1"); empty on the admin socket. IPv4-mapped IPv6 is given as IPv4.
    public var peerAddress: String
    public var peerPort: Int
    /// The address that the peer connected to.
    public var localAddress: String
    public var localPort: Int
    /// User id of the peer process, on the admin socket only.
    public var peerUserId: UInt32?
    /// Whom the client's certificate proves; nil without one.
    public var peerPrincipal: Principal?
    /// TLS.
    public var isEncrypted: Bool
    /// False where bytes must pass through user space (TLS): then slices of files are read before they're sent.
    public var canSendFile: Bool { !isEncrypted }
    /// Cuts the connection, whatever it has left to send. May be called from any thread.
    public var abort: @Sendable () -> Void

    public init(
        id: UInt64, listener: ListenerInfo, peerAddress: String, peerPort: Int, localAddress: String, localPort: Int,
        peerUserId: UInt32? = nil, peerPrincipal: Principal? = nil, isEncrypted: Bool = false,
        abort: @escaping @Sendable () -> Void = {}
    ) {
        self.id = id
        self.listener = listener
        self.peerAddress = peerAddress
        self.peerPort = peerPort
        self.localAddress = localAddress
        self.localPort = localPort
        self.peerUserId = peerUserId
        self.peerPrincipal = peerPrincipal
        self.isEncrypted = isEncrypted
        self.abort = abort
    }

    public var isLoopback: Bool {
        peerUserId != nil || peerAddress.hasPrefix("127.") || peerAddress == "::1"
    }
}

/// A listener as its connections need it: what it advertises and what it tightens.
public struct ListenerInfo: Sendable, Equatable {
    public var name: String
    /// Host and port that Metadata gives to clients of this listener.
    public var advertisedHost: String
    public var advertisedPort: Int
    /// Every connection here speaks for this group; nil: none is pinned.
    public var pinnedGroup: String?
    /// What no reader here gets, whatever policy says.
    public var cap: ListenerRule.Cap
    /// The Unix socket in the data folder.
    public var isAdmin: Bool
    /// How clients log in here, before anything else; empty: they don't.
    public var saslMechanisms: [SaslMechanism]

    public init(
        name: String, advertisedHost: String, advertisedPort: Int, pinnedGroup: String? = nil,
        cap: ListenerRule.Cap = .none, isAdmin: Bool = false, saslMechanisms: [SaslMechanism] = []
    ) {
        self.name = name
        self.advertisedHost = advertisedHost
        self.advertisedPort = advertisedPort
        self.pinnedGroup = pinnedGroup
        self.cap = cap
        self.isAdmin = isAdmin
        self.saslMechanisms = saslMechanisms
    }
}
