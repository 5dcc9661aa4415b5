/// What a reader's group was found by: the classes of view-security §3, the strongest first.
public enum EvidenceClass: Int, Sendable, CaseIterable {
    /// The listener is pinned to a group.
    case listener
    /// The request names it.
    case request
    /// A leased endpoint.
    case lease
    /// The process at the other end of a loopback connection.
    case process
    /// Requests on the same connection.
    case connection
    /// A fetch session that an attributed connection held.
    case session
    /// The client.id, and what is remembered or live of such a client.
    case client
    /// All bindings of a proven principal name one group.
    case principal
    /// Nothing names a group.
    case nothing

    /// For metrics and `explain`.
    public var name: String {
        switch self {
        case .listener: "listener"
        case .request: "request"
        case .lease: "lease"
        case .process: "process"
        case .connection: "connection"
        case .session: "session"
        case .client: "client"
        case .principal: "principal"
        case .nothing: "nothing"
        }
    }
}
