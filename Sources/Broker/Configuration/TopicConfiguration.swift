import KafkaRecords
import SegmentLog

/// The settings of a topic: those that were written for it, over the broker's.
public struct TopicConfiguration: Sendable {
    /// What was written for this topic.
    public private(set) var overrides: [String: String]
    /// Why not all of `overrides` could be taken when they were read from the disk: nothing of them is changed then but what
    /// mends it, and nothing of the topic is deleted.
    public private(set) var defect: String?
    public let maxMessageBytes: Int
    public let retentionMs: Int64
    public let retentionBytes: Int64
    public let segmentBytes: Int
    public let segmentMs: Int64
    public let segmentJitterMs: Int64
    public let segmentIndexBytes: Int
    public let indexIntervalBytes: Int
    public let flushMessages: Int64
    public let flushMs: Int64
    public let usesLogAppendTime: Bool
    /// How much older and newer than the broker's clock a record's time may be.
    public let timestampBeforeMaxMs: Int64
    public let timestampAfterMaxMs: Int64
    /// nil: batches are stored as their producers compress them.
    let compression: Compression?
    /// `cleanup.policy` names `compact`.
    public let isCompacted: Bool
    /// `cleanup.policy` names `delete`.
    public let deletesOldSegments: Bool
    public let minCleanableDirtyRatio: Double
    public let minCompactionLagMs: Int64
    public let maxCompactionLagMs: Int64
    public let deleteRetentionMs: Int64
    /// Raw batches are checked before they are sent.
    public let verifiesFetches: Bool

    /// A codec and its level that batches are stored in.
    struct Compression: Sendable, Equatable {
        var codec: Codec
        var level: Int32?
    }

    /// Throws for a setting that a topic doesn't have, whose value is wrong, or that contradicts another.
    public init(
        _ overrides: [String: String], broker: BrokerConfiguration, isInternal: Bool = false
    ) throws(ConfigError) {
        let overrides = try Self.table.check(overrides)
        self.overrides = overrides
        func value(_ name: String) -> String { Self.value(name, overrides, broker) }
        func number(_ name: String) -> Int64 { Int64(value(name)) ?? 0 }
        maxMessageBytes = Int(number("max.message.bytes"))
        retentionMs = number("retention.ms")
        retentionBytes = number("retention.bytes")
        // A module fits a segment of the policy's topic, whatever size the broker's segments have.
        segmentBytes = max(Int(number("segment.bytes")), isInternal ? maxMessageBytes : 0)
        segmentMs = number("segment.ms")
        segmentJitterMs = number("segment.jitter.ms")
        segmentIndexBytes = Int(number("segment.index.bytes"))
        indexIntervalBytes = Int(number("index.interval.bytes"))
        flushMessages = number("flush.messages")
        flushMs = number("flush.ms")
        usesLogAppendTime = value("message.timestamp.type") == "LogAppendTime"
        timestampBeforeMaxMs = number("message.timestamp.before.max.ms")
        timestampAfterMaxMs = number("message.timestamp.after.max.ms")
        compression = Self.compression(value("compression.type")) { Int32(clamping: number($0)) }
        verifiesFetches = value("fetch.verify") == "crc"
        let policies = value("cleanup.policy").split(separator: ",")
        isCompacted = policies.contains("compact")
        deletesOldSegments = policies.contains("delete")
        minCleanableDirtyRatio = Double(value("min.cleanable.dirty.ratio")) ?? 0.5
        minCompactionLagMs = number("min.compaction.lag.ms")
        maxCompactionLagMs = number("max.compaction.lag.ms")
        deleteRetentionMs = number("delete.retention.ms")
        guard minCompactionLagMs <= maxCompactionLagMs else {
            throw ConfigError(
                "min.compaction.lag.ms = \(minCompactionLagMs): must be at most max.compaction.lag.ms, "
                    + "which is \(maxCompactionLagMs)")
        }
        if number("min.insync.replicas") > 1, !broker.flag("accept.any.replication.factor") {
            throw ConfigError(
                "min.insync.replicas = \(value("min.insync.replicas")): must be 1, since there is one replica "
                    + "(the broker's accept.any.replication.factor takes more)")
        }
        if overrides["max.message.bytes"] != nil, maxMessageBytes > segmentBytes {
            throw ConfigError(
                "max.message.bytes = \(maxMessageBytes): must be at most segment.bytes, which is \(segmentBytes)")
        }
    }

