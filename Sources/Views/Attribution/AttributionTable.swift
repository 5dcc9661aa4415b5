/// The evidence memory: what connections, processes and group members have shown of the groups behind them. A state
/// machine without I/O; `now` is in milliseconds of a monotonic clock. One owner at a time; every event costs a few hash
/// lookups.
///
/// The order of calls for a request: `identify` when the header's client.id isn't the last one's, then `groupRequest`,
/// `adminRequest` or `fetch`, and for each topic of a Fetch `evidence` and `record`, or `resolve` for both.
public struct AttributionTable: Sendable {
    public struct Configuration: Sendable {
        /// `attribution.wait.ms`: how long ambiguity is answered with `wait`.
        public var waitMs: Int64 = 5_000
        /// What is remembered longer than a session time-out.
        public var graceMs: Int64 = 300_000
        /// The session time-out where a request names none.
        public var sessionTimeoutMs: Int64 = 45_000
        /// Remembered (client, group) pairs, and each of the other memories.
        public var rememberedMax = 100_000

        public init() {}
    }

    struct Connection {
        var client: ClientIdentity
        /// The groups that the client.id may name by Java's default.
        var javaNames: [Name] = []
        var softwareName = ""
        var pinnedGroup: Name?
        var isLoopback: Bool
        /// nil: not asked yet; `.some(nil)`: asked, and unknown.
        var process: ProcessIdentity??
        var isAdminTool = false
        var groups = GroupSet()
        /// The group that the last Fetch named itself.
        var requestGroup: Name?
        /// The fetch sessions that it was given, the newest last.
        var sessionIds: [Int32] = []
        /// What a session that it named says.
        var sessionGroups: [Name] = []
        /// In events of the table; 0: none yet.
        var firstFetch: UInt64 = 0
        var lastFetch: UInt64 = 0

        mutating func noteFetch(_ tick: UInt64, requestGroup group: String?) {
            if firstFetch == 0 { firstFetch = tick }
            lastFetch = tick
            if group != nil || requestGroup != nil { requestGroup = group.map { Name($0) } }
        }
    }

    struct Member {
        var address: ClientAddress
        /// nil: reloaded after a start and not heard of since.
        var client: ClientIdentity?
        var connection: UInt64
        var expiresAt: Int64
        /// The process behind the connection that spoke for it could not be found, since it went, for instance.
        var hasLostProcess = false

        /// It may be behind any connection of its peer and client.id, until it is heard of.
        var isAnywhere: Bool { client == nil || hasLostProcess }
    }

    struct MemberRef: Hashable {
        var group: Name
        var member: Name
    }

    /// Longer client.ids and group ids are not remembered.
    static let nameBytesMax = 512

