// Generated from SchemaGenerator/Messages/23_OffsetForLeaderEpoch.kafka by Scripts/generate-messages. Do not edit.

/// Where a leader epoch ended: by it consumers find out that a log was cut.
public struct OffsetForLeaderEpochRequest: KafkaRequest {
    public typealias Response = OffsetForLeaderEpochResponse
    public static var apiKey: ApiKey { .offsetForLeaderEpoch }
    public static var name: String { "OffsetForLeaderEpoch" }
    public static var versions: ClosedRange<Int16> { 2...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// -1 for a consumer. Versions 3+.
    public var replicaId: Int32 = -2
    /// What is asked for.
    public var topics: [OffsetForLeaderTopic] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version >= 3 {
            replicaId = try reader.readInt32()
        }
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try OffsetForLeaderTopic(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version >= 3 {
            writer.writeInt32(replicaId)
        }
        try writer.writeArrayCount(topics.count, flexible: flexible)
        for value in topics { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// What is asked for.
    public struct OffsetForLeaderTopic: Sendable {
        /// The topic.
        public var topic: String = ""
        /// Its partitions.
        public var partitions: [OffsetForLeaderPartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            topic = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 12)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try OffsetForLeaderPartition(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            try writer.writeString(topic, flexible: flexible)
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Its partitions.
    public struct OffsetForLeaderPartition: Sendable {
        /// The partition.
        public var partition: Int32 = 0
        /// The leader epoch that the consumer knows; -1: don't check.
        public var currentLeaderEpoch: Int32 = -1
        /// The epoch whose end is asked for.
        public var leaderEpoch: Int32 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            partition = try reader.readInt32()
            currentLeaderEpoch = try reader.readInt32()
            leaderEpoch = try reader.readInt32()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            writer.writeInt32(partition)
            writer.writeInt32(currentLeaderEpoch)
            writer.writeInt32(leaderEpoch)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// The end of each epoch.
public struct OffsetForLeaderEpochResponse: KafkaResponse {
    public static var apiKey: ApiKey { .offsetForLeaderEpoch }
    public static var name: String { "OffsetForLeaderEpoch" }
    public static var versions: ClosedRange<Int16> { 2...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The answers by topic.
    public var topics: [OffsetForLeaderTopicResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        throttleTimeMs = try reader.readInt32()
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try OffsetForLeaderTopicResult(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        writer.writeInt32(throttleTimeMs)
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

    /// The answers by topic.
    public struct OffsetForLeaderTopicResult: Sendable {
        /// The topic.
        public var topic: String = ""
        /// The answers by partition.
        public var partitions: [EpochEndOffset] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            topic = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 18)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount { partitions.append(try EpochEndOffset(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            try writer.writeString(topic, flexible: flexible)
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

    /// The answers by partition.
    public struct EpochEndOffset: Sendable {
        /// Why there is no answer, or none.
        public var errorCode: ErrorCode = .none
        /// The partition.
        public var partition: Int32 = 0
        /// The epoch asked for, or the largest before it; -1: none.
        public var leaderEpoch: Int32 = -1
        /// Its end; -1: none.
        public var endOffset: Int64 = -1

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            errorCode = try reader.readErrorCode()
            partition = try reader.readInt32()
            leaderEpoch = try reader.readInt32()
            endOffset = try reader.readInt64()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            writer.writeErrorCode(errorCode)
            writer.writeInt32(partition)
            writer.writeInt32(leaderEpoch)
            writer.writeInt64(endOffset)
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
