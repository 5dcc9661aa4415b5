import Coordinators

/// What an operator can set of consumer groups and their offsets, and the limits of both.
struct GroupConfiguration: Sendable {
    /// Of each group.
    var group = ConsumerGroup.Configuration()
    /// `offsets.topic.num.partitions`. Must stay what it was when the first offset was committed: it decides where a
    /// group's records are.
    var offsetsPartitionCount = 50
    /// `offsets.retention.minutes`, in ms: how long the offsets of a group without members are kept.
    var offsetsRetentionMs: Int64 = 7 * 24 * 60 * 60 * 1_000
    /// `offsets.retention.check.interval.ms`.
    var offsetsRetentionCheckIntervalMs: Int64 = 600_000
    /// `offset.metadata.max.bytes`: UTF-8 bytes of the note that a client may commit with an offset.
    var offsetMetadataBytesMax = 4_096
    /// UTF-8 bytes.
    var groupIdBytesMax = 1_024
    /// Groups with members, offsets or a stored generation.
    var groupsMax = 100_000
    /// JoinGroups and SyncGroups that wait.
    var waitersMax = 100_000
    /// Commits that wait to be stored, for each partition of `__consumer_offsets`.
    var pendingWritesMax = 10_000
    /// Partitions in one OffsetCommit.
    var commitPartitionsMax = 100_000
    /// Bytes of records that go into one batch; a larger record has a batch of its own.
    var batchBytesMax = 512 << 10

    private static let noNewProtocol = "groups of the KIP-848 protocol are not there in this version"
    private static let noOtherGroups = "there are consumer groups only"

    /// Kafka's settings of a GROUP resource, none of which applies here.
    static let refusedNames = [
        "consumer.session.timeout.ms": noNewProtocol, "consumer.heartbeat.interval.ms": noNewProtocol,
        "share.session.timeout.ms": noOtherGroups, "share.heartbeat.interval.ms": noOtherGroups,
        "share.record.lock.duration.ms": noOtherGroups, "share.auto.offset.reset": noOtherGroups,
        "share.isolation.level": noOtherGroups, "streams.session.timeout.ms": noOtherGroups,
        "streams.heartbeat.interval.ms": noOtherGroups, "streams.num.standby.replicas": noOtherGroups,
    ]
}