    public var configuration: Configuration
    var tick: UInt64 = 0
    var connections: [UInt64: Connection] = [:]
    /// Open connections of each client: their evidence isn't forgotten.
    var connectionsByClient: [ClientIdentity: Set<UInt64>] = [:]
    var connectionsByProcess: [ProcessClient: Int] = [:]
    /// Loopback connections that named a group and whose process hasn't been asked for.
    var unaskedGroupConnections: Set<UInt64> = []
    var processes: [ProcessClient: GroupSet] = [:]
    var remembered = BoundedMemory<ClientIdentity>()
    var members: [Name: [Name: Member]] = [:]
    var memberCount = 0
    /// Members that may be behind any connection that matches.
    var anywhereCount = 0
    var membersByAddress: [ClientAddress: Set<MemberRef>] = [:]
    var sessions: [Int32: SessionHolder] = [:]
    /// Sessions of connections that are gone, the oldest first, from `goneSessionsHead` on.
    var goneSessions: [(id: Int32, expiresAt: Int64)] = []
    var goneSessionsHead = 0
    var ambiguities: [AmbiguityKey: (first: Int64, last: Int64)] = [:]

    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
    }

    /// Clients whose groups are remembered, open connections or not.
    public var rememberedClientCount: Int { remembered.sets.count }

    // MARK: Connections

    /// A connection is accepted. `peer` is its numeric address; `isLoopback`: the process at its other end can be looked up
    /// (not so on the admin socket).
    public mutating func connect(
        _ id: UInt64, principal: Principal = .anonymous, peer: String, pinnedGroup: String? = nil,
        isLoopback: Bool = false
    ) {
        let client = ClientIdentity(
            principal: principal, peer: ClientAddress.normalized(peer: peer), clientId: "", software: "")
        connections[id] = Connection(
            client: client, pinnedGroup: pinnedGroup.map { Name($0) }, isLoopback: isLoopback)
        connectionsByClient[client, default: []].insert(id)
    }

    /// The connection has proven its principal.
    public mutating func authenticate(_ id: UInt64, as principal: Principal) {
        change(id) { $0.principal = principal }
    }

    /// The client.id of the request that comes next, where it isn't the last one's.
    public mutating func identify(_ id: UInt64, clientId: String?) {
        let name = clientId.map { $0.utf8.count <= Self.nameBytesMax ? Name($0) : "" } ?? ""
        if connections[id]?.client.clientId == name { return }
        connections[id]?.javaNames = JavaClientId.groups(in: name)
        change(id) { $0.clientId = name }
    }

    /// What ApiVersions says of the software.
    public mutating func identify(_ id: UInt64, softwareName: String, softwareVersion: String) {
        guard softwareName.utf8.count + softwareVersion.utf8.count < Self.nameBytesMax else { return }
        connections[id]?.softwareName = softwareName
        change(id) { $0.software = Name("\(softwareName)/\(softwareVersion)") }
    }

    /// The connection is gone. What it showed of its client stays in memory.
    public mutating func disconnect(_ id: UInt64, now: Int64) {
        guard let connection = connections[id] else { return }
        rememberSessions(of: id, connection, now: now)
        unlink(id, connection)
        connections[id] = nil
        if unaskedGroupConnections.remove(id) != nil { loseMembers(of: id, connection) }
    }

    /// The processes behind connections that should be looked up before `evidence` is asked for, where
    /// `Resolution.needsEvidence` says that it matters: this one's, and those of connections of the same client.id that
    /// named groups. Each is asked for once: answer all with `setProcess`.
    public func processesWanted(for id: UInt64) -> [UInt64] {
        guard let connection = connections[id], connection.isLoopback else { return [] }
        if case .some(nil) = connection.process { return [] }
        var wanted = connection.process == nil ? [id] : []
        for other in unaskedGroupConnections where other != id {
            if connections[other]?.client.clientId == connection.client.clientId { wanted.append(other) }
        }
        return wanted.sorted()
    }

    /// The process at the other end of a loopback connection; nil: it can't be found or read.
    public mutating func setProcess(_ id: UInt64, _ process: ProcessIdentity?) {
        guard var connection = connections[id] else { return }
        unlink(id, connection)
        connection.process = .some(process)
        connections[id] = connection
        link(id, connection)
        unaskedGroupConnections.remove(id)
        guard let process else {
            loseMembers(of: id, connection)
            return
        }
        let key = ProcessClient(process: process, clientId: connection.client.clientId)
        for entry in connection.groups.entries { noteProcess(key, entry, now: .min) }
    }

    /// Nobody will say any more which process these members are in: a fetch of the same process on another connection must
    /// not be taken for one of no group.
    private mutating func loseMembers(of id: UInt64, _ connection: Connection) {
        let address = ClientAddress(peer: connection.client.peer, clientId: connection.client.clientId)
        for ref in membersByAddress[address] ?? [] {
            guard var member = members[ref.group]?[ref.member], member.connection == id, !member.isAnywhere else {
                continue
            }
            member.hasLostProcess = true
            member.expiresAt &-= configuration.graceMs
            members[ref.group]?[ref.member] = member
            anywhereCount += 1
        }
    }

    private mutating func change(_ id: UInt64, _ body: (inout ClientIdentity) -> Void) {
        guard var connection = connections[id] else { return }
        var client = connection.client
        body(&client)
        if client == connection.client { return }
        unlink(id, connection)
        connection.client = client
        connections[id] = connection
        link(id, connection)
    }

    private mutating func link(_ id: UInt64, _ connection: Connection) {
        connectionsByClient[connection.client, default: []].insert(id)
        if let key = processClient(of: connection) { connectionsByProcess[key, default: 0] += 1 }
    }

    private mutating func unlink(_ id: UInt64, _ connection: Connection) {
        connectionsByClient[connection.client]?.remove(id)
        if connectionsByClient[connection.client]?.isEmpty == true { connectionsByClient[connection.client] = nil }
        if let key = processClient(of: connection), let count = connectionsByProcess[key] {
            connectionsByProcess[key] = count > 1 ? count - 1 : nil
        }
    }

    func processClient(of connection: Connection) -> ProcessClient? {
        guard let process = connection.process ?? nil else { return nil }
        return ProcessClient(process: process, clientId: connection.client.clientId)
    }
}
