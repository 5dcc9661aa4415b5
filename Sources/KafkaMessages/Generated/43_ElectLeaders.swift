// Generated from SchemaGenerator/Messages/43_ElectLeaders.kafka by Scripts/generate-messages. Do not edit.

/// Has leaders elected for partitions.
public struct ElectLeadersRequest: KafkaRequest {
    public typealias Response = ElectLeadersResponse
    public static var apiKey: ApiKey { .electLeaders }
    public static var name: String { "ElectLeaders" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// 0 preferred: the first replica, 1 unclean: any that is left. Versions 1+.
    public var electionType: Int8 = 0
    /// For what; null: all partitions.
    public var topicPartitions: [TopicPartitions]? = []
    /// How long it may take.
    public var timeoutMs: Int32 = 60000

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        if version >= 1 {
            electionType = try reader.readInt8()
        }
        if let topicPartitionsCount = try reader.readNullableArrayCount(flexible: flexible, elementByteCount: 3) {
            var topicPartitionsValues: [TopicPartitions] = []
            topicPartitionsValues.reserveCapacity(topicPartitionsCount)
            for _ in 0..<topicPartitionsCount {
                topicPartitionsValues.append(try TopicPartitions(from: &reader, version: version))
            }
            topicPartitions = topicPartitionsValues
        } else {
            topicPartitions = nil
        }
        timeoutMs = try reader.readInt32()
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        if version < 1, electionType != 0 {
            throw .notInVersion("ElectLeadersRequest.electionType", version)
        }
        if version >= 1 {
            writer.writeInt8(electionType)
        }
        if let values = topicPartitions {
            try writer.writeArrayCount(values.count, flexible: flexible)
            for value in values { try value.write(to: &writer, version: version) }
        } else {
            writer.writeNullArray(flexible: flexible)
        }
        writer.writeInt32(timeoutMs)
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// For what; null: all partitions.
    public struct TopicPartitions: Sendable {
        /// The topic.
        public var topic: String = ""
        /// Its partitions.
        public var partitions: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            topic = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount { partitions.append(try reader.readInt32()) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(topic, flexible: flexible)
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { writer.writeInt32(value) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// What became of each election.
public struct ElectLeadersResponse: KafkaResponse {
    public static var apiKey: ApiKey { .electLeaders }
    public static var name: String { "ElectLeaders" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Why nothing was done, or none. Versions 1+.
    public var errorCode: ErrorCode = .none
    /// The results by topic.
    public var replicaElectionResults: [ReplicaElectionResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        if version >= 1 {
            errorCode = try reader.readErrorCode()
        }
        let replicaElectionResultsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        replicaElectionResults.reserveCapacity(replicaElectionResultsCount)
        for _ in 0..<replicaElectionResultsCount {
            replicaElectionResults.append(try ReplicaElectionResult(from: &reader, version: version))
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        if version < 1, errorCode != .none {
            throw .notInVersion("ElectLeadersResponse.errorCode", version)
        }
        writer.writeInt32(throttleTimeMs)
        if version >= 1 {
            writer.writeErrorCode(errorCode)
        }
        try writer.writeArrayCount(replicaElectionResults.count, flexible: flexible)
        for value in replicaElectionResults { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
        for value in replicaElectionResults {
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
    public struct ReplicaElectionResult: Sendable {
        /// The topic.
        public var topic: String = ""
        /// The results by partition.
        public var partitionResult: [PartitionResult] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            topic = try reader.readString(flexible: flexible)
            let partitionResultCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 8)
            partitionResult.reserveCapacity(partitionResultCount)
            for _ in 0..<partitionResultCount {
                partitionResult.append(try PartitionResult(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(topic, flexible: flexible)
            try writer.writeArrayCount(partitionResult.count, flexible: flexible)
            for value in partitionResult { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            for value in partitionResult {
                let error = value.firstError
                if error != .none { return error }
            }
            return .none
        }
    }

    /// The results by partition.
    public struct PartitionResult: Sendable {
        /// The partition.
        public var partitionId: Int32 = 0
        /// Why there was no election, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            partitionId = try reader.readInt32()
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            writer.writeInt32(partitionId)
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
