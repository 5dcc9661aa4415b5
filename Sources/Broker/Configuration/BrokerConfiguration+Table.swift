extension BrokerConfiguration {
    private static let positiveInt: ConfigDefinition.Kind = .int(1...Int64(Int32.max))
    private static let anyInt: ConfigDefinition.Kind = .int(0...Int64(Int32.max))

    /// Every setting of a broker, in the order in which the documentation lists them.
    public static let table = ConfigTable(
        identity + topics + logs + cleaner + limits + groups + views + security + tls + metrics, refused: refusedNames)

    private static let metrics = [
        ConfigDefinition(
            "metrics.topics.max", .int(0...100_000), default: "1000",
            "Topics with a label of their own in metrics; the others share one."),
        ConfigDefinition(
            "metrics.groups.max", .int(0...100_000), default: "1000",
            "Groups with a label of their own in metrics; the others share one."),
        ConfigDefinition(
            "metrics.partitions", .boolean, default: "false",
            "Size and offsets in metrics of each partition, beside the sums of topics."),
    ]

    private static let identity = [
        ConfigDefinition("node.id", .int(0...Int64(Int32.max)), default: "1", "The id of this broker in Metadata.")
    ]

    private static let topics = [
        ConfigDefinition(
            "auto.create.topics.enable", .boolean, default: "false",
            "Create a topic when a client first asks for its metadata. Prefix defaults of views apply from the start."),
        ConfigDefinition("delete.topic.enable", .boolean, default: "true", "Topics can be deleted."),
        ConfigDefinition(
            "num.partitions", .int(1...10_000), default: "1", "Partitions of a topic that names no count."),
        ConfigDefinition(
            "accept.any.replication.factor", .boolean, default: "false",
            "Accept replication factors other than 1 and -1, and any min.insync.replicas. There is one replica in any case."
        ),
        ConfigDefinition(
            "default.replication.factor", .int(1...32_767), default: "1", "There is one replica in any case.",
            hasEffect: false),
        ConfigDefinition(
            "min.insync.replicas", positiveInt, default: "1", TopicConfiguration.insyncReplicas, isLive: true),
        ConfigDefinition(
            "unclean.leader.election.enable", .boolean, default: "false", "There is one replica, which leads.",
            isLive: true, hasEffect: false),
        ConfigDefinition(
            "compression.type", .word(TopicConfiguration.codecs), default: "producer", TopicConfiguration.compression,
            isLive: true),
        ConfigDefinition(
            "compression.gzip.level", .int(-1...9), default: "-1", "Level of gzip; -1: the codec's own default.",
            isLive: true),
        ConfigDefinition("compression.lz4.level", .int(1...17), default: "9", "Level of lz4.", isLive: true),
        ConfigDefinition("compression.zstd.level", .int(-131_072...22), default: "3", "Level of zstd.", isLive: true),
        ConfigDefinition(
            "message.max.bytes", anyInt, default: "1048588", "Bytes of the largest batch.", isLive: true),
    ]

    private static let logs = [
        ConfigDefinition(
            "log.flush", .word(["commit", "os"]), default: "commit",
            "commit: a produce request is answered after a group-committed fdatasync. os: from the page cache, as Kafka."
        ),
        ConfigDefinition(
            "log.flush.interval.messages", .long(1...Int64.max), default: "9223372036854775807",
            "Under log.flush = os: records of a partition after which they are synced.", isLive: true),
        ConfigDefinition(
            "log.flush.interval.ms", .long(0...Int64.max), default: nil,
            "Under log.flush = os: time after which records are synced, looked at once a second. Not set: never.",
            isLive: true),
        ConfigDefinition(
            "log.cleanup.policy", .list(["delete", "compact"]), default: "delete", TopicConfiguration.cleanup,
            isLive: true),
        ConfigDefinition(
            "log.retention.ms", .long(-1...Int64.max), default: nil,
            "Age at which segments go; -1: never. Not set: log.retention.minutes.",
            fallbacks: ["log.retention.minutes": 60_000, "log.retention.hours": 3_600_000], isLive: true),
        ConfigDefinition(
            "log.retention.minutes", .int(-1...Int64(Int32.max)), default: nil,
            "Age at which segments go; -1: never. Not set: log.retention.hours."),
        ConfigDefinition(
            "log.retention.hours", .int(-1...Int64(Int32.max)), default: "168", "Age at which segments go; -1: never."),
        ConfigDefinition(
            "log.retention.bytes", .long(-1...Int64.max), default: "-1", "Bytes of a partition to keep; -1: no bound.",
            isLive: true),
        ConfigDefinition(
            "log.retention.check.interval.ms", .long(1000...86_400_000), default: "300000",
            "How often segments are checked against retention."),
        ConfigDefinition(
            "log.segment.bytes", .int(1_048_576...2_147_483_647), default: "1073741824",
            "Size at which a segment is rolled.", isLive: true),
        ConfigDefinition(
            "log.segment.delete.delay.ms", .long(0...Int64.max), default: "60000", TopicConfiguration.deleteDelay,
            isLive: true, hasEffect: false),
        ConfigDefinition(
            "log.roll.ms", .long(1...Int64.max), default: nil,
            "Age at which a segment is rolled. Not set: log.roll.hours.",
            fallbacks: ["log.roll.hours": 3_600_000], isLive: true),
        ConfigDefinition("log.roll.hours", positiveInt, default: "168", "Age at which a segment is rolled."),
        ConfigDefinition(
            "log.roll.jitter.ms", .long(0...Int64.max), default: nil,
            "The most that a partition's rolling by age comes earlier. Not set: log.roll.jitter.hours.",
            fallbacks: ["log.roll.jitter.hours": 3_600_000], isLive: true),
        ConfigDefinition(
            "log.roll.jitter.hours", anyInt, default: "0", "The most that a partition's rolling by age comes earlier."),
        ConfigDefinition(
            "log.index.interval.bytes", anyInt, default: "4096", "Bytes between index entries.", isLive: true),
        ConfigDefinition(
            "log.index.size.max.bytes", .int(1024...Int64(Int32.max)), default: "10485760", "Bytes of an index file.",
            isLive: true),
        ConfigDefinition(
            "log.preallocate", .boolean, default: "false", "Segments grow as they are written.", isLive: true,
            hasEffect: false),
        ConfigDefinition(
            "log.message.timestamp.type", .word(["CreateTime", "LogAppendTime"]), default: "CreateTime",
            "Whose time a record carries.", isLive: true),
        ConfigDefinition(
            "log.message.timestamp.before.max.ms", .long(0...Int64.max), default: "9223372036854775807",
            TopicConfiguration.timestampBefore, isLive: true),
        ConfigDefinition(
            "log.message.timestamp.after.max.ms", .long(0...Int64.max), default: "3600000",
            TopicConfiguration.timestampAfter, isLive: true),
        ConfigDefinition(
            "producer.id.expiration.ms", .int(1000...Int64(Int32.max)), default: "86400000",
            "Idle time after which an idempotent producer is forgotten.", isLive: true),
        ConfigDefinition(
            "open.segments.max", .int(16...1_000_000), default: "1000", "Segment files that are held open."),
        ConfigDefinition("num.log.lanes", .int(1...64), default: "1", "Threads that write partitions."),
        ConfigDefinition("num.read.threads", .int(1...64), default: "2", "Threads that read segments."),
    ]

    private static let limits = [
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
        ConfigDefinition(
            "view.cache.bytes", .long(0...1 << 40), default: "67108864",
            "Bytes of batches that are kept as views have made them, for readers of the same view; 0: none."),
        ConfigDefinition(
            "batch.decompressed.bytes.max", .int(1_048_576...1_073_741_824), default: "134217728",
            "Bytes that one batch may decompress to, where the broker must look inside."),
        ConfigDefinition(
            "max.request.partition.size.limit", positiveInt, default: "2000",
            "Partitions in one answer to DescribeTopicPartitions.", isLive: true),
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
            "max.incremental.fetch.session.cache.slots", .int(0...100_000), default: "1000",
            "Fetch sessions at once, over all connections. A client without one asks for all its partitions each time."),
    ]

    private static let groups = [
        ConfigDefinition("group.min.session.timeout.ms", positiveInt, default: "6000", "Shortest session time-out."),
        ConfigDefinition("group.max.session.timeout.ms", positiveInt, default: "1800000", "Longest session time-out."),
        ConfigDefinition(
            "group.initial.rebalance.delay.ms", .int(0...600_000), default: "500",
            "How long the first rebalance of an empty group waits for more members."),
        ConfigDefinition("group.max.size", positiveInt, default: "10000", "Members of a group."),
        ConfigDefinition(
            "offsets.topic.num.partitions", .int(1...1000), default: "50",
            "Partitions of __consumer_offsets; can't be changed once it exists."),
        ConfigDefinition(
            "offsets.topic.replication.factor", .int(1...32_767), default: "1", "There is one replica in any case.",
            hasEffect: false),
        ConfigDefinition(
            "offsets.retention.minutes", positiveInt, default: "10080",
            "How long the offsets of a group without members are kept."),
        ConfigDefinition(
            "offsets.retention.check.interval.ms", positiveInt, default: "600000",
            "How often offsets are looked through for those that have lapsed."),
        ConfigDefinition(
            "offset.metadata.max.bytes", .int(0...65_536), default: "4096", "Bytes of the text with a committed offset."
        ),
    ]

    private static let views = [
        ConfigDefinition(
            "attribution.wait.ms", .long(0...600_000), default: "5000",
            "How long a fetch whose group is ambiguous waits before it's denied."),
        ConfigDefinition(
            "module.bytes.max", .int(1024...10_485_760), default: "4194304", "Bytes of the largest module."),
        ConfigDefinition("num.view.threads", .int(1...64), default: "2", "Threads that run modules."),
        ConfigDefinition(
            "wasm.library", .text, default: "",
            "Path of the Wasm engine's library; empty: looked for beside the program."),
    ]

    private static let tls = [
        ConfigDefinition(
            "ssl.enabled.protocols", .list(["TLSv1.2", "TLSv1.3"]), default: "TLSv1.2,TLSv1.3",
            "Protocols of listeners with TLS. Nothing older is spoken."),
        ConfigDefinition(
            "ssl.cipher.suites", .text, default: "",
            "Cipher suites of TLS 1.2 by IANA's names, with commas, the preferred first; empty: all with ephemeral keys "
                + "and authenticated encryption. Those of TLS 1.3 are always offered."),
        ConfigDefinition(
            "ssl.principal.mapping.rules", .text, default: "DEFAULT",
            "How the name in a client's certificate becomes a user's: RULE:pattern/replacement/[LU] and DEFAULT, with "
                + "commas; the first that matches counts (Docs/security.md)."),
    ]

    private static let pemFiles = "a listener names PEM files itself: NAME://HOST:PORT?tls=CERT.pem&key=KEY.pem"

    private static let oneNode = "a single broker has none: leave it out"

    private static let refusedNames = [
        "broker.id": "write node.id",
        "log.dirs": "there is one folder: write log.dir",
        "advertised.listeners": "a listener says it itself: NAME://HOST:PORT?advertise=HOST:PORT",
        "listener.security.protocol.map": "a listener's settings are in its URL",
        "authorizer.class.name": "write authorizer=acl",
        "sasl.enabled.mechanisms": "a listener says it itself: NAME://HOST:PORT?sasl=SCRAM-SHA-512",
        "ssl.keystore.location": pemFiles, "ssl.keystore.type": pemFiles, "ssl.keystore.key": pemFiles,
        "ssl.keystore.certificate.chain": pemFiles,
        "ssl.keystore.password": "keys are PEM files that aren't encrypted: protect them by owner and mode",
        "ssl.key.password": "keys are PEM files that aren't encrypted: protect them by owner and mode",
        "ssl.truststore.location": "a listener names it itself: client-ca=CA.pem",
        "ssl.truststore.certificates": "a listener names a file itself: client-ca=CA.pem",
        "ssl.client.auth": "a listener says it itself: client-auth=required, with client-ca=CA.pem",
        "zookeeper.connect": oneNode, "process.roles": oneNode, "controller.quorum.voters": oneNode,
        "controller.quorum.bootstrap.servers": oneNode, "controller.listener.names": oneNode,
        "inter.broker.listener.name": oneNode,
    ]
}
