// Generated from SchemaGenerator/Messages/75_DescribeTopicPartitions.kafka by Scripts/generate-messages. Do not edit.

/// Topics and their partitions, in pages.
public struct DescribeTopicPartitionsRequest: KafkaRequest {
    public typealias Response = DescribeTopicPartitionsResponse
    public static var apiKey: ApiKey { .describeTopicPartitions }
    public static var name: String { "DescribeTopicPartitions" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// What is asked for; none: all topics.
    public var topics: [TopicRequest] = []
    /// The most partitions in the answer.
    public var responsePartitionLimit: Int32 = 2000
    /// Where the page begins; null: at the beginning.
    public var cursor: Cursor? = nil

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let topicsCount = try reader.readArrayCount(flexible: true, elementByteCount: 2)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try TopicRequest(from: &reader, version: version)) }
        responsePartitionLimit = try reader.readInt32()
        cursor = try reader.readInt8() < 0 ? nil : Cursor(from: &reader, version: version)
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        try writer.writeArrayCount(topics.count, flexible: true)
        for value in topics { try value.write(to: &writer, version: version) }
        writer.writeInt32(responsePartitionLimit)
        if let value = cursor {
            writer.writeInt8(1)
            try value.write(to: &writer, version: version)
        } else {
            writer.writeInt8(-1)
        }
        writer.writeTagCount(0)
    }

    /// What is asked for; none: all topics.
    public struct TopicRequest: Sendable {
        /// The topic.
        public var name: String = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            writer.writeTagCount(0)
        }
    }

    /// Where the page begins; null: at the beginning.
    public struct Cursor: Sendable {
        /// The first topic of the page.
        public var topicName: String = ""
        /// Its first partition there.
        public var partitionIndex: Int32 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            topicName = try reader.readString(flexible: true)
            partitionIndex = try reader.readInt32()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(topicName, flexible: true)
            writer.writeInt32(partitionIndex)
            writer.writeTagCount(0)
        }
    }
}

