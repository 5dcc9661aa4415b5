/// A process of this machine, told apart from a later one of the same id by its start time.
public struct ProcessIdentity: Sendable, Hashable {
    public var pid: Int32
    public var startTime: UInt64

    public init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }
}

/// Who a client seems to be: what a reconnecting client shows again.
struct ClientIdentity: Sendable, Hashable {
    var principal: Principal
    var peer: Name
    var clientId: Name
    /// `name/version` of ApiVersions v3+; empty where the client doesn't say.
    var software: Name
}

/// What `__consumer_offsets` keeps of a member.
struct ClientAddress: Sendable, Hashable {
    var peer: Name
    var clientId: Name

    /// An address as connections and group metadata (`/127.0.0.1`) write it. All loopback addresses are one, since
    /// `localhost` may be IPv4 for one connection and IPv6 for the next.
    static func normalized(peer: String) -> Name {
        var text = Substring(peer)
        if text.utf8.first == UInt8(ascii: "/") { text = text.dropFirst() }
        if text.utf8.starts(with: "::ffff:".utf8), text.utf8.contains(UInt8(ascii: ".")) { text = text.dropFirst(7) }
        if text.utf8.starts(with: "127.".utf8) || text == "::1" || text == "0:0:0:0:0:0:0:1" { return "loopback" }
        return Name(String(text))
    }
}

/// One client of one process: several clients in a process are told apart by client.id.
struct ProcessClient: Sendable, Hashable {
    var process: ProcessIdentity
    var clientId: Name
}

/// One reader of one topic, over reconnects.
struct AmbiguityKey: Sendable, Hashable {
    var client: ClientIdentity
    var topicId: TopicId
}

/// Software that fetches on one connection per broker, by the name that it gives in ApiVersions (clients.md §1.1). Only
/// there does a fetch on another connection show that a member isn't the one behind this connection.
enum SingleFetchSoftware {
    static func contains(_ name: String) -> Bool {
        switch name {
        case "librdkafka", "apache-kafka-java", "kgo", "kafka-python": true
        default: name.utf8.starts(with: "confluent-kafka".utf8)
        }
    }
}
