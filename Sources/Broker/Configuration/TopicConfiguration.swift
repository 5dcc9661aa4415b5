import SegmentLog

/// The settings of a topic: those that were written for it, over the broker's.
public struct TopicConfiguration: Sendable {
    /// What was written for this topic.
    public private(set) var overrides: [String: String]
    public let maxMessageBytes: Int
    public let retentionMs: Int64
    public let retentionBytes: Int64
    public let segmentBytes: Int
    public let segmentMs: Int64
    public let segmentIndexBytes: Int
    public let indexIntervalBytes: Int
    public let usesLogAppendTime: Bool
    public let isCompacted: Bool

    /// Throws for a setting that a topic doesn't have, or whose value is wrong. `internal` topics may be compacted.
    public init(
        _ overrides: [String: String], broker: BrokerConfiguration, isInternal: Bool = false
    ) throws(ConfigError) {
        try Self.table.check(overrides)
        self.overrides = overrides
        func value(_ name: String) -> String {
            overrides[name] ?? Self.brokerNames[name].map(broker.text) ?? Self.table[name]?.defaultValue ?? ""
        }
        func number(_ name: String) -> Int { Int(value(name)) ?? 0 }
        maxMessageBytes = number("max.message.bytes")
        retentionMs = Int64(number("retention.ms"))
        retentionBytes = Int64(number("retention.bytes"))
        segmentBytes = number("segment.bytes")
        segmentMs = Int64(number("segment.ms"))
        segmentIndexBytes = number("segment.index.bytes")
        indexIntervalBytes = number("index.interval.bytes")
        usesLogAppendTime = value("message.timestamp.type") == "LogAppendTime"
        isCompacted = value("cleanup.policy").split(separator: ",").contains("compact")
        if isCompacted, !isInternal {
            throw ConfigError(
                "cleanup.policy = \(value("cleanup.policy")): this version does not compact logs; use delete")
        }
    }

    /// The settings of a topic that has none of its own.
    static func defaults(broker: BrokerConfiguration) -> TopicConfiguration {
        // The broker's own settings were checked when they were read, and there are no others.
        do { return try TopicConfiguration([:], broker: broker) } catch { preconditionFailure("\(error)") }
    }

    /// What the log needs of it.
    func log(broker: BrokerConfiguration) -> LogConfiguration {
        var log = LogConfiguration()
        log.segmentBytes = segmentBytes
        log.segmentMs = segmentMs
        log.segmentIndexBytes = segmentIndexBytes
        log.indexIntervalBytes = indexIntervalBytes
        log.retentionMs = retentionMs < 0 ? nil : retentionMs
        log.retentionBytes = retentionBytes < 0 ? nil : retentionBytes
        log.deletesOldSegments = !isCompacted
        log.timestampType = usesLogAppendTime ? .logAppendTime : .createTime
        log.flush = broker.flushesBeforeAnswer ? .commit : .os
        log.producerIdExpirationMs = Int64(broker.number("producer.id.expiration.ms"))
        return log
    }

    /// The value of a setting as it holds for the topic, and where it comes from.
    public func effective(_ name: String, broker: BrokerConfiguration) -> (value: String, source: Source) {
        if let value = overrides[name] { return (value, .topic) }
        if let brokerName = Self.brokerNames[name] {
            return (broker.text(brokerName), broker.isExplicit(brokerName) ? .staticBroker : .defaultValue)
        }
        return (Self.table[name]?.defaultValue ?? "", .defaultValue)
    }

    /// Numbers of Kafka's ConfigSource.
    public enum Source: Int8, Sendable {
        case topic = 1
        case dynamicBroker = 2
        case dynamicDefaultBroker = 3
        case staticBroker = 4
        case defaultValue = 5
    }

    /// Topic settings whose default is a broker setting.
    static let brokerNames: [String: String] = [
        "retention.ms": "log.retention.ms", "retention.bytes": "log.retention.bytes",
        "segment.bytes": "log.segment.bytes", "segment.ms": "log.roll.ms",
        "segment.index.bytes": "log.index.size.max.bytes", "index.interval.bytes": "log.index.interval.bytes",
        "max.message.bytes": "message.max.bytes", "message.timestamp.type": "log.message.timestamp.type",
    ]

    /// Every setting of a topic but `view.default`, which is policy and kept in `__sluice_views`.
    public static let table = ConfigTable([
        ConfigDefinition(
            "cleanup.policy", .list(["delete", "compact"]), default: "delete", "What becomes of old segments."),
        ConfigDefinition(
            "compression.type", .word(["producer"]), default: "producer", "Batches are stored in the producer's codec."),
        ConfigDefinition(
            "retention.ms", .long(-1...Int64.max), default: "604800000", "Age at which segments go; -1: never."),
        ConfigDefinition(
            "retention.bytes", .long(-1...Int64.max), default: "-1", "Bytes of a partition to keep; -1: no bound."),
        ConfigDefinition(
            "segment.bytes", .int(1_048_576...2_147_483_647), default: "1073741824",
            "Size at which a segment is rolled."),
        ConfigDefinition("segment.ms", .long(1...Int64.max), default: "604800000", "Age at which a segment is rolled."),
        ConfigDefinition(
            "segment.index.bytes", .int(1024...Int64(Int32.max)), default: "10485760", "Bytes of an index file."),
        ConfigDefinition(
            "index.interval.bytes", .int(0...Int64(Int32.max)), default: "4096", "Bytes between index entries."),
        ConfigDefinition(
            "max.message.bytes", .int(0...Int64(Int32.max)), default: "1048588", "Bytes of the largest batch."),
        ConfigDefinition(
            "message.timestamp.type", .word(["CreateTime", "LogAppendTime"]), default: "CreateTime",
            "Whose time a record carries."),
        ConfigDefinition(
            "min.insync.replicas", .int(1...1), default: "1", "There is one replica, and it's in sync."),
    ])
}
