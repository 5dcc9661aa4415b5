/// What is known of the group behind one connection, class by class (view-security §3). Made by `AttributionTable`.
public struct Evidence: Sendable, Hashable {
    /// A leased endpoint: the groups named on it by requests.
    public struct Lease: Sendable, Hashable {
        public var groups: [Name]
        /// A client that doesn't say what software it is may use two leases, so its lease decides nothing.
        public var namesSoftware: Bool

        public init(groups: [Name], namesSoftware: Bool) {
            self.groups = groups
            self.namesSoftware = namesSoftware
        }
    }

    /// Class 1: the request itself names the group (our own client's tag, ShareFetch).
    public var requestGroup: Name?
    /// Class 2.
    public var lease: Lease?
    /// Class 3: groups named by requests of the peer's process under this client.id; nil: the process isn't known.
    public var processGroups: [Name]?
    /// Class 4: groups named by requests on this connection.
    public var connectionGroups: [Name] = []
    /// Class 5: groups of the connection that held the fetch session which is continued or closed here.
    public var sessionGroups: [Name] = []
    /// Class 6: groups that remembered or live (principal, peer, client.id, software) name, reloaded ones among them.
    public var remembered: [Name] = []
    /// Those of class 6 whose members are all linked to other connections that have fetched since.
    public var linked: [Name] = []

    public var clientId: Name = "" {
        didSet { javaNames = JavaClientId.groups(in: clientId) }
    }
    /// For `consumer-<group>-…`: every group that it may name, there or not.
    private(set) var javaNames: [Name] = []
    /// A live group has the name of the client.id.
    public var clientIdIsLiveGroup = false
    /// For `consumer-<group>-…`: groups with a live member of this client.id and peer.
    public var javaMemberGroups: [Name] = []
    /// For `consumer-<group>-…`: live groups of such a name.
    public var javaLiveGroups: [Name] = []

    /// Groups of members reloaded after a start, or whose process was not found, that match peer and client.id and haven't
    /// been heard of since: candidates beside those of the deciding class.
    public var reloaded: [Name] = []
    /// When this reader's outcome on this topic first was ambiguous, in milliseconds.
    public var firstAmbiguousAt: Int64?

    public init() {}

    /// With names that were found before, as a connection keeps them.
    init(clientId: Name, javaNames: [Name]) {
        self.clientId = clientId
        self.javaNames = javaNames
    }
}
