// Generated from SchemaGenerator/Messages/08_OffsetCommit.kafka by Scripts/generate-messages. Do not edit.

/// Stores how far a group has read.
public struct OffsetCommitRequest: KafkaRequest {
    public typealias Response = OffsetCommitResponse
    public static var apiKey: ApiKey { .offsetCommit }
    public static var name: String { "OffsetCommit" }
    public static var versions: ClosedRange<Int16> { 2...10 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 8 }

    /// The group.
    public var groupId: String = ""
    /// The member's generation or epoch; -1: the committer is no member.
    public var generationIdOrMemberEpoch: Int32 = -1
    /// The member; empty: none.
    public var memberId: String = ""
    /// The name of a static member (KIP-345). Versions 7+.
    public var groupInstanceId: String? = nil
    /// How long to keep the offsets; -1: as the broker is set. Versions 2–4.
    public var retentionTimeMs: Int64 = -1
    /// What to store.
    public var topics: [OffsetCommitRequestTopic] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 8
        groupId = try reader.readString(flexible: flexible)
        generationIdOrMemberEpoch = try reader.readInt32()
        memberId = try reader.readString(flexible: flexible)
        if version >= 7 {
            groupInstanceId = try reader.readNullableString(flexible: flexible)
        }
        if version <= 4 {
            retentionTimeMs = try reader.readInt64()
        }
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try OffsetCommitRequestTopic(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 8
        if version < 7, groupInstanceId != nil {
            throw .notInVersion("OffsetCommitRequest.groupInstanceId", version)
        }
        try writer.writeString(groupId, flexible: flexible)
        writer.writeInt32(generationIdOrMemberEpoch)
        try writer.writeString(memberId, flexible: flexible)
        if version >= 7 {
            try writer.writeNullableString(groupInstanceId, flexible: flexible)
        }
        if version <= 4 {
            writer.writeInt64(retentionTimeMs)
        }
        try writer.writeArrayCount(topics.count, flexible: flexible)
        for value in topics { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// What to store.
    public struct OffsetCommitRequestTopic: Sendable {
        /// The topic by name. Versions 2–9.
        public var name: String = ""
        /// The topic by id. Versions 10+.
        public var topicId: Uuid = .zero
        /// Its partitions.
        public var partitions: [OffsetCommitRequestPartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 8
            if version <= 9 {
                name = try reader.readString(flexible: flexible)
            }
            if version >= 10 {
                topicId = try reader.readUuid()
            }
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 14)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try OffsetCommitRequestPartition(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 8
            if version <= 9 {
                try writer.writeString(name, flexible: flexible)
            }
            if version >= 10 {
                writer.writeUuid(topicId)
            }
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Its partitions.
    public struct OffsetCommitRequestPartition: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The next offset that the group will read.
        public var committedOffset: Int64 = 0
        /// The leader epoch of the record before it; -1 unknown. Versions 6+.
        public var committedLeaderEpoch: Int32 = -1
        /// What the consumer wants to remember with it.
        public var committedMetadata: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 8
            partitionIndex = try reader.readInt32()
            committedOffset = try reader.readInt64()
            if version >= 6 {
                committedLeaderEpoch = try reader.readInt32()
            }
            committedMetadata = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 8
            writer.writeInt32(partitionIndex)
            writer.writeInt64(committedOffset)
            if version >= 6 {
                writer.writeInt32(committedLeaderEpoch)
            }
            try writer.writeNullableString(committedMetadata, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// What became of each offset.
public struct OffsetCommitResponse: KafkaResponse {
    public static var apiKey: ApiKey { .offsetCommit }
    public static var name: String { "OffsetCommit" }
    public static var versions: ClosedRange<Int16> { 2...10 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 8 }

    /// How long the request was held back by a quota. Versions 3+.
    public var throttleTimeMs: Int32 = 0
    /// The results by topic.
    public var topics: [OffsetCommitResponseTopic] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 8
        if version >= 3 {
            throttleTimeMs = try reader.readInt32()
        }
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try OffsetCommitResponseTopic(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 8
        if version >= 3 {
            writer.writeInt32(throttleTimeMs)
        }
        try writer.writeArrayCount(topics.count, flexible: flexible)
        for value in topics { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        for value in topics {
            let error = value.firstError
            if error != .none { return error }
        }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// The results by topic.
    public struct OffsetCommitResponseTopic: Sendable {
        /// The topic by name. Versions 2–9.
        public var name: String = ""
        /// The topic by id. Versions 10+.
        public var topicId: Uuid = .zero
        /// The results by partition.
        public var partitions: [OffsetCommitResponsePartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 8
            if version <= 9 {
                name = try reader.readString(flexible: flexible)
            }
            if version >= 10 {
                topicId = try reader.readUuid()
            }
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try OffsetCommitResponsePartition(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 8
            if version <= 9 {
                try writer.writeString(name, flexible: flexible)
            }
            if version >= 10 {
                writer.writeUuid(topicId)
            }
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            for value in partitions {
                let error = value.firstError
                if error != .none { return error }
            }
            return .none
        }
    }

    /// The results by partition.
    public struct OffsetCommitResponsePartition: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// Why the offset wasn't stored, or none.
        public var errorCode: ErrorCode = .none

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 8
            partitionIndex = try reader.readInt32()
            errorCode = try reader.readErrorCode()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 8
            writer.writeInt32(partitionIndex)
            writer.writeErrorCode(errorCode)
            if flexible {
                writer.writeTagCount(0)
            }
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }
}