/// A page of topics, in order of their names.
public struct DescribeTopicPartitionsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .describeTopicPartitions }
    public static var name: String { "DescribeTopicPartitions" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The topics.
    public var topics: [DescribeTopicPartitionsResponseTopic] = []
    /// Where the next page begins; null: there is none.
    public var nextCursor: Cursor? = nil

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        throttleTimeMs = try reader.readInt32()
        let topicsCount = try reader.readArrayCount(flexible: true, elementByteCount: 26)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount {
            topics.append(try DescribeTopicPartitionsResponseTopic(from: &reader, version: version))
        }
        nextCursor = try reader.readInt8() < 0 ? nil : Cursor(from: &reader, version: version)
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeInt32(throttleTimeMs)
        try writer.writeArrayCount(topics.count, flexible: true)
        for value in topics { try value.write(to: &writer, version: version) }
        if let value = nextCursor {
            writer.writeInt8(1)
            try value.write(to: &writer, version: version)
        } else {
            writer.writeInt8(-1)
        }
        writer.writeTagCount(0)
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

    /// The topics.
    public struct DescribeTopicPartitionsResponseTopic: Sendable {
        /// Why there is no description, or none.
        public var errorCode: ErrorCode = .none
        /// The topic.
        public var name: String? = ""
        /// Its id.
        public var topicId: Uuid = .zero
        /// It's the broker's own.
        public var isInternal: Bool = false
        /// Its partitions.
        public var partitions: [DescribeTopicPartitionsResponsePartition] = []
        /// Bits of what the client may do; the default: not told.
        public var topicAuthorizedOperations: Int32 = -2147483648

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            errorCode = try reader.readErrorCode()
            name = try reader.readNullableString(flexible: true)
            topicId = try reader.readUuid()
            isInternal = try reader.readBool()
            let partitionsCount = try reader.readArrayCount(flexible: true, elementByteCount: 20)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try DescribeTopicPartitionsResponsePartition(from: &reader, version: version))
            }
            topicAuthorizedOperations = try reader.readInt32()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(name, flexible: true)
            writer.writeUuid(topicId)
            writer.writeBool(isInternal)
            try writer.writeArrayCount(partitions.count, flexible: true)
            for value in partitions { try value.write(to: &writer, version: version) }
            writer.writeInt32(topicAuthorizedOperations)
            writer.writeTagCount(0)
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            for value in partitions {
                let error = value.firstError
                if error != .none { return error }
            }
            return .none
        }
    }

    /// Its partitions.
    public struct DescribeTopicPartitionsResponsePartition: Sendable {
        /// What is wrong with the partition, or none.
        public var errorCode: ErrorCode = .none
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The node that leads it.
        public var leaderId: Int32 = 0
        /// Its epoch.
        public var leaderEpoch: Int32 = -1
        /// The nodes that have it.
        public var replicaNodes: [Int32] = []
        /// Those that are in sync.
        public var isrNodes: [Int32] = []
        /// Those that may lead without loss.
        public var eligibleLeaderReplicas: [Int32]? = nil
        /// Those that last were.
        public var lastKnownElr: [Int32]? = nil
        /// Those that are offline.
        public var offlineReplicas: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            errorCode = try reader.readErrorCode()
            partitionIndex = try reader.readInt32()
            leaderId = try reader.readInt32()
            leaderEpoch = try reader.readInt32()
            let replicaNodesCount = try reader.readArrayCount(flexible: true, elementByteCount: 4)
            replicaNodes.reserveCapacity(replicaNodesCount)
            for _ in 0..<replicaNodesCount { replicaNodes.append(try reader.readInt32()) }
            let isrNodesCount = try reader.readArrayCount(flexible: true, elementByteCount: 4)
            isrNodes.reserveCapacity(isrNodesCount)
            for _ in 0..<isrNodesCount { isrNodes.append(try reader.readInt32()) }
            if let eligibleLeaderReplicasCount = try reader.readNullableArrayCount(flexible: true, elementByteCount: 4)
            {
                var eligibleLeaderReplicasValues: [Int32] = []
                eligibleLeaderReplicasValues.reserveCapacity(eligibleLeaderReplicasCount)
                for _ in 0..<eligibleLeaderReplicasCount { eligibleLeaderReplicasValues.append(try reader.readInt32()) }
                eligibleLeaderReplicas = eligibleLeaderReplicasValues
            } else {
                eligibleLeaderReplicas = nil
            }
            if let lastKnownElrCount = try reader.readNullableArrayCount(flexible: true, elementByteCount: 4) {
                var lastKnownElrValues: [Int32] = []
                lastKnownElrValues.reserveCapacity(lastKnownElrCount)
                for _ in 0..<lastKnownElrCount { lastKnownElrValues.append(try reader.readInt32()) }
                lastKnownElr = lastKnownElrValues
            } else {
                lastKnownElr = nil
            }
            let offlineReplicasCount = try reader.readArrayCount(flexible: true, elementByteCount: 4)
            offlineReplicas.reserveCapacity(offlineReplicasCount)
            for _ in 0..<offlineReplicasCount { offlineReplicas.append(try reader.readInt32()) }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeErrorCode(errorCode)
            writer.writeInt32(partitionIndex)
            writer.writeInt32(leaderId)
            writer.writeInt32(leaderEpoch)
            try writer.writeArrayCount(replicaNodes.count, flexible: true)
            for value in replicaNodes { writer.writeInt32(value) }
            try writer.writeArrayCount(isrNodes.count, flexible: true)
            for value in isrNodes { writer.writeInt32(value) }
            if let values = eligibleLeaderReplicas {
                try writer.writeArrayCount(values.count, flexible: true)
                for value in values { writer.writeInt32(value) }
            } else {
                writer.writeNullArray(flexible: true)
            }
            if let values = lastKnownElr {
                try writer.writeArrayCount(values.count, flexible: true)
                for value in values { writer.writeInt32(value) }
            } else {
                writer.writeNullArray(flexible: true)
            }
            try writer.writeArrayCount(offlineReplicas.count, flexible: true)
            for value in offlineReplicas { writer.writeInt32(value) }
            writer.writeTagCount(0)
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }

    /// Where the next page begins; null: there is none.
    public struct Cursor: Sendable {
        /// The first topic of the page.
        public var topicName: String = ""
        /// Its first partition there.
        public var partitionIndex: Int32 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            topicName = try reader.readString(flexible: true)
            partitionIndex = try reader.readInt32()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(topicName, flexible: true)
            writer.writeInt32(partitionIndex)
            writer.writeTagCount(0)
        }
    }
}
