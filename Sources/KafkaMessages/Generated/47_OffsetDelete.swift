// Generated from SchemaGenerator/Messages/47_OffsetDelete.kafka by Scripts/generate-messages. Do not edit.

/// Deletes offsets that a group has committed, of topics that no member subscribes to (KIP-496).
public struct OffsetDeleteRequest: KafkaRequest {
    public typealias Response = OffsetDeleteResponse
    public static var apiKey: ApiKey { .offsetDelete }
    public static var name: String { "OffsetDelete" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { false }

    /// The group.
    public var groupId: String = ""
    /// What to delete.
    public var topics: [OffsetDeleteRequestTopic] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        groupId = try reader.readString(flexible: false)
        let topicsCount = try reader.readArrayCount(flexible: false, elementByteCount: 6)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try OffsetDeleteRequestTopic(from: &reader, version: version)) }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        try writer.writeString(groupId, flexible: false)
        try writer.writeArrayCount(topics.count, flexible: false)
        for value in topics { try value.write(to: &writer, version: version) }
    }

    /// What to delete.
    public struct OffsetDeleteRequestTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// Its partitions.
        public var partitions: [OffsetDeleteRequestPartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: false)
            let partitionsCount = try reader.readArrayCount(flexible: false, elementByteCount: 4)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try OffsetDeleteRequestPartition(from: &reader, version: version))
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: false)
            try writer.writeArrayCount(partitions.count, flexible: false)
            for value in partitions { try value.write(to: &writer, version: version) }
        }
    }

    /// Its partitions.
    public struct OffsetDeleteRequestPartition: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            partitionIndex = try reader.readInt32()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(partitionIndex)
        }
    }
}

/// The outcome of each.
public struct OffsetDeleteResponse: KafkaResponse {
    public static var apiKey: ApiKey { .offsetDelete }
    public static var name: String { "OffsetDelete" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { false }

    /// What is wrong with the group, or none.
    public var errorCode: ErrorCode = .none
    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The outcomes by topic.
    public var topics: [OffsetDeleteResponseTopic] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        errorCode = try reader.readErrorCode()
        throttleTimeMs = try reader.readInt32()
        let topicsCount = try reader.readArrayCount(flexible: false, elementByteCount: 6)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try OffsetDeleteResponseTopic(from: &reader, version: version)) }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeErrorCode(errorCode)
        writer.writeInt32(throttleTimeMs)
        try writer.writeArrayCount(topics.count, flexible: false)
        for value in topics { try value.write(to: &writer, version: version) }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
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

    /// The outcomes by topic.
    public struct OffsetDeleteResponseTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// The outcomes by partition.
        public var partitions: [OffsetDeleteResponsePartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: false)
            let partitionsCount = try reader.readArrayCount(flexible: false, elementByteCount: 6)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try OffsetDeleteResponsePartition(from: &reader, version: version))
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: false)
            try writer.writeArrayCount(partitions.count, flexible: false)
            for value in partitions { try value.write(to: &writer, version: version) }
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

    /// The outcomes by partition.
    public struct OffsetDeleteResponsePartition: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// GROUP_SUBSCRIBED_TO_TOPIC, UNKNOWN_TOPIC_OR_PARTITION or none.
        public var errorCode: ErrorCode = .none

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            partitionIndex = try reader.readInt32()
            errorCode = try reader.readErrorCode()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(partitionIndex)
            writer.writeErrorCode(errorCode)
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }
}
