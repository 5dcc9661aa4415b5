// Generated from SchemaGenerator/Messages/61_DescribeProducers.kafka by Scripts/generate-messages. Do not edit.

/// The producers that partitions remember.
public struct DescribeProducersRequest: KafkaRequest {
    public typealias Response = DescribeProducersResponse
    public static var apiKey: ApiKey { .describeProducers }
    public static var name: String { "DescribeProducers" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// What is asked for.
    public var topics: [TopicRequest] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let topicsCount = try reader.readArrayCount(flexible: true, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try TopicRequest(from: &reader, version: version)) }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        try writer.writeArrayCount(topics.count, flexible: true)
        for value in topics { try value.write(to: &writer, version: version) }
        writer.writeTagCount(0)
    }

    /// What is asked for.
    public struct TopicRequest: Sendable {
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

/// Their state.
public struct DescribeProducersResponse: KafkaResponse {
    public static var apiKey: ApiKey { .describeProducers }
    public static var name: String { "DescribeProducers" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The answers by topic.
    public var topics: [TopicResponse] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        throttleTimeMs = try reader.readInt32()
        let topicsCount = try reader.readArrayCount(flexible: true, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try TopicResponse(from: &reader, version: version)) }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeInt32(throttleTimeMs)
        try writer.writeArrayCount(topics.count, flexible: true)
        for value in topics { try value.write(to: &writer, version: version) }
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

    /// The answers by topic.
    public struct TopicResponse: Sendable {
        /// The topic.
        public var name: String = ""
        /// The answers by partition.
        public var partitions: [PartitionResponse] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            let partitionsCount = try reader.readArrayCount(flexible: true, elementByteCount: 9)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount { partitions.append(try PartitionResponse(from: &reader, version: version)) }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            try writer.writeArrayCount(partitions.count, flexible: true)
            for value in partitions { try value.write(to: &writer, version: version) }
            writer.writeTagCount(0)
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
    public struct PartitionResponse: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// Why there is no answer, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = nil
        /// The producers.
        public var activeProducers: [ProducerState] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            partitionIndex = try reader.readInt32()
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: true)
            let activeProducersCount = try reader.readArrayCount(flexible: true, elementByteCount: 37)
            activeProducers.reserveCapacity(activeProducersCount)
            for _ in 0..<activeProducersCount {
                activeProducers.append(try ProducerState(from: &reader, version: version))
            }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(partitionIndex)
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: true)
            try writer.writeArrayCount(activeProducers.count, flexible: true)
            for value in activeProducers { try value.write(to: &writer, version: version) }
            writer.writeTagCount(0)
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }

    /// The producers.
    public struct ProducerState: Sendable {
        /// The producer's id.
        public var producerId: Int64 = 0
        /// Its epoch.
        public var producerEpoch: Int32 = 0
        /// The sequence of its last record; -1: none.
        public var lastSequence: Int32 = -1
        /// When it wrote last.
        public var lastTimestamp: Int64 = -1
        /// Of the transaction coordinator that it had last.
        public var coordinatorEpoch: Int32 = 0
        /// Where its open transaction begins; -1: none.
        public var currentTxnStartOffset: Int64 = -1

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            producerId = try reader.readInt64()
            producerEpoch = try reader.readInt32()
            lastSequence = try reader.readInt32()
            lastTimestamp = try reader.readInt64()
            coordinatorEpoch = try reader.readInt32()
            currentTxnStartOffset = try reader.readInt64()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt64(producerId)
            writer.writeInt32(producerEpoch)
            writer.writeInt32(lastSequence)
            writer.writeInt64(lastTimestamp)
            writer.writeInt32(coordinatorEpoch)
            writer.writeInt64(currentTxnStartOffset)
            writer.writeTagCount(0)
        }
    }
}
