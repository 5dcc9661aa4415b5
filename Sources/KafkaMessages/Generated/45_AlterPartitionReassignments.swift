// Generated from SchemaGenerator/Messages/45_AlterPartitionReassignments.kafka by Scripts/generate-messages. Do not edit.

/// Has partitions moved to other brokers.
public struct AlterPartitionReassignmentsRequest: KafkaRequest {
    public typealias Response = AlterPartitionReassignmentsResponse
    public static var apiKey: ApiKey { .alterPartitionReassignments }
    public static var name: String { "AlterPartitionReassignments" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long it may take.
    public var timeoutMs: Int32 = 60000
    /// The number of replicas may become another. Versions 1+.
    public var allowReplicationFactorChange: Bool = true
    /// What is moved.
    public var topics: [ReassignableTopic] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        timeoutMs = try reader.readInt32()
        if version >= 1 {
            allowReplicationFactorChange = try reader.readBool()
        }
        let topicsCount = try reader.readArrayCount(flexible: true, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try ReassignableTopic(from: &reader, version: version)) }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        if version < 1, !allowReplicationFactorChange {
            throw .notInVersion("AlterPartitionReassignmentsRequest.allowReplicationFactorChange", version)
        }
        writer.writeInt32(timeoutMs)
        if version >= 1 {
            writer.writeBool(allowReplicationFactorChange)
        }
        try writer.writeArrayCount(topics.count, flexible: true)
        for value in topics { try value.write(to: &writer, version: version) }
        writer.writeTagCount(0)
    }

    /// What is moved.
    public struct ReassignableTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// Its partitions.
        public var partitions: [ReassignablePartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            let partitionsCount = try reader.readArrayCount(flexible: true, elementByteCount: 6)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try ReassignablePartition(from: &reader, version: version))
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

    /// Its partitions.
    public struct ReassignablePartition: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The brokers it's to be on; null: a move under way is cancelled.
        public var replicas: [Int32]? = nil

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            partitionIndex = try reader.readInt32()
            if let replicasCount = try reader.readNullableArrayCount(flexible: true, elementByteCount: 4) {
                var replicasValues: [Int32] = []
                replicasValues.reserveCapacity(replicasCount)
                for _ in 0..<replicasCount { replicasValues.append(try reader.readInt32()) }
                replicas = replicasValues
            } else {
                replicas = nil
            }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(partitionIndex)
            if let values = replicas {
                try writer.writeArrayCount(values.count, flexible: true)
                for value in values { writer.writeInt32(value) }
            } else {
                writer.writeNullArray(flexible: true)
            }
            writer.writeTagCount(0)
        }
    }
}

/// What became of each.
public struct AlterPartitionReassignmentsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .alterPartitionReassignments }
    public static var name: String { "AlterPartitionReassignments" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// As asked. Versions 1+.
    public var allowReplicationFactorChange: Bool = true
    /// Why nothing was done, or none.
    public var errorCode: ErrorCode = .none
    /// The same in words.
    public var errorMessage: String? = ""
    /// The results by topic.
    public var responses: [ReassignableTopicResponse] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        throttleTimeMs = try reader.readInt32()
        if version >= 1 {
            allowReplicationFactorChange = try reader.readBool()
        }
        errorCode = try reader.readErrorCode()
        errorMessage = try reader.readNullableString(flexible: true)
        let responsesCount = try reader.readArrayCount(flexible: true, elementByteCount: 3)
        responses.reserveCapacity(responsesCount)
        for _ in 0..<responsesCount { responses.append(try ReassignableTopicResponse(from: &reader, version: version)) }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeInt32(throttleTimeMs)
        if version >= 1 {
            writer.writeBool(allowReplicationFactorChange)
        }
        writer.writeErrorCode(errorCode)
        try writer.writeNullableString(errorMessage, flexible: true)
        try writer.writeArrayCount(responses.count, flexible: true)
        for value in responses { try value.write(to: &writer, version: version) }
        writer.writeTagCount(0)
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
        for value in responses {
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
    public struct ReassignableTopicResponse: Sendable {
        /// The topic.
        public var name: String = ""
        /// The results by partition.
        public var partitions: [ReassignablePartitionResponse] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            let partitionsCount = try reader.readArrayCount(flexible: true, elementByteCount: 8)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try ReassignablePartitionResponse(from: &reader, version: version))
            }
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

    /// The results by partition.
    public struct ReassignablePartitionResponse: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// Why it isn't moved, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            partitionIndex = try reader.readInt32()
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(partitionIndex)
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: true)
            writer.writeTagCount(0)
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }
}
