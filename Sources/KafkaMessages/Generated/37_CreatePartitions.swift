// Generated from SchemaGenerator/Messages/37_CreatePartitions.kafka by Scripts/generate-messages. Do not edit.

/// Gives topics more partitions.
public struct CreatePartitionsRequest: KafkaRequest {
    public typealias Response = CreatePartitionsResponse
    public static var apiKey: ApiKey { .createPartitions }
    public static var name: String { "CreatePartitions" }
    public static var versions: ClosedRange<Int16> { 0...3 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// The topics.
    public var topics: [CreatePartitionsTopic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0
    /// Only say what would happen.
    public var validateOnly: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 7)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try CreatePartitionsTopic(from: &reader, version: version)) }
        timeoutMs = try reader.readInt32()
        validateOnly = try reader.readBool()
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        try writer.writeArrayCount(topics.count, flexible: flexible)
        for value in topics { try value.write(to: &writer, version: version) }
        writer.writeInt32(timeoutMs)
        writer.writeBool(validateOnly)
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The topics.
    public struct CreatePartitionsTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// How many partitions it has from now on.
        public var count: Int32 = 0
        /// Where the new replicas go; null: the broker chooses.
        public var assignments: [CreatePartitionsAssignment]? = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            name = try reader.readString(flexible: flexible)
            count = try reader.readInt32()
            if let assignmentsCount = try reader.readNullableArrayCount(flexible: flexible, elementByteCount: 2) {
                var assignmentsValues: [CreatePartitionsAssignment] = []
                assignmentsValues.reserveCapacity(assignmentsCount)
                for _ in 0..<assignmentsCount {
                    assignmentsValues.append(try CreatePartitionsAssignment(from: &reader, version: version))
                }
                assignments = assignmentsValues
            } else {
                assignments = nil
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(name, flexible: flexible)
            writer.writeInt32(count)
            if let values = assignments {
                try writer.writeArrayCount(values.count, flexible: flexible)
                for value in values { try value.write(to: &writer, version: version) }
            } else {
                writer.writeNullArray(flexible: flexible)
            }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Where the new replicas go; null: the broker chooses.
    public struct CreatePartitionsAssignment: Sendable {
        /// The replicas of one partition.
        public var brokerIds: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            let brokerIdsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            brokerIds.reserveCapacity(brokerIdsCount)
            for _ in 0..<brokerIdsCount { brokerIds.append(try reader.readInt32()) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeArrayCount(brokerIds.count, flexible: flexible)
            for value in brokerIds { writer.writeInt32(value) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// What became of each topic.
public struct CreatePartitionsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .createPartitions }
    public static var name: String { "CreatePartitions" }
    public static var versions: ClosedRange<Int16> { 0...3 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The results by topic.
    public var results: [CreatePartitionsTopicResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        let resultsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 5)
        results.reserveCapacity(resultsCount)
        for _ in 0..<resultsCount { results.append(try CreatePartitionsTopicResult(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        writer.writeInt32(throttleTimeMs)
        try writer.writeArrayCount(results.count, flexible: flexible)
        for value in results { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        for value in results {
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
    public struct CreatePartitionsTopicResult: Sendable {
        /// The topic.
        public var name: String = ""
        /// Why it has no more partitions, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = nil

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            name = try reader.readString(flexible: flexible)
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(name, flexible: flexible)
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: flexible)
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
