// Generated from SchemaGenerator/Messages/46_ListPartitionReassignments.kafka by Scripts/generate-messages. Do not edit.

/// The partitions that are being moved to other brokers.
public struct ListPartitionReassignmentsRequest: KafkaRequest {
    public typealias Response = ListPartitionReassignmentsResponse
    public static var apiKey: ApiKey { .listPartitionReassignments }
    public static var name: String { "ListPartitionReassignments" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long it may take.
    public var timeoutMs: Int32 = 60000
    /// What is asked for; null: all topics.
    public var topics: [ListPartitionReassignmentsTopics]? = nil

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        timeoutMs = try reader.readInt32()
        if let topicsCount = try reader.readNullableArrayCount(flexible: true, elementByteCount: 3) {
            var topicsValues: [ListPartitionReassignmentsTopics] = []
            topicsValues.reserveCapacity(topicsCount)
            for _ in 0..<topicsCount {
                topicsValues.append(try ListPartitionReassignmentsTopics(from: &reader, version: version))
            }
            topics = topicsValues
        } else {
            topics = nil
        }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeInt32(timeoutMs)
        if let values = topics {
            try writer.writeArrayCount(values.count, flexible: true)
            for value in values { try value.write(to: &writer, version: version) }
        } else {
            writer.writeNullArray(flexible: true)
        }
        writer.writeTagCount(0)
    }

    /// What is asked for; null: all topics.
    public struct ListPartitionReassignmentsTopics: Sendable {
        /// The topic.
        public var name: String = ""
        /// Its partitions.
        public var partitionIndexes: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            let partitionIndexesCount = try reader.readArrayCount(flexible: true, elementByteCount: 4)
            partitionIndexes.reserveCapacity(partitionIndexesCount)
            for _ in 0..<partitionIndexesCount { partitionIndexes.append(try reader.readInt32()) }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            try writer.writeArrayCount(partitionIndexes.count, flexible: true)
            for value in partitionIndexes { writer.writeInt32(value) }
            writer.writeTagCount(0)
        }
    }
}

/// Those that are under way.
public struct ListPartitionReassignmentsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .listPartitionReassignments }
    public static var name: String { "ListPartitionReassignments" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Why there is no answer, or none.
    public var errorCode: ErrorCode = .none
    /// The same in words.
    public var errorMessage: String? = ""
    /// The moves by topic.
    public var topics: [OngoingTopicReassignment] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        throttleTimeMs = try reader.readInt32()
        errorCode = try reader.readErrorCode()
        errorMessage = try reader.readNullableString(flexible: true)
        let topicsCount = try reader.readArrayCount(flexible: true, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try OngoingTopicReassignment(from: &reader, version: version)) }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeInt32(throttleTimeMs)
        writer.writeErrorCode(errorCode)
        try writer.writeNullableString(errorMessage, flexible: true)
        try writer.writeArrayCount(topics.count, flexible: true)
        for value in topics { try value.write(to: &writer, version: version) }
        writer.writeTagCount(0)
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// The moves by topic.
    public struct OngoingTopicReassignment: Sendable {
        /// The topic.
        public var name: String = ""
        /// The moves by partition.
        public var partitions: [OngoingPartitionReassignment] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            let partitionsCount = try reader.readArrayCount(flexible: true, elementByteCount: 8)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try OngoingPartitionReassignment(from: &reader, version: version))
            }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            try writer.writeArrayCount(partitions.count, flexible: true)
            for value in partitions { try value.write(to: &writer, version: version) }
            writer.writeTagCount(0)
        }
    }

    /// The moves by partition.
    public struct OngoingPartitionReassignment: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The brokers that it's on.
        public var replicas: [Int32] = []
        /// Those that it's coming to.
        public var addingReplicas: [Int32] = []
        /// Those that it's leaving.
        public var removingReplicas: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            partitionIndex = try reader.readInt32()
            let replicasCount = try reader.readArrayCount(flexible: true, elementByteCount: 4)
            replicas.reserveCapacity(replicasCount)
            for _ in 0..<replicasCount { replicas.append(try reader.readInt32()) }
            let addingReplicasCount = try reader.readArrayCount(flexible: true, elementByteCount: 4)
            addingReplicas.reserveCapacity(addingReplicasCount)
            for _ in 0..<addingReplicasCount { addingReplicas.append(try reader.readInt32()) }
            let removingReplicasCount = try reader.readArrayCount(flexible: true, elementByteCount: 4)
            removingReplicas.reserveCapacity(removingReplicasCount)
            for _ in 0..<removingReplicasCount { removingReplicas.append(try reader.readInt32()) }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(partitionIndex)
            try writer.writeArrayCount(replicas.count, flexible: true)
            for value in replicas { writer.writeInt32(value) }
            try writer.writeArrayCount(addingReplicas.count, flexible: true)
            for value in addingReplicas { writer.writeInt32(value) }
            try writer.writeArrayCount(removingReplicas.count, flexible: true)
            for value in removingReplicas { writer.writeInt32(value) }
            writer.writeTagCount(0)
        }
    }
}
