import Coordinators
import KafkaMessages
import KafkaRecords
import NIOCore

/// The records of `__consumer_offsets`, in Kafka's formats: an offset has a key of version 1 and a value of version 3
/// (version 1 if it lapses by itself), a group's metadata a key of version 2 and a value of version 3. A null value ends
/// what its key names.
enum GroupRecords {
    /// What a record is about.
    enum Key: Equatable {
        case offset(group: String, CommittedOffsets.Partition)
        case metadata(group: String)
        /// A record of another coordinator (KIP-848, share groups), which isn't ours to read.
        case other(version: Int16)
    }

    /// Where the records of a group are: Java's `String.hashCode`, made positive, over the partitions.
    static func partition(of groupId: String, count: Int) -> Int {
        var hash: Int32 = 0
        for unit in groupId.utf16 { hash = hash &* 31 &+ Int32(unit) }
        return hash == .min ? 0 : Int(abs(hash)) % count
    }

    // MARK: Writing

    static func offset(
        _ entry: CommittedOffsets.Entry, group: String, _ partition: CommittedOffsets.Partition, nowMs: Int64
    ) throws(WireError) -> Record {
        var value = OffsetCommitValue()
        value.offset = entry.offset
        value.metadata = entry.metadata
        value.commitTimestamp = entry.commitTimestampMs
        let version: Int16
        if let expireTimestampMs = entry.expireTimestampMs {
            value.expireTimestamp = expireTimestampMs
            version = 1
        } else {
            value.leaderEpoch = entry.leaderEpoch
            version = 3
        }
        return Record(
            key: try offsetKey(group: group, partition), value: bytes(try value.encode(version: version)),
            timestamp: nowMs)
    }

    static func offsetTombstone(
        group: String, _ partition: CommittedOffsets.Partition, nowMs: Int64
    ) throws(WireError) -> Record {
        Record(key: try offsetKey(group: group, partition), value: nil, timestamp: nowMs)
    }

    static func metadata(
        _ snapshot: ConsumerGroup.Snapshot, group: String, nowMs: Int64
    ) throws(WireError) -> Record {
        var value = GroupMetadataValue()
        value.protocolType = snapshot.protocolType
        value.generation = snapshot.generation
        value.protocol = snapshot.protocolName
        value.leader = snapshot.leaderId
        value.currentStateTimestamp = nowMs
        value.members = snapshot.members.map { member in
            var stored = GroupMetadataValue.MemberMetadata()
            stored.memberId = member.id
            stored.groupInstanceId = member.instanceId
            stored.clientId = member.clientId
            // Kafka writes an address as Java prints it.
            stored.clientHost = "/" + member.clientHost
            stored.rebalanceTimeout = member.rebalanceTimeoutMs
            stored.sessionTimeout = member.sessionTimeoutMs
            stored.subscription = ByteBuffer(bytes: member.subscription)
            stored.assignment = ByteBuffer(bytes: member.assignment)
            return stored
        }
        return Record(
            key: try metadataKey(group: group), value: bytes(try value.encode(version: 3)), timestamp: nowMs)
    }

    static func metadataTombstone(group: String, nowMs: Int64) throws(WireError) -> Record {
        Record(key: try metadataKey(group: group), value: nil, timestamp: nowMs)
    }

    private static func offsetKey(
        group: String, _ partition: CommittedOffsets.Partition
    ) throws(WireError) -> [UInt8] {
        var key = OffsetCommitKey()
        key.group = group
        key.topic = partition.topic
        key.partition = partition.index
        return bytes(try key.encode(version: 1))
    }

    private static func metadataKey(group: String) throws(WireError) -> [UInt8] {
        var key = GroupMetadataKey()
        key.group = group
        return bytes(try key.encode(version: 2))
    }

    private static func bytes(_ buffer: ByteBuffer) -> [UInt8] {
        Array(buffer.readableBytesView)
    }

    // MARK: Reading

    static func key(_ bytes: [UInt8]) throws(WireError) -> Key {
        guard bytes.count >= 2 else { return .other(version: -1) }
        let buffer = ByteBuffer(bytes: bytes)
        switch Int16(bitPattern: UInt16(bytes[0]) << 8 | UInt16(bytes[1])) {
        case 0, 1:
            let key = try OffsetCommitKey(decoding: buffer)
            return .offset(group: key.group, .init(topic: key.topic, index: key.partition))
        case 2: return .metadata(group: try GroupMetadataKey(decoding: buffer).group)
        case let version: return .other(version: version)
        }
    }

    static func offset(_ bytes: [UInt8]) throws(WireError) -> CommittedOffsets.Entry {
        let value = try OffsetCommitValue(decoding: ByteBuffer(bytes: bytes))
        return CommittedOffsets.Entry(
            offset: value.offset, leaderEpoch: value.leaderEpoch, metadata: value.metadata,
            commitTimestampMs: value.commitTimestamp,
            expireTimestampMs: value.expireTimestamp < 0 ? nil : value.expireTimestamp)
    }

    /// The group as it was stored, and since when it has been in that state (wall clock; −1: not known).
    static func metadata(
        _ bytes: [UInt8]
    ) throws(WireError) -> (snapshot: ConsumerGroup.Snapshot, stateTimestampMs: Int64) {
        let value = try GroupMetadataValue(decoding: ByteBuffer(bytes: bytes))
        let members = value.members.map { stored in
            let host = stored.clientHost.hasPrefix("/") ? String(stored.clientHost.dropFirst()) : stored.clientHost
            return ConsumerGroup.Snapshot.Member(
                id: stored.memberId, instanceId: stored.groupInstanceId, clientId: stored.clientId, clientHost: host,
                rebalanceTimeoutMs: max(
                    0, stored.rebalanceTimeout < 0 ? stored.sessionTimeout : stored.rebalanceTimeout),
                sessionTimeoutMs: max(0, stored.sessionTimeout),
                subscription: Array(stored.subscription.readableBytesView),
                assignment: Array(stored.assignment.readableBytesView))
        }
        let snapshot = ConsumerGroup.Snapshot(
            protocolType: value.protocolType, generation: value.generation, protocolName: value.protocol,
            leaderId: value.leader, members: members)
        return (snapshot, value.currentStateTimestamp)
    }
}