    /// The settings of a topic whose stored ones can't all be taken: each one that can, over the defaults; nothing is
    /// deleted.
    static func mending(
        _ stored: [String: String], defect: ConfigError, broker: BrokerConfiguration, isInternal: Bool
    ) -> TopicConfiguration {
        var taken: [String: String] = [:]
        for (name, value) in stored.sorted(by: { $0.key < $1.key }) {
            var more = taken
            more[name] = value
            do throws(ConfigError) {
                _ = try TopicConfiguration(more, broker: broker, isInternal: isInternal)
                taken = more
            } catch { continue }
        }
        var settings: TopicConfiguration
        do throws(ConfigError) {
            settings = try TopicConfiguration(taken, broker: broker, isInternal: isInternal)
        } catch {
            // `taken` has just been tried, or is empty, and BrokerConfiguration checks that.
            preconditionFailure("\(error)")
        }
        settings.overrides = stored
        settings.defect = defect.description
        return settings
    }

    /// What the log of partition `index` needs of it.
    func log(broker: BrokerConfiguration, partition index: Int32) -> LogConfiguration {
        var log = LogConfiguration()
        log.segmentBytes = segmentBytes
        log.segmentMs = segmentMs - jitterMs(partition: index)
        log.segmentIndexBytes = segmentIndexBytes
        log.indexIntervalBytes = indexIntervalBytes
        log.retentionMs = retentionMs < 0 ? nil : retentionMs
        log.retentionBytes = retentionBytes < 0 ? nil : retentionBytes
        log.deletesOldSegments = deletesOldSegments && defect == nil
        log.compacts = isCompacted && defect == nil
        log.minCleanableDirtyRatio = minCleanableDirtyRatio
        log.minCompactionLagMs = minCompactionLagMs
        log.maxCompactionLagMs = maxCompactionLagMs == .max ? nil : maxCompactionLagMs
        log.deleteRetentionMs = deleteRetentionMs
        log.timestampType = usesLogAppendTime ? .logAppendTime : .createTime
        log.flush = broker.flushesBeforeAnswer ? .commit : .os
        log.flushMessages = flushMessages
        log.flushMs = flushMs
        log.producerIdExpirationMs = Int64(broker.number("producer.id.expiration.ms"))
        return log
    }

    /// Spreads the partitions over `segment.jitter.ms`, each always by the same, so that they don't all roll at once.
    private func jitterMs(partition index: Int32) -> Int64 {
        let bound = UInt64(max(0, min(segmentJitterMs, segmentMs)))
        guard bound > 0 else { return 0 }
        // SplitMix64's mixing: neighbours get numbers that have nothing to do with each other.
        var spread = (UInt64(bitPattern: Int64(index)) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        spread = (spread ^ (spread >> 30)) &* 0xBF58_476D_1CE4_E5B9
        spread = (spread ^ (spread >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int64((spread ^ (spread >> 31)) % bound)
    }

    /// What stands for a setting of the topic, the strongest first.
    func layers(_ name: String, broker: BrokerConfiguration) -> [ConfigLayer] {
        guard let definition = Self.table[name] else { return [] }
        return Self.layers(definition, overrides, broker)
    }

    /// The value of a setting as it holds for the topic.
    func effective(_ name: String, broker: BrokerConfiguration) -> String { Self.value(name, overrides, broker) }

    private static func value(
        _ name: String, _ overrides: [String: String], _ broker: BrokerConfiguration
    ) -> String {
        if let own = overrides[name] { return own }
        guard let definition = table[name] else { return "" }
        return layers(definition, overrides, broker).first?.scaledValue ?? ""
    }

    private static func layers(
        _ definition: ConfigDefinition, _ overrides: [String: String], _ broker: BrokerConfiguration
    ) -> [ConfigLayer] {
        let own = overrides[definition.name].map {
            ConfigLayer(name: definition.name, value: $0, source: .topic)
        }
        var layers = broker.layers(of: definition.fallbacks)
        if layers.last?.source != .defaultValue, let value = definition.defaultValue {
            layers.append(ConfigLayer(name: definition.name, value: value, source: .defaultValue))
        }
        return (own.map { [$0] } ?? []) + layers
    }

    private static func compression(_ word: String, level: (String) -> Int32) -> Compression? {
        switch word {
        case "uncompressed": Compression(codec: .none)
        case "gzip": Compression(codec: .gzip, level: level("compression.gzip.level"))
        case "snappy": Compression(codec: .snappy)
        case "lz4": Compression(codec: .lz4, level: level("compression.lz4.level"))
        case "zstd": Compression(codec: .zstd, level: level("compression.zstd.level"))
        default: nil
        }
    }
}
