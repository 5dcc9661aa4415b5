/// How a partition's log behaves; fields carry Kafka's topic settings of the same name.
public struct LogConfiguration: Sendable, Equatable {
    public enum Flush: Sendable, Equatable {
        /// Readers see a batch once it is on stable storage; the caller acknowledges after `endFlush`.
        case commit
        /// Readers see a batch as soon as the operating system has it.
        case os
    }

    public enum TimestampType: Sendable, Equatable {
        case createTime, logAppendTime
    }

    /// `segment.bytes`
    public var segmentBytes: Int = 1 << 30
    /// `segment.ms`
    public var segmentMs: Int64 = 7 * 86_400_000
    /// `segment.index.bytes`
    public var segmentIndexBytes: Int = 10 << 20
    /// `index.interval.bytes`
    public var indexIntervalBytes: Int = 4096
    /// `retention.ms`; nil keeps all.
    public var retentionMs: Int64? = 7 * 86_400_000
    /// `retention.bytes`; nil keeps all.
    public var retentionBytes: Int64?
    /// False where `cleanup.policy` does not name `delete`.
    public var deletesOldSegments = true
    /// `cleanup.policy` names `compact`.
    public var compacts = false
    /// `min.cleanable.dirty.ratio`
    public var minCleanableDirtyRatio = 0.5
    /// `min.compaction.lag.ms`
    public var minCompactionLagMs: Int64 = 0
    /// `max.compaction.lag.ms`; nil: no bound.
    public var maxCompactionLagMs: Int64?
    /// `delete.retention.ms`
    public var deleteRetentionMs: Int64 = 86_400_000
    /// `message.timestamp.type`
    public var timestampType = TimestampType.createTime
    /// `log.flush`
    public var flush = Flush.commit
    /// `flush.messages`, of use with `Flush.os`: the caller asks for a flush by it.
    public var flushMessages = Int64.max
    /// `flush.ms`, likewise.
    public var flushMs = Int64.max
    /// `producer.id.expiration.ms`
    public var producerIdExpirationMs: Int64 = 86_400_000
    /// Idempotent producers remembered; those idle longest are forgotten first.
    public var producersMax = 100_000
    /// Bytes flushed since the last recovery point after which `maintain` writes a new one.
    public var recoveryPointBytes = 16 << 20

    public init() {}

    /// What is to be compacted in time has to be sealed in time.
    var segmentAgeMaxMs: Int64 {
        guard compacts, let maxCompactionLagMs else { return segmentMs }
        return min(segmentMs, maxCompactionLagMs)
    }
}
