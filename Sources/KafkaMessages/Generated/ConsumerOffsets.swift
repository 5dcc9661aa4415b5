// Generated from SchemaGenerator/Messages/ConsumerOffsets.kafka by Scripts/generate-messages. Do not edit.

public import NIOCore

/// A committed offset in `__consumer_offsets`: whose it is. Versions 0 and 1 are the same.
public struct OffsetCommitKey: VersionedRecord {
    public static var name: String { "OffsetCommitKey" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { false }

    /// The group.
    public var group: String = ""
    /// The topic.
    public var topic: String = ""
    /// The partition.
    public var partition: Int32 = 0

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        group = try reader.readString(flexible: false)
        topic = try reader.readString(flexible: false)
        partition = try reader.readInt32()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        try writer.writeString(group, flexible: false)
        try writer.writeString(topic, flexible: false)
        writer.writeInt32(partition)
    }
}

/// A committed offset in `__consumer_offsets`. Kafka writes version 3; 4 is read for what comes after.
public struct OffsetCommitValue: VersionedRecord {
    public static var name: String { "OffsetCommitValue" }
    public static var versions: ClosedRange<Int16> { 0...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// The next offset to read.
    public var offset: Int64 = 0
    /// The leader epoch of the record before it; -1 unknown. Versions 3+.
    public var leaderEpoch: Int32 = -1
    /// What the consumer stored with it.
    public var metadata: String = ""
    /// When it was committed, in milliseconds since 1970.
    public var commitTimestamp: Int64 = 0
    /// When it expires; -1: as the broker is set. Versions 1 only.
    public var expireTimestamp: Int64 = -1
    /// The topic's id, so that a topic made anew doesn't inherit the offset. Versions 4+.
    public var topicId: Uuid = .zero

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        offset = try reader.readInt64()
        if version >= 3 {
            leaderEpoch = try reader.readInt32()
        }
        metadata = try reader.readString(flexible: flexible)
        commitTimestamp = try reader.readInt64()
        if version == 1 {
            expireTimestamp = try reader.readInt64()
        }
        if flexible {
            for _ in 0..<(try reader.readTagCount()) {
                let tag = try reader.beginTag()
                switch tag.number {
                case 0:
                    topicId = try reader.readUuid()
                default: reader.skipToTagEnd()
                }
                try reader.endTag(tag)
            }
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        writer.writeInt64(offset)
        if version >= 3 {
            writer.writeInt32(leaderEpoch)
        }
        try writer.writeString(metadata, flexible: flexible)
        writer.writeInt64(commitTimestamp)
        if version == 1 {
            writer.writeInt64(expireTimestamp)
        }
        if flexible {
            var tagCount = 0
            if topicId != .zero { tagCount += 1 }
            writer.writeTagCount(tagCount)
            if topicId != .zero {
                let tag = writer.beginTag(0)
                writer.writeUuid(topicId)
                writer.endTag(tag)
            }
        }
    }
}

/// A group in `__consumer_offsets`: which one.
public struct GroupMetadataKey: VersionedRecord {
    public static var name: String { "GroupMetadataKey" }
    public static var versions: ClosedRange<Int16> { 2...2 }
    public static func isFlexible(_ version: Int16) -> Bool { false }

    /// The group.
    public var group: String = ""

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        group = try reader.readString(flexible: false)
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        try writer.writeString(group, flexible: false)
    }
}

/// A group in `__consumer_offsets`: its last generation. Kafka writes version 3; 4 is read for what comes after.
public struct GroupMetadataValue: VersionedRecord {
    public static var name: String { "GroupMetadataValue" }
    public static var versions: ClosedRange<Int16> { 0...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// "consumer" for consumers.
    public var protocolType: String = ""
    /// The generation.
    public var generation: Int32 = 0
    /// The assignor; null: no members.
    public var `protocol`: String? = ""
    /// The member that assigns; null: no members.
    public var leader: String? = ""
    /// When the group got into its state, in milliseconds since 1970; -1 unknown. Versions 2+.
    public var currentStateTimestamp: Int64 = -1
    /// The members.
    public var members: [MemberMetadata] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        protocolType = try reader.readString(flexible: flexible)
        generation = try reader.readInt32()
        `protocol` = try reader.readNullableString(flexible: flexible)
        leader = try reader.readNullableString(flexible: flexible)
        if version >= 2 {
            currentStateTimestamp = try reader.readInt64()
        }
        let membersCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 15)
        members.reserveCapacity(membersCount)
        for _ in 0..<membersCount { members.append(try MemberMetadata(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        try writer.writeString(protocolType, flexible: flexible)
        writer.writeInt32(generation)
        try writer.writeNullableString(`protocol`, flexible: flexible)
        try writer.writeNullableString(leader, flexible: flexible)
        if version >= 2 {
            writer.writeInt64(currentStateTimestamp)
        }
        try writer.writeArrayCount(members.count, flexible: flexible)
        for value in members { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The members.
    public struct MemberMetadata: Sendable {
        /// The member.
        public var memberId: String = ""
        /// The name of a static member. Versions 3+.
        public var groupInstanceId: String? = nil
        /// What its client called itself.
        public var clientId: String = ""
        /// Where it connected from, as "/127.0.0.1".
        public var clientHost: String = ""
        /// How long a rebalance waits for it, in milliseconds; -1: sessionTimeout. Versions 1+.
        public var rebalanceTimeout: Int32 = -1
        /// After how long without heartbeat it is out, in milliseconds.
        public var sessionTimeout: Int32 = 0
        /// What it told the leader.
        public var subscription: ByteBuffer = ByteBuffer()
        /// What the leader gave it.
        public var assignment: ByteBuffer = ByteBuffer()

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            memberId = try reader.readString(flexible: flexible)
            if version >= 3 {
                groupInstanceId = try reader.readNullableString(flexible: flexible)
            }
            clientId = try reader.readString(flexible: flexible)
            clientHost = try reader.readString(flexible: flexible)
            if version >= 1 {
                rebalanceTimeout = try reader.readInt32()
            }
            sessionTimeout = try reader.readInt32()
            subscription = try reader.readBytes(flexible: flexible)
            assignment = try reader.readBytes(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            try writer.writeString(memberId, flexible: flexible)
            if version >= 3 {
                try writer.writeNullableString(groupInstanceId, flexible: flexible)
            }
            try writer.writeString(clientId, flexible: flexible)
            try writer.writeString(clientHost, flexible: flexible)
            if version >= 1 {
                writer.writeInt32(rebalanceTimeout)
            }
            writer.writeInt32(sessionTimeout)
            try writer.writeBytes(subscription, flexible: flexible)
            try writer.writeBytes(assignment, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}
