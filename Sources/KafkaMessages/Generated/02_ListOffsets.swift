// Generated from SchemaGenerator/Messages/02_ListOffsets.kafka by Scripts/generate-messages. Do not edit.

/// Offsets by time, and the ends of partitions.
public struct ListOffsetsRequest: KafkaRequest {
    public typealias Response = ListOffsetsResponse
    public static var apiKey: ApiKey { .listOffsets }
    public static var name: String { "ListOffsets" }
    public static var versions: ClosedRange<Int16> { 1...11 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 6 }

    /// -1 for a consumer. Kafka's own default is 0; set it.
    public var replicaId: Int32 = 0
    /// 0 read uncommitted, 1 read committed. Versions 2+.
    public var isolationLevel: Int8 = 0
    /// What is asked for.
    public var topics: [ListOffsetsTopic] = []
    /// How long the broker may take where it has to ask remote storage. Versions 10+.
    public var timeoutMs: Int32 = 0

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        replicaId = try reader.readInt32()
        if version >= 2 {
            isolationLevel = try reader.readInt8()
        }
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try ListOffsetsTopic(from: &reader, version: version)) }
        if version >= 10 {
            timeoutMs = try reader.readInt32()
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version < 2, isolationLevel != 0 {
            throw .notInVersion("ListOffsetsRequest.isolationLevel", version)
        }
        writer.writeInt32(replicaId)
        if version >= 2 {
            writer.writeInt8(isolationLevel)
        }
        try writer.writeArrayCount(topics.count, flexible: flexible)
        for value in topics { try value.write(to: &writer, version: version) }
        if version >= 10 {
            writer.writeInt32(timeoutMs)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// What is asked for.
    public struct ListOffsetsTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// Its partitions.
        public var partitions: [ListOffsetsPartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 6
            name = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 12)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try ListOffsetsPartition(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 6
            try writer.writeString(name, flexible: flexible)
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Its partitions.
    public struct ListOffsetsPartition: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The leader epoch that the consumer knows; -1: don't check. Versions 4+.
        public var currentLeaderEpoch: Int32 = -1
        /// Milliseconds since 1970; -1 latest, -2 earliest, -3 largest timestamp, -4 and -5 for tiers.
        public var timestamp: Int64 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 6
            partitionIndex = try reader.readInt32()
            if version >= 4 {
                currentLeaderEpoch = try reader.readInt32()
            }
            timestamp = try reader.readInt64()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 6
            writer.writeInt32(partitionIndex)
            if version >= 4 {
                writer.writeInt32(currentLeaderEpoch)
            }
            writer.writeInt64(timestamp)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// The offset found for each partition.
public struct ListOffsetsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .listOffsets }
    public static var name: String { "ListOffsets" }
    public static var versions: ClosedRange<Int16> { 1...11 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 6 }

    /// How long the request was held back by a quota. Versions 2+.
    public var throttleTimeMs: Int32 = 0
    /// The answers by topic.
    public var topics: [ListOffsetsTopicResponse] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version >= 2 {
            throttleTimeMs = try reader.readInt32()
        }
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try ListOffsetsTopicResponse(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version >= 2 {
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

    /// The answers by topic.
    public struct ListOffsetsTopicResponse: Sendable {
        /// The topic.
        public var name: String = ""
        /// The answers by partition.
        public var partitions: [ListOffsetsPartitionResponse] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 6
            name = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 22)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try ListOffsetsPartitionResponse(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 6
            try writer.writeString(name, flexible: flexible)
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
    public struct ListOffsetsPartitionResponse: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// Why there is no offset, or none.
        public var errorCode: ErrorCode = .none
        /// The timestamp of the record found; -1: none.
        public var timestamp: Int64 = -1
        /// Its offset; -1: none.
        public var offset: Int64 = -1
        /// The leader epoch of the record. Versions 4+.
        public var leaderEpoch: Int32 = -1

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 6
            partitionIndex = try reader.readInt32()
            errorCode = try reader.readErrorCode()
            timestamp = try reader.readInt64()
            offset = try reader.readInt64()
            if version >= 4 {
                leaderEpoch = try reader.readInt32()
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 6
            if version < 4, leaderEpoch != -1 {
                throw .notInVersion("ListOffsetsPartitionResponse.leaderEpoch", version)
            }
            writer.writeInt32(partitionIndex)
            writer.writeErrorCode(errorCode)
            writer.writeInt64(timestamp)
            writer.writeInt64(offset)
            if version >= 4 {
                writer.writeInt32(leaderEpoch)
            }
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
