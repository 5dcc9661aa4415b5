// Generated from SchemaGenerator/Messages/03_Metadata.kafka by Scripts/generate-messages. Do not edit.

/// Brokers, topics and where their partitions are.
public struct MetadataRequest: KafkaRequest {
    public typealias Response = MetadataResponse
    public static var apiKey: ApiKey { .metadata }
    public static var name: String { "Metadata" }
    public static var versions: ClosedRange<Int16> { 0...13 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 9 }

    /// The topics to describe. Null means all; an empty list means none, but all in version 0.
    public var topics: [MetadataRequestTopic]? = []
    /// A topic that doesn't exist may be created. Versions 4+.
    public var allowAutoTopicCreation: Bool = true
    /// Say what the client may do to the cluster. Versions 8–10.
    public var includeClusterAuthorizedOperations: Bool = false
    /// Say what the client may do to each topic. Versions 8+.
    public var includeTopicAuthorizedOperations: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 9
        if let topicsCount = try reader.readNullableArrayCount(
            flexible: flexible, elementByteCount: 2, nullable: version >= 1)
        {
            var topicsValues: [MetadataRequestTopic] = []
            topicsValues.reserveCapacity(topicsCount)
            for _ in 0..<topicsCount { topicsValues.append(try MetadataRequestTopic(from: &reader, version: version)) }
            topics = topicsValues
        } else {
            topics = nil
        }
        if version >= 4 {
            allowAutoTopicCreation = try reader.readBool()
        }
        if version >= 8 && version <= 10 {
            includeClusterAuthorizedOperations = try reader.readBool()
        }
        if version >= 8 {
            includeTopicAuthorizedOperations = try reader.readBool()
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 9
        if version < 4, !allowAutoTopicCreation {
            throw .notInVersion("MetadataRequest.allowAutoTopicCreation", version)
        }
        if version < 8 || version > 10, includeClusterAuthorizedOperations {
            throw .notInVersion("MetadataRequest.includeClusterAuthorizedOperations", version)
        }
        if version < 8, includeTopicAuthorizedOperations {
            throw .notInVersion("MetadataRequest.includeTopicAuthorizedOperations", version)
        }
        if !(version >= 1), topics == nil {
            throw .nullNotInVersion("MetadataRequest.topics", version)
        }
        if let values = topics {
            try writer.writeArrayCount(values.count, flexible: flexible)
            for value in values { try value.write(to: &writer, version: version) }
        } else {
            writer.writeNullArray(flexible: flexible)
        }
        if version >= 4 {
            writer.writeBool(allowAutoTopicCreation)
        }
        if version >= 8 && version <= 10 {
            writer.writeBool(includeClusterAuthorizedOperations)
        }
        if version >= 8 {
            writer.writeBool(includeTopicAuthorizedOperations)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The topics to describe. Null means all; an empty list means none, but all in version 0.
    public struct MetadataRequestTopic: Sendable {
        /// The topic by id; zero: by name. Versions 10+.
        public var topicId: Uuid = .zero
        /// The topic by name; null: by id.
        public var name: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 9
            if version >= 10 {
                topicId = try reader.readUuid()
            }
            name = try reader.readNullableString(flexible: flexible, nullable: version >= 10)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 9
            if version >= 10 {
                writer.writeUuid(topicId)
            }
            if !(version >= 10), name == nil {
                throw .nullNotInVersion("MetadataRequestTopic.name", version)
            }
            try writer.writeNullableString(name, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// The cluster as the client may see it.
public struct MetadataResponse: KafkaResponse {
    public static var apiKey: ApiKey { .metadata }
    public static var name: String { "Metadata" }
    public static var versions: ClosedRange<Int16> { 0...13 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 9 }

    /// How long the request was held back by a quota. Versions 3+.
    public var throttleTimeMs: Int32 = 0
    /// Every broker.
    public var brokers: [MetadataResponseBroker] = []
    /// The cluster's id. Versions 2+.
    public var clusterId: String? = nil
    /// The broker to send topic changes to. Versions 1+.
    public var controllerId: Int32 = -1
    /// The topics.
    public var topics: [MetadataResponseTopic] = []
    /// Bits of what the client may do; the default: not asked. Versions 8–10.
    public var clusterAuthorizedOperations: Int32 = -2147483648
    /// What is wrong with the request as a whole (REBOOTSTRAP_REQUIRED). Versions 13+.
    public var errorCode: ErrorCode = .none

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 9
        if version >= 3 {
            throttleTimeMs = try reader.readInt32()
        }
        let brokersCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 10)
        brokers.reserveCapacity(brokersCount)
        for _ in 0..<brokersCount { brokers.append(try MetadataResponseBroker(from: &reader, version: version)) }
        if version >= 2 {
            clusterId = try reader.readNullableString(flexible: flexible)
        }
        if version >= 1 {
            controllerId = try reader.readInt32()
        }
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 8)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try MetadataResponseTopic(from: &reader, version: version)) }
        if version >= 8 && version <= 10 {
            clusterAuthorizedOperations = try reader.readInt32()
        }
        if version >= 13 {
            errorCode = try reader.readErrorCode()
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 9
        if version < 8 || version > 10, clusterAuthorizedOperations != -2147483648 {
            throw .notInVersion("MetadataResponse.clusterAuthorizedOperations", version)
        }
        if version >= 3 {
            writer.writeInt32(throttleTimeMs)
        }
        try writer.writeArrayCount(brokers.count, flexible: flexible)
        for value in brokers { try value.write(to: &writer, version: version) }
        if version >= 2 {
            try writer.writeNullableString(clusterId, flexible: flexible)
        }
        if version >= 1 {
            writer.writeInt32(controllerId)
        }
        try writer.writeArrayCount(topics.count, flexible: flexible)
        for value in topics { try value.write(to: &writer, version: version) }
        if version >= 8 && version <= 10 {
            writer.writeInt32(clusterAuthorizedOperations)
        }
        if version >= 13 {
            writer.writeErrorCode(errorCode)
        }
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
        if errorCode != .none { return errorCode }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// Every broker.
    public struct MetadataResponseBroker: Sendable {
        /// Its node id.
        public var nodeId: Int32 = 0
        /// Its host name.
        public var host: String = ""
        /// Its port.
        public var port: Int32 = 0
        /// Its rack. Versions 1+.
        public var rack: String? = nil

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 9
            nodeId = try reader.readInt32()
            host = try reader.readString(flexible: flexible)
            port = try reader.readInt32()
            if version >= 1 {
                rack = try reader.readNullableString(flexible: flexible)
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 9
            writer.writeInt32(nodeId)
            try writer.writeString(host, flexible: flexible)
            writer.writeInt32(port)
            if version >= 1 {
                try writer.writeNullableString(rack, flexible: flexible)
            }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// The topics.
    public struct MetadataResponseTopic: Sendable {
        /// What is wrong with the topic, or none.
        public var errorCode: ErrorCode = .none
        /// Its name; null if it was asked for by an unknown id.
        public var name: String? = ""
        /// Its id, never zero where Fetch 13 is offered. Versions 10+.
        public var topicId: Uuid = .zero
        /// The broker's own. Versions 1+.
        public var isInternal: Bool = false
        /// Its partitions.
        public var partitions: [MetadataResponsePartition] = []
        /// Bits of what the client may do; the default: not asked. Versions 8+.
        public var topicAuthorizedOperations: Int32 = -2147483648

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 9
            errorCode = try reader.readErrorCode()
            name = try reader.readNullableString(flexible: flexible, nullable: version >= 12)
            if version >= 10 {
                topicId = try reader.readUuid()
            }
            if version >= 1 {
                isInternal = try reader.readBool()
            }
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 18)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try MetadataResponsePartition(from: &reader, version: version))
            }
            if version >= 8 {
                topicAuthorizedOperations = try reader.readInt32()
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 9
            if version < 8, topicAuthorizedOperations != -2147483648 {
                throw .notInVersion("MetadataResponseTopic.topicAuthorizedOperations", version)
            }
            writer.writeErrorCode(errorCode)
            if !(version >= 12), name == nil {
                throw .nullNotInVersion("MetadataResponseTopic.name", version)
            }
            try writer.writeNullableString(name, flexible: flexible)
            if version >= 10 {
                writer.writeUuid(topicId)
            }
            if version >= 1 {
                writer.writeBool(isInternal)
            }
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { try value.write(to: &writer, version: version) }
            if version >= 8 {
                writer.writeInt32(topicAuthorizedOperations)
            }
            if flexible {
                writer.writeTagCount(0)
            }
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
    public struct MetadataResponsePartition: Sendable {
        /// What is wrong with the partition, or none.
        public var errorCode: ErrorCode = .none
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The node id of its leader; -1: none.
        public var leaderId: Int32 = 0
        /// The leader's epoch. Versions 7+.
        public var leaderEpoch: Int32 = -1
        /// Node ids of its replicas.
        public var replicaNodes: [Int32] = []
        /// Those in sync.
        public var isrNodes: [Int32] = []
        /// Those that are offline. Versions 5+.
        public var offlineReplicas: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 9
            errorCode = try reader.readErrorCode()
            partitionIndex = try reader.readInt32()
            leaderId = try reader.readInt32()
            if version >= 7 {
                leaderEpoch = try reader.readInt32()
            }
            let replicaNodesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            replicaNodes.reserveCapacity(replicaNodesCount)
            for _ in 0..<replicaNodesCount { replicaNodes.append(try reader.readInt32()) }
            let isrNodesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            isrNodes.reserveCapacity(isrNodesCount)
            for _ in 0..<isrNodesCount { isrNodes.append(try reader.readInt32()) }
            if version >= 5 {
                let offlineReplicasCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
                offlineReplicas.reserveCapacity(offlineReplicasCount)
                for _ in 0..<offlineReplicasCount { offlineReplicas.append(try reader.readInt32()) }
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 9
            writer.writeErrorCode(errorCode)
            writer.writeInt32(partitionIndex)
            writer.writeInt32(leaderId)
            if version >= 7 {
                writer.writeInt32(leaderEpoch)
            }
            try writer.writeArrayCount(replicaNodes.count, flexible: flexible)
            for value in replicaNodes { writer.writeInt32(value) }
            try writer.writeArrayCount(isrNodes.count, flexible: flexible)
            for value in isrNodes { writer.writeInt32(value) }
            if version >= 5 {
                try writer.writeArrayCount(offlineReplicas.count, flexible: flexible)
                for value in offlineReplicas { writer.writeInt32(value) }
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
