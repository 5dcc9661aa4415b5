// Generated from SchemaGenerator/Messages/00_Produce.kafka by Scripts/generate-messages. Do not edit.

/// Record batches for the log of each partition. With acks 0 there is no response.
public struct ProduceRequest: KafkaRequest {
    public typealias Response = ProduceResponse
    public static var apiKey: ApiKey { .produce }
    public static var name: String { "Produce" }
    public static var versions: ClosedRange<Int16> { 3...13 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 9 }

    /// The transaction that the batches belong to; null outside of one.
    public var transactionalId: String? = nil
    /// What to wait for: 0 nothing, 1 the leader's log, -1 all in-sync replicas.
    public var acks: Int16 = 0
    /// How long the broker may wait for replicas.
    public var timeoutMs: Int32 = 0
    /// The batches by topic.
    public var topicData: [TopicProduceData] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 9
        transactionalId = try reader.readNullableString(flexible: flexible)
        acks = try reader.readInt16()
        timeoutMs = try reader.readInt32()
        let topicDataCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topicData.reserveCapacity(topicDataCount)
        for _ in 0..<topicDataCount { topicData.append(try TopicProduceData(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 9
        try writer.writeNullableString(transactionalId, flexible: flexible)
        writer.writeInt16(acks)
        writer.writeInt32(timeoutMs)
        try writer.writeArrayCount(topicData.count, flexible: flexible)
        for value in topicData { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The batches by topic.
    public struct TopicProduceData: Sendable {
        /// The topic by name. Versions 3–12.
        public var name: String = ""
        /// The topic by id. Versions 13+.
        public var topicId: Uuid = .zero
        /// The batches by partition.
        public var partitionData: [PartitionProduceData] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 9
            if version <= 12 {
                name = try reader.readString(flexible: flexible)
            }
            if version >= 13 {
                topicId = try reader.readUuid()
            }
            let partitionDataCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
            partitionData.reserveCapacity(partitionDataCount)
            for _ in 0..<partitionDataCount {
                partitionData.append(try PartitionProduceData(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 9
            if version <= 12 {
                try writer.writeString(name, flexible: flexible)
            }
            if version >= 13 {
                writer.writeUuid(topicId)
            }
            try writer.writeArrayCount(partitionData.count, flexible: flexible)
            for value in partitionData { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// The batches by partition.
    public struct PartitionProduceData: Sendable {
        /// The partition.
        public var index: Int32 = 0
        /// One record batch of format v2; anything else is refused by the broker.
        public var records: Records = .empty

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 9
            index = try reader.readInt32()
            records = try reader.readRecords(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 9
            writer.writeInt32(index)
            try writer.writeRecords(records, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// What became of each partition's batch.
public struct ProduceResponse: KafkaResponse {
    public static var apiKey: ApiKey { .produce }
    public static var name: String { "Produce" }
    public static var versions: ClosedRange<Int16> { 3...13 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 9 }

    /// The results by topic.
    public var responses: [TopicProduceResponse] = []
    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Addresses of the leaders named above. Versions 10+.
    public var nodeEndpoints: [NodeEndpoint] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 9
        let responsesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        responses.reserveCapacity(responsesCount)
        for _ in 0..<responsesCount { responses.append(try TopicProduceResponse(from: &reader, version: version)) }
        throttleTimeMs = try reader.readInt32()
        if flexible {
            for _ in 0..<(try reader.readTagCount()) {
                let tag = try reader.beginTag()
                switch tag.number {
                case 0 where version >= 10:
                    let nodeEndpointsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 11)
                    nodeEndpoints.removeAll()
                    nodeEndpoints.reserveCapacity(nodeEndpointsCount)
                    for _ in 0..<nodeEndpointsCount {
                        nodeEndpoints.append(try NodeEndpoint(from: &reader, version: version))
                    }
                default: reader.skipToTagEnd()
                }
                try reader.endTag(tag)
            }
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 9
        if version < 10, !nodeEndpoints.isEmpty {
            throw .notInVersion("ProduceResponse.nodeEndpoints", version)
        }
        try writer.writeArrayCount(responses.count, flexible: flexible)
        for value in responses { try value.write(to: &writer, version: version) }
        writer.writeInt32(throttleTimeMs)
        if flexible {
            var tagCount = 0
            if version >= 10, !nodeEndpoints.isEmpty { tagCount += 1 }
            writer.writeTagCount(tagCount)
            if version >= 10, !nodeEndpoints.isEmpty {
                let tag = writer.beginTag(0)
                try writer.writeArrayCount(nodeEndpoints.count, flexible: flexible)
                for value in nodeEndpoints { try value.write(to: &writer, version: version) }
                writer.endTag(tag)
            }
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
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
    public struct TopicProduceResponse: Sendable {
        /// The topic by name. Versions 3–12.
        public var name: String = ""
        /// The topic by id. Versions 13+.
        public var topicId: Uuid = .zero
        /// The results by partition.
        public var partitionResponses: [PartitionProduceResponse] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 9
            if version <= 12 {
                name = try reader.readString(flexible: flexible)
            }
            if version >= 13 {
                topicId = try reader.readUuid()
            }
            let partitionResponsesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 22)
            partitionResponses.reserveCapacity(partitionResponsesCount)
            for _ in 0..<partitionResponsesCount {
                partitionResponses.append(try PartitionProduceResponse(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 9
            if version <= 12 {
                try writer.writeString(name, flexible: flexible)
            }
            if version >= 13 {
                writer.writeUuid(topicId)
            }
            try writer.writeArrayCount(partitionResponses.count, flexible: flexible)
            for value in partitionResponses { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            for value in partitionResponses {
                let error = value.firstError
                if error != .none { return error }
            }
            return .none
        }
    }

    /// The results by partition.
    public struct PartitionProduceResponse: Sendable {
        /// The partition.
        public var index: Int32 = 0
        /// Why the batch was refused, or none.
        public var errorCode: ErrorCode = .none
        /// The offset that the batch's first record was given; -1 if refused.
        public var baseOffset: Int64 = 0
        /// Milliseconds since 1970, where the topic stamps records itself, else -1.
        public var logAppendTimeMs: Int64 = -1
        /// The first offset that the partition still has. Versions 5+.
        public var logStartOffset: Int64 = -1
        /// The records because of which a batch was refused. Versions 8+.
        public var recordErrors: [BatchIndexAndErrorMessage] = []
        /// What is wrong with the batch as a whole. Versions 8+.
        public var errorMessage: String? = nil
        /// Where the leader is now, after NOT_LEADER_OR_FOLLOWER (KIP-951). Versions 10+.
        public var currentLeader: LeaderIdAndEpoch = LeaderIdAndEpoch()
        /// Ours: names and versions that records of a policy topic were given. Versions 9+.
        public var assigned: [AssignedVersion] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 9
            index = try reader.readInt32()
            errorCode = try reader.readErrorCode()
            baseOffset = try reader.readInt64()
            logAppendTimeMs = try reader.readInt64()
            if version >= 5 {
                logStartOffset = try reader.readInt64()
            }
            if version >= 8 {
                let recordErrorsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
                recordErrors.reserveCapacity(recordErrorsCount)
                for _ in 0..<recordErrorsCount {
                    recordErrors.append(try BatchIndexAndErrorMessage(from: &reader, version: version))
                }
                errorMessage = try reader.readNullableString(flexible: flexible)
            }
            if flexible {
                for _ in 0..<(try reader.readTagCount()) {
                    let tag = try reader.beginTag()
                    switch tag.number {
                    case 0 where version >= 10:
                        currentLeader = try LeaderIdAndEpoch(from: &reader, version: version)
                    case 10000:
                        let assignedCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
                        assigned.removeAll()
                        assigned.reserveCapacity(assignedCount)
                        for _ in 0..<assignedCount {
                            assigned.append(try AssignedVersion(from: &reader, version: version))
                        }
                    default: reader.skipToTagEnd()
                    }
                    try reader.endTag(tag)
                }
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 9
            if version < 10, !currentLeader.isDefault {
                throw .notInVersion("PartitionProduceResponse.currentLeader", version)
            }
            writer.writeInt32(index)
            writer.writeErrorCode(errorCode)
            writer.writeInt64(baseOffset)
            writer.writeInt64(logAppendTimeMs)
            if version >= 5 {
                writer.writeInt64(logStartOffset)
            }
            if version >= 8 {
                try writer.writeArrayCount(recordErrors.count, flexible: flexible)
                for value in recordErrors { try value.write(to: &writer, version: version) }
                try writer.writeNullableString(errorMessage, flexible: flexible)
            }
            if flexible {
                var tagCount = 0
                if version >= 10, !currentLeader.isDefault { tagCount += 1 }
                if !assigned.isEmpty { tagCount += 1 }
                writer.writeTagCount(tagCount)
                if version >= 10, !currentLeader.isDefault {
                    let tag = writer.beginTag(0)
                    try currentLeader.write(to: &writer, version: version)
                    writer.endTag(tag)
                }
                if !assigned.isEmpty {
                    let tag = writer.beginTag(10000)
                    try writer.writeArrayCount(assigned.count, flexible: flexible)
                    for value in assigned { try value.write(to: &writer, version: version) }
                    writer.endTag(tag)
                }
            }
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }

    /// The records because of which a batch was refused.
    public struct BatchIndexAndErrorMessage: Sendable {
        /// The record's place in the batch, from 0.
        public var batchIndex: Int32 = 0
        /// What is wrong with it.
        public var batchIndexErrorMessage: String? = nil

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 9
            batchIndex = try reader.readInt32()
            batchIndexErrorMessage = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 9
            writer.writeInt32(batchIndex)
            try writer.writeNullableString(batchIndexErrorMessage, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Where the leader is now, after NOT_LEADER_OR_FOLLOWER (KIP-951).
    public struct LeaderIdAndEpoch: Sendable {
        /// The leader's node id; -1 unknown.
        public var leaderId: Int32 = -1
        /// The leader's epoch; -1 unknown.
        public var leaderEpoch: Int32 = -1

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            leaderId = try reader.readInt32()
            leaderEpoch = try reader.readInt32()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(leaderId)
            writer.writeInt32(leaderEpoch)
            writer.writeTagCount(0)
        }

        /// Every field has its default: then a tag that holds this struct isn't sent.
        var isDefault: Bool {
            leaderId == -1 && leaderEpoch == -1
        }
    }

    /// Ours: names and versions that records of a policy topic were given.
    public struct AssignedVersion: Sendable {
        /// The record's place in the batch, from 0.
        public var index: Int32 = 0
        /// "scrub-ssn@3".
        public var nameAtVersion: String = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            index = try reader.readInt32()
            nameAtVersion = try reader.readString(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(index)
            try writer.writeString(nameAtVersion, flexible: true)
            writer.writeTagCount(0)
        }
    }

    /// Addresses of the leaders named above.
    public struct NodeEndpoint: Sendable {
        /// The broker's node id.
        public var nodeId: Int32 = 0
        /// Its host name.
        public var host: String = ""
        /// Its port.
        public var port: Int32 = 0
        /// Its rack.
        public var rack: String? = nil

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            nodeId = try reader.readInt32()
            host = try reader.readString(flexible: true)
            port = try reader.readInt32()
            rack = try reader.readNullableString(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(nodeId)
            try writer.writeString(host, flexible: true)
            writer.writeInt32(port)
            try writer.writeNullableString(rack, flexible: true)
            writer.writeTagCount(0)
        }
    }
}
