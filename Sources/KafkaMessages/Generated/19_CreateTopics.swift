// Generated from SchemaGenerator/Messages/19_CreateTopics.kafka by Scripts/generate-messages. Do not edit.

/// Makes topics.
public struct CreateTopicsRequest: KafkaRequest {
    public typealias Response = CreateTopicsResponse
    public static var apiKey: ApiKey { .createTopics }
    public static var name: String { "CreateTopics" }
    public static var versions: ClosedRange<Int16> { 2...7 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 5 }

    /// The topics.
    public var topics: [CreatableTopic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 60000
    /// Only say what would happen.
    public var validateOnly: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 5
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 10)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try CreatableTopic(from: &reader, version: version)) }
        timeoutMs = try reader.readInt32()
        validateOnly = try reader.readBool()
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 5
        try writer.writeArrayCount(topics.count, flexible: flexible)
        for value in topics { try value.write(to: &writer, version: version) }
        writer.writeInt32(timeoutMs)
        writer.writeBool(validateOnly)
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The topics.
    public struct CreatableTopic: Sendable {
        /// The name.
        public var name: String = ""
        /// How many partitions; -1: as the broker is set, or assignments.
        public var numPartitions: Int32 = 0
        /// How many replicas; -1: as the broker is set, or assignments.
        public var replicationFactor: Int16 = 0
        /// Where the replicas go; empty: the broker chooses.
        public var assignments: [CreatableReplicaAssignment] = []
        /// Settings other than the defaults.
        public var configs: [CreatableTopicConfig] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 5
            name = try reader.readString(flexible: flexible)
            numPartitions = try reader.readInt32()
            replicationFactor = try reader.readInt16()
            let assignmentsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
            assignments.reserveCapacity(assignmentsCount)
            for _ in 0..<assignmentsCount {
                assignments.append(try CreatableReplicaAssignment(from: &reader, version: version))
            }
            let configsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            configs.reserveCapacity(configsCount)
            for _ in 0..<configsCount { configs.append(try CreatableTopicConfig(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 5
            try writer.writeString(name, flexible: flexible)
            writer.writeInt32(numPartitions)
            writer.writeInt16(replicationFactor)
            try writer.writeArrayCount(assignments.count, flexible: flexible)
            for value in assignments { try value.write(to: &writer, version: version) }
            try writer.writeArrayCount(configs.count, flexible: flexible)
            for value in configs { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Where the replicas go; empty: the broker chooses.
    public struct CreatableReplicaAssignment: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// Its replicas, the preferred leader first.
        public var brokerIds: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 5
            partitionIndex = try reader.readInt32()
            let brokerIdsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            brokerIds.reserveCapacity(brokerIdsCount)
            for _ in 0..<brokerIdsCount { brokerIds.append(try reader.readInt32()) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 5
            writer.writeInt32(partitionIndex)
            try writer.writeArrayCount(brokerIds.count, flexible: flexible)
            for value in brokerIds { writer.writeInt32(value) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Settings other than the defaults.
    public struct CreatableTopicConfig: Sendable {
        /// The setting.
        public var name: String = ""
        /// Its value.
        public var value: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 5
            name = try reader.readString(flexible: flexible)
            value = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 5
            try writer.writeString(name, flexible: flexible)
            try writer.writeNullableString(value, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// What became of each topic.
public struct CreateTopicsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .createTopics }
    public static var name: String { "CreateTopics" }
    public static var versions: ClosedRange<Int16> { 2...7 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 5 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The results.
    public var topics: [CreatableTopicResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 5
        throttleTimeMs = try reader.readInt32()
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try CreatableTopicResult(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 5
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

    /// The results.
    public struct CreatableTopicResult: Sendable {
        /// The topic.
        public var name: String = ""
        /// The id that it was given. Versions 7+.
        public var topicId: Uuid = .zero
        /// Why it wasn't made, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""
        /// Why configs is null. Versions 5+.
        public var topicConfigErrorCode: ErrorCode = .none
        /// How many partitions it has. Versions 5+.
        public var numPartitions: Int32 = -1
        /// How many replicas each has. Versions 5+.
        public var replicationFactor: Int16 = -1
        /// Its settings; null: the client may not see them. Versions 5+.
        public var configs: [CreatableTopicConfigs]? = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 5
            name = try reader.readString(flexible: flexible)
            if version >= 7 {
                topicId = try reader.readUuid()
            }
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: flexible)
            if version >= 5 {
                numPartitions = try reader.readInt32()
                replicationFactor = try reader.readInt16()
                if let configsCount = try reader.readNullableArrayCount(flexible: flexible, elementByteCount: 6) {
                    var configsValues: [CreatableTopicConfigs] = []
                    configsValues.reserveCapacity(configsCount)
                    for _ in 0..<configsCount {
                        configsValues.append(try CreatableTopicConfigs(from: &reader, version: version))
                    }
                    configs = configsValues
                } else {
                    configs = nil
                }
            }
            if flexible {
                for _ in 0..<(try reader.readTagCount()) {
                    let tag = try reader.beginTag()
                    switch tag.number {
                    case 0:
                        topicConfigErrorCode = try reader.readErrorCode()
                    default: reader.skipToTagEnd()
                    }
                    try reader.endTag(tag)
                }
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 5
            try writer.writeString(name, flexible: flexible)
            if version >= 7 {
                writer.writeUuid(topicId)
            }
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: flexible)
            if version >= 5 {
                writer.writeInt32(numPartitions)
                writer.writeInt16(replicationFactor)
                if let values = configs {
                    try writer.writeArrayCount(values.count, flexible: flexible)
                    for value in values { try value.write(to: &writer, version: version) }
                } else {
                    writer.writeNullArray(flexible: flexible)
                }
            }
            if flexible {
                var tagCount = 0
                if topicConfigErrorCode != .none { tagCount += 1 }
                writer.writeTagCount(tagCount)
                if topicConfigErrorCode != .none {
                    let tag = writer.beginTag(0)
                    writer.writeErrorCode(topicConfigErrorCode)
                    writer.endTag(tag)
                }
            }
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            if topicConfigErrorCode != .none { return topicConfigErrorCode }
            return .none
        }
    }

    /// Its settings; null: the client may not see them.
    public struct CreatableTopicConfigs: Sendable {
        /// The setting.
        public var name: String = ""
        /// Its value.
        public var value: String? = ""
        /// It can't be changed.
        public var readOnly: Bool = false
        /// Where the value is from, as in DescribeConfigs.
        public var configSource: Int8 = -1
        /// The value isn't shown.
        public var isSensitive: Bool = false

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            value = try reader.readNullableString(flexible: true)
            readOnly = try reader.readBool()
            configSource = try reader.readInt8()
            isSensitive = try reader.readBool()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            try writer.writeNullableString(value, flexible: true)
            writer.writeBool(readOnly)
            writer.writeInt8(configSource)
            writer.writeBool(isSensitive)
            writer.writeTagCount(0)
        }
    }
}
