/// The settings of a broker: what a configuration file, flags and the environment may say, checked. Values are kept as
/// text, as DescribeConfigs shows them; the typed properties read them.
public struct BrokerConfiguration: Sendable {
    private var values: [String: String]

    /// Settings that aren't named get their defaults. Throws for an unknown name, a wrong type or a value out of range.
    public init(_ values: [String: String] = [:]) throws(ConfigError) {
        try Self.table.check(values)
        self.values = values
    }

    /// The value of a known setting, as text.
    public func text(_ name: String) -> String {
        values[name] ?? Self.table[name]?.defaultValue ?? ""
    }

    /// Whether the setting was given, or is the default.
    public func isExplicit(_ name: String) -> Bool { values[name] != nil }

    /// The value of a setting whose definition says that it is a number.
    public func number(_ name: String) -> Int {
        Int(text(name)) ?? 0
    }

    public func flag(_ name: String) -> Bool { text(name) == "true" }

    public var nodeId: Int32 { Int32(clamping: number("node.id")) }
    /// Answer produce requests after an fdatasync; false: from the page cache, as Kafka does.
    public var flushesBeforeAnswer: Bool { text("log.flush") == "commit" }
    public var attributionWaitMs: Int64 { Int64(number("attribution.wait.ms")) }
    public var moduleBytesMax: Int { number("module.bytes.max") }
    /// Bytes that one batch may decompress to.
    public var decompressedBytesMax: Int { number("batch.decompressed.bytes.max") }

    static let positiveInt: ConfigDefinition.Kind = .int(1...Int64(Int32.max))

    /// Every setting of a broker, in the order in which the documentation lists them.
    public static let table = ConfigTable([
        ConfigDefinition("node.id", .int(0...Int64(Int32.max)), default: "1", "The id of this broker in Metadata."),
        ConfigDefinition(
            "auto.create.topics.enable", .boolean, default: "false",
            "Create a topic when a client first asks for its metadata. Prefix defaults of views apply from the start."),
        ConfigDefinition(
            "num.partitions", .int(1...10_000), default: "1", "Partitions of a topic that names no count."),
        ConfigDefinition(
            "accept.any.replication.factor", .boolean, default: "false",
            "Accept replication factors other than 1 and -1. There is one replica in any case."),
        ConfigDefinition(
            "log.flush", .word(["commit", "os"]), default: "commit",
            "commit: a produce request is answered after a group-committed fdatasync. os: from the page cache, as Kafka."
        ),
        ConfigDefinition(
            "log.retention.ms", .long(-1...Int64.max), default: "604800000", "Age at which segments go; -1: never."),
        ConfigDefinition(
            "log.retention.bytes", .long(-1...Int64.max), default: "-1", "Bytes of a partition to keep; -1: no bound."),
        ConfigDefinition(
            "log.retention.check.interval.ms", .long(1000...86_400_000), default: "300000",
            "How often segments are checked against retention."),
        ConfigDefinition(
            "log.segment.bytes", .int(1_048_576...2_147_483_647), default: "1073741824",
            "Size at which a segment is rolled."),
        ConfigDefinition(
            "log.roll.ms", .long(1...Int64.max), default: "604800000", "Age at which a segment is rolled."),
        ConfigDefinition(
            "log.index.interval.bytes", .int(0...Int64(Int32.max)), default: "4096", "Bytes between index entries."),
        ConfigDefinition(
            "log.index.size.max.bytes", .int(1024...Int64(Int32.max)), default: "10485760", "Bytes of an index file."),
        ConfigDefinition(
            "log.message.timestamp.type", .word(["CreateTime", "LogAppendTime"]), default: "CreateTime",
            "Whose time a record carries."),
        ConfigDefinition(
            "message.max.bytes", .int(0...Int64(Int32.max)), default: "1048588", "Bytes of the largest batch."),
        ConfigDefinition(
            "batch.decompressed.bytes.max", .int(1_048_576...1_073_741_824), default: "134217728",
            "Bytes that one batch may decompress to, where the broker must look inside."),
        ConfigDefinition(
            "open.segments.max", .int(16...1_000_000), default: "1000", "Segment files that are held open."),
        ConfigDefinition("num.log.lanes", .int(1...64), default: "1", "Threads that write partitions."),
        ConfigDefinition("num.read.threads", .int(1...64), default: "2", "Threads that read segments."),
        ConfigDefinition("num.view.threads", .int(1...64), default: "2", "Threads that run modules."),
        ConfigDefinition("num.network.threads", .int(1...256), default: "2", "Event loops."),
        ConfigDefinition(
            "socket.request.max.bytes", .int(1024...Int64(Int32.max)), default: "104857600",
            "Bytes of the largest request."),
        ConfigDefinition(
            "queued.max.request.bytes", .long(1_048_576...Int64.max), default: "268435456",
            "Bytes of requests held at once, over all connections."),
        ConfigDefinition(
            "queued.max.answer.bytes", .long(1_048_576...Int64.max), default: "268435456",
            "Bytes of view answers held at once, over all connections, before answers get small."),
        ConfigDefinition("max.connections", positiveInt, default: "10000", "Connections at once."),
        ConfigDefinition(
            "max.connections.per.ip", positiveInt, default: "10000", "Connections at once from an address."),
        ConfigDefinition(
            "connections.max.idle.ms", .long(1000...Int64.max), default: "600000", "Idle time before a connection goes."
        ),
        ConfigDefinition(
            "fetch.max.bytes", .int(1024...Int64(Int32.max)), default: "57671680", "Bytes of the largest fetch answer."),
        ConfigDefinition(
            "fetch.max.wait.ms", .int(0...600_000), default: "60000", "Longest time that a fetch is parked."),
        ConfigDefinition(
            "group.min.session.timeout.ms", .int(1...Int64(Int32.max)), default: "6000", "Shortest session time-out."),
        ConfigDefinition(
            "group.max.session.timeout.ms", .int(1...Int64(Int32.max)), default: "1800000", "Longest session time-out."),
        ConfigDefinition(
            "group.initial.rebalance.delay.ms", .int(0...600_000), default: "500",
            "How long the first rebalance of an empty group waits for more members."),
        ConfigDefinition("group.max.size", positiveInt, default: "10000", "Members of a group."),
        ConfigDefinition(
            "offsets.topic.num.partitions", .int(1...1000), default: "50",
            "Partitions of __consumer_offsets; can't be changed once it exists."),
        ConfigDefinition(
            "offsets.retention.minutes", positiveInt, default: "10080",
            "How long the offsets of a group without members are kept."),
        ConfigDefinition(
            "offsets.retention.check.interval.ms", positiveInt, default: "600000",
            "How often offsets are looked through for those that have lapsed."),
        ConfigDefinition(
            "offset.metadata.max.bytes", .int(0...65_536), default: "4096", "Bytes of the text with a committed offset."
        ),
        ConfigDefinition(
            "producer.id.expiration.ms", .int(1000...Int64(Int32.max)), default: "86400000",
            "Idle time after which an idempotent producer is forgotten."),
        ConfigDefinition(
            "attribution.wait.ms", .long(0...600_000), default: "5000",
            "How long a fetch whose group is ambiguous waits before it's denied."),
        ConfigDefinition(
            "module.bytes.max", .int(1024...10_485_760), default: "4194304", "Bytes of the largest module."),
        ConfigDefinition(
            "wasm.library", .text, default: "",
            "Path of the Wasm engine's library; empty: looked for beside the program."),
    ])
}
