extension TopicConfiguration {
    // Texts that a topic's setting and the broker's share.
    static let insyncReplicas =
        "There is one replica, and it's in sync: more than 1 needs accept.any.replication.factor."
    static let codecs = ["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"]
    static let compression =
        "What batches are stored in. producer: as they come; else those in another codec are recompressed."
    static let deleteDelay = "A segment's files go at once; who reads them goes on reading."
    static let cleanup =
        "What becomes of old segments. delete: they go by age or size. compact: of each key the last record stays."
    static let dirtyRatio = "A log is compacted when more than this part of its bytes has not been compacted."
    static let minLag = "How long a record stays at least, whatever comes after it."
    static let maxLag = "How long a record stays at most before its log is compacted, however little is dirty."
    static let deleteRetention = "How long a tombstone stays after compaction has met it."
    static let timestampBefore =
        "How much older than the broker's clock a record's own time may be. Less than the default costs a look into each batch."
    static let timestampAfter = "How much newer than the broker's clock a record's own time may be."

    /// Every setting of a topic but `view.default`, which is policy and kept in `__sluice_views`.
    public static let table = ConfigTable(
        [
            ConfigDefinition(
                "cleanup.policy", .list(["delete", "compact"]), default: "delete", cleanup,
                fallbacks: ["log.cleanup.policy": 1]),
            ConfigDefinition(
                "min.cleanable.dirty.ratio", .double(0...1), default: "0.5", dirtyRatio,
                fallbacks: ["log.cleaner.min.cleanable.ratio": 1]),
            ConfigDefinition(
                "min.compaction.lag.ms", .long(0...Int64.max), default: "0", minLag,
                fallbacks: ["log.cleaner.min.compaction.lag.ms": 1]),
            ConfigDefinition(
                "max.compaction.lag.ms", .long(1...Int64.max), default: "9223372036854775807", maxLag,
                fallbacks: ["log.cleaner.max.compaction.lag.ms": 1]),
            ConfigDefinition(
                "delete.retention.ms", .long(0...Int64.max), default: "86400000", deleteRetention,
                fallbacks: ["log.cleaner.delete.retention.ms": 1]),
            ConfigDefinition(
                "compression.type", .word(codecs), default: "producer", compression, fallbacks: ["compression.type": 1]),
            ConfigDefinition(
                "compression.gzip.level", .int(-1...9), default: "-1", "Level of gzip; -1: the codec's own default.",
                fallbacks: ["compression.gzip.level": 1]),
            ConfigDefinition(
                "compression.lz4.level", .int(1...17), default: "9", "Level of lz4.",
                fallbacks: ["compression.lz4.level": 1]),
            ConfigDefinition(
                "compression.zstd.level", .int(-131_072...22), default: "3", "Level of zstd.",
                fallbacks: ["compression.zstd.level": 1]),
            ConfigDefinition(
                "retention.ms", .long(-1...Int64.max), default: "604800000", "Age at which segments go; -1: never.",
                fallbacks: [
                    "log.retention.ms": 1, "log.retention.minutes": 60_000, "log.retention.hours": 3_600_000,
                ]),
            ConfigDefinition(
                "retention.bytes", .long(-1...Int64.max), default: "-1", "Bytes of a partition to keep; -1: no bound.",
                fallbacks: ["log.retention.bytes": 1]),
            ConfigDefinition(
                "segment.bytes", .int(1_048_576...2_147_483_647), default: "1073741824",
                "Size at which a segment is rolled.", fallbacks: ["log.segment.bytes": 1]),
            ConfigDefinition(
                "segment.ms", .long(1...Int64.max), default: "604800000", "Age at which a segment is rolled.",
                fallbacks: ["log.roll.ms": 1, "log.roll.hours": 3_600_000]),
            ConfigDefinition(
                "segment.jitter.ms", .long(0...Int64.max), default: "0",
                "The most that a partition's rolling by age comes earlier.",
                fallbacks: ["log.roll.jitter.ms": 1, "log.roll.jitter.hours": 3_600_000]),
            ConfigDefinition(
                "segment.index.bytes", .int(1024...Int64(Int32.max)), default: "10485760", "Bytes of an index file.",
                fallbacks: ["log.index.size.max.bytes": 1]),
            ConfigDefinition(
                "index.interval.bytes", .int(0...Int64(Int32.max)), default: "4096", "Bytes between index entries.",
                fallbacks: ["log.index.interval.bytes": 1]),
            ConfigDefinition(
                "file.delete.delay.ms", .long(0...Int64.max), default: "60000", deleteDelay,
                fallbacks: ["log.segment.delete.delay.ms": 1], hasEffect: false),
            ConfigDefinition(
                "preallocate", .boolean, default: "false", "Segments grow as they are written.",
                fallbacks: ["log.preallocate": 1], hasEffect: false),
            ConfigDefinition(
                "flush.messages", .long(1...Int64.max), default: "9223372036854775807",
                "Under log.flush = os: records of a partition after which they are synced.",
                fallbacks: ["log.flush.interval.messages": 1]),
            ConfigDefinition(
                "flush.ms", .long(0...Int64.max), default: "9223372036854775807",
                "Under log.flush = os: time after which records are synced, looked at once a second.",
                fallbacks: ["log.flush.interval.ms": 1]),
            ConfigDefinition(
                "fetch.verify", .word(["none", "crc"]), default: "none",
                "crc: batches that go from file to socket are checked before; a broken one answers CORRUPT_MESSAGE."),
            ConfigDefinition(
                "max.message.bytes", .int(0...Int64(Int32.max)), default: "1048588", "Bytes of the largest batch.",
                fallbacks: ["message.max.bytes": 1]),
            ConfigDefinition(
                "message.timestamp.type", .word(["CreateTime", "LogAppendTime"]), default: "CreateTime",
                "Whose time a record carries.", fallbacks: ["log.message.timestamp.type": 1]),
            ConfigDefinition(
                "message.timestamp.before.max.ms", .long(0...Int64.max), default: "9223372036854775807",
                timestampBefore, fallbacks: ["log.message.timestamp.before.max.ms": 1]),
            ConfigDefinition(
                "message.timestamp.after.max.ms", .long(0...Int64.max), default: "3600000", timestampAfter,
                fallbacks: ["log.message.timestamp.after.max.ms": 1]),
            ConfigDefinition(
                "min.insync.replicas", .int(1...Int64(Int32.max)), default: "1", insyncReplicas,
                fallbacks: ["min.insync.replicas": 1]),
            ConfigDefinition(
                "unclean.leader.election.enable", .boolean, default: "false", "There is one replica, which leads.",
                fallbacks: ["unclean.leader.election.enable": 1], hasEffect: false),
        ],
        refused: [
            "remote.storage.enable": noTiers, "local.retention.ms": noTiers, "local.retention.bytes": noTiers,
            "remote.log.copy.disable": noTiers, "remote.log.delete.on.disable": noTiers,
            "leader.replication.throttled.replicas": oneReplica,
            "follower.replication.throttled.replicas": oneReplica,
            "message.format.version": "Kafka 4 has dropped it, and every batch is of format 2",
            "message.downconversion.enable": "Kafka 4 has dropped it, and every batch is of format 2",
            "message.timestamp.difference.max.ms":
                "Kafka 4 has message.timestamp.before.max.ms and message.timestamp.after.max.ms instead",
        ])

    private static let noTiers = "there is no tiered storage"
    private static let oneReplica = "there is one replica, and nothing to throttle"
}
