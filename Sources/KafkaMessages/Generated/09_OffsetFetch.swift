// Generated from SchemaGenerator/Messages/09_OffsetFetch.kafka by Scripts/generate-messages. Do not edit.

/// How far groups have read. One group up to version 7, any number after.
public struct OffsetFetchRequest: KafkaRequest {
    public typealias Response = OffsetFetchResponse
    public static var apiKey: ApiKey { .offsetFetch }
    public static var name: String { "OffsetFetch" }
    public static var versions: ClosedRange<Int16> { 1...10 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 6 }

    /// The group. Versions 1–7.
    public var groupId: String = ""
    /// What is asked for; null: all that the group has committed. Versions 1–7.
    public var topics: [OffsetFetchRequestTopic]? = []
    /// The groups. Versions 8+.
    public var groups: [OffsetFetchRequestGroup] = []
    /// Don't answer while a transaction on an offset is open (KIP-447). Versions 7+.
    public var requireStable: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version <= 7 {
            groupId = try reader.readString(flexible: flexible)
            if let topicsCount = try reader.readNullableArrayCount(
                flexible: flexible, elementByteCount: 3, nullable: version >= 2)
            {
                var topicsValues: [OffsetFetchRequestTopic] = []
                topicsValues.reserveCapacity(topicsCount)
                for _ in 0..<topicsCount {
                    topicsValues.append(try OffsetFetchRequestTopic(from: &reader, version: version))
                }
                topics = topicsValues
            } else {
                topics = nil
            }
        }
        if version >= 8 {
            let groupsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            groups.reserveCapacity(groupsCount)
            for _ in 0..<groupsCount { groups.append(try OffsetFetchRequestGroup(from: &reader, version: version)) }
        }
        if version >= 7 {
            requireStable = try reader.readBool()
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version > 7, !groupId.isEmpty {
            throw .notInVersion("OffsetFetchRequest.groupId", version)
        }
        if version > 7, topics?.isEmpty != true {
            throw .notInVersion("OffsetFetchRequest.topics", version)
        }
        if version < 8, !groups.isEmpty {
            throw .notInVersion("OffsetFetchRequest.groups", version)
        }
        if version < 7, requireStable {
            throw .notInVersion("OffsetFetchRequest.requireStable", version)
        }
        if version <= 7 {
            try writer.writeString(groupId, flexible: flexible)
            if !(version >= 2), topics == nil {
                throw .nullNotInVersion("OffsetFetchRequest.topics", version)
            }
            if let values = topics {
                try writer.writeArrayCount(values.count, flexible: flexible)
                for value in values { try value.write(to: &writer, version: version) }
            } else {
                writer.writeNullArray(flexible: flexible)
            }
        }
        if version >= 8 {
            try writer.writeArrayCount(groups.count, flexible: flexible)
            for value in groups { try value.write(to: &writer, version: version) }
        }
        if version >= 7 {
            writer.writeBool(requireStable)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// What is asked for; null: all that the group has committed.
    public struct OffsetFetchRequestTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// Its partitions.
        public var partitionIndexes: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 6
            name = try reader.readString(flexible: flexible)
            let partitionIndexesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            partitionIndexes.reserveCapacity(partitionIndexesCount)
            for _ in 0..<partitionIndexesCount { partitionIndexes.append(try reader.readInt32()) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 6
            try writer.writeString(name, flexible: flexible)
            try writer.writeArrayCount(partitionIndexes.count, flexible: flexible)
            for value in partitionIndexes { writer.writeInt32(value) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// The groups.
    public struct OffsetFetchRequestGroup: Sendable {
        /// The group.
        public var groupId: String = ""
        /// The member that asks; null: none. Versions 9+.
        public var memberId: String? = nil
        /// Its epoch; -1: not checked. Versions 9+.
        public var memberEpoch: Int32 = -1
        /// What is asked for; null: all that the group has committed.
        public var topics: [OffsetFetchRequestTopics]? = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            groupId = try reader.readString(flexible: true)
            if version >= 9 {
                memberId = try reader.readNullableString(flexible: true)
                memberEpoch = try reader.readInt32()
            }
            if let topicsCount = try reader.readNullableArrayCount(flexible: true, elementByteCount: 3) {
                var topicsValues: [OffsetFetchRequestTopics] = []
                topicsValues.reserveCapacity(topicsCount)
                for _ in 0..<topicsCount {
                    topicsValues.append(try OffsetFetchRequestTopics(from: &reader, version: version))
                }
                topics = topicsValues
            } else {
                topics = nil
            }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(groupId, flexible: true)
            if version >= 9 {
                try writer.writeNullableString(memberId, flexible: true)
                writer.writeInt32(memberEpoch)
            }
            if let values = topics {
                try writer.writeArrayCount(values.count, flexible: true)
                for value in values { try value.write(to: &writer, version: version) }
            } else {
                writer.writeNullArray(flexible: true)
            }
            writer.writeTagCount(0)
        }
    }

    /// What is asked for; null: all that the group has committed.
    public struct OffsetFetchRequestTopics: Sendable {
        /// The topic by name. Versions 8–9.
        public var name: String = ""
        /// The topic by id. Versions 10+.
        public var topicId: Uuid = .zero
        /// Its partitions.
        public var partitionIndexes: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            if version <= 9 {
                name = try reader.readString(flexible: true)
            }
            if version >= 10 {
                topicId = try reader.readUuid()
            }
            let partitionIndexesCount = try reader.readArrayCount(flexible: true, elementByteCount: 4)
            partitionIndexes.reserveCapacity(partitionIndexesCount)
            for _ in 0..<partitionIndexesCount { partitionIndexes.append(try reader.readInt32()) }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            if version <= 9 {
                try writer.writeString(name, flexible: true)
            }
            if version >= 10 {
                writer.writeUuid(topicId)
            }
            try writer.writeArrayCount(partitionIndexes.count, flexible: true)
            for value in partitionIndexes { writer.writeInt32(value) }
            writer.writeTagCount(0)
        }
    }
}

/// Offsets; of an unknown group or partition -1 without an error. Version 1 has no error of the group, so that it goes
/// into each partition.
public struct OffsetFetchResponse: KafkaResponse {
    public static var apiKey: ApiKey { .offsetFetch }
    public static var name: String { "OffsetFetch" }
    public static var versions: ClosedRange<Int16> { 1...10 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 6 }

    /// How long the request was held back by a quota. Versions 3+.
    public var throttleTimeMs: Int32 = 0
    /// The offsets by topic. Versions 1–7.
    public var topics: [OffsetFetchResponseTopic] = []
    /// What is wrong with the group, or none. Versions 2–7.
    public var errorCode: ErrorCode = .none
    /// The answers by group. Versions 8+.
    public var groups: [OffsetFetchResponseGroup] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version >= 3 {
            throttleTimeMs = try reader.readInt32()
        }
        if version <= 7 {
            let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            topics.reserveCapacity(topicsCount)
            for _ in 0..<topicsCount { topics.append(try OffsetFetchResponseTopic(from: &reader, version: version)) }
        }
        if version >= 2 && version <= 7 {
            errorCode = try reader.readErrorCode()
        }
        if version >= 8 {
            let groupsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 5)
            groups.reserveCapacity(groupsCount)
            for _ in 0..<groupsCount { groups.append(try OffsetFetchResponseGroup(from: &reader, version: version)) }
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version > 7, !topics.isEmpty {
            throw .notInVersion("OffsetFetchResponse.topics", version)
        }
        if version < 8, !groups.isEmpty {
            throw .notInVersion("OffsetFetchResponse.groups", version)
        }
        if version >= 3 {
            writer.writeInt32(throttleTimeMs)
        }
        if version <= 7 {
            try writer.writeArrayCount(topics.count, flexible: flexible)
            for value in topics { try value.write(to: &writer, version: version) }
        }
        if version >= 2 && version <= 7 {
            writer.writeErrorCode(errorCode)
        }
        if version >= 8 {
            try writer.writeArrayCount(groups.count, flexible: flexible)
            for value in groups { try value.write(to: &writer, version: version) }
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
        for value in groups {
            let error = value.firstError
            if error != .none { return error }
        }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// The offsets by topic.
    public struct OffsetFetchResponseTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// The offsets by partition.
        public var partitions: [OffsetFetchResponsePartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 6
            name = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 16)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try OffsetFetchResponsePartition(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 6
            try writer.writeString(name, flexible: flexible)
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
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

    /// The offsets by partition.
    public struct OffsetFetchResponsePartition: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The next offset to read; -1: none committed.
        public var committedOffset: Int64 = 0
        /// The leader epoch of the record before it; -1 unknown. Versions 5–7.
        public var committedLeaderEpoch: Int32 = -1
        /// What was stored with it.
        public var metadata: String? = ""
        /// Why there is no offset, or none.
        public var errorCode: ErrorCode = .none

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 6
            partitionIndex = try reader.readInt32()
            committedOffset = try reader.readInt64()
            if version >= 5 {
                committedLeaderEpoch = try reader.readInt32()
            }
            metadata = try reader.readNullableString(flexible: flexible)
            errorCode = try reader.readErrorCode()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 6
            writer.writeInt32(partitionIndex)
            writer.writeInt64(committedOffset)
            if version >= 5 {
                writer.writeInt32(committedLeaderEpoch)
            }
            try writer.writeNullableString(metadata, flexible: flexible)
            writer.writeErrorCode(errorCode)
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

    /// The answers by group.
    public struct OffsetFetchResponseGroup: Sendable {
        /// The group.
        public var groupId: String = ""
        /// The offsets by topic.
        public var topics: [OffsetFetchResponseTopics] = []
        /// What is wrong with the group, or none.
        public var errorCode: ErrorCode = .none

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            groupId = try reader.readString(flexible: true)
            let topicsCount = try reader.readArrayCount(flexible: true, elementByteCount: 3)
            topics.reserveCapacity(topicsCount)
            for _ in 0..<topicsCount { topics.append(try OffsetFetchResponseTopics(from: &reader, version: version)) }
            errorCode = try reader.readErrorCode()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(groupId, flexible: true)
            try writer.writeArrayCount(topics.count, flexible: true)
            for value in topics { try value.write(to: &writer, version: version) }
            writer.writeErrorCode(errorCode)
            writer.writeTagCount(0)
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
    }

    /// The offsets by topic.
    public struct OffsetFetchResponseTopics: Sendable {
        /// The topic by name. Versions 8–9.
        public var name: String = ""
        /// The topic by id. Versions 10+.
        public var topicId: Uuid = .zero
        /// The offsets by partition.
        public var partitions: [OffsetFetchResponsePartitions] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            if version <= 9 {
                name = try reader.readString(flexible: true)
            }
            if version >= 10 {
                topicId = try reader.readUuid()
            }
            let partitionsCount = try reader.readArrayCount(flexible: true, elementByteCount: 20)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try OffsetFetchResponsePartitions(from: &reader, version: version))
            }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            if version <= 9 {
                try writer.writeString(name, flexible: true)
            }
            if version >= 10 {
                writer.writeUuid(topicId)
            }
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

    /// The offsets by partition.
    public struct OffsetFetchResponsePartitions: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The next offset to read; -1: none committed.
        public var committedOffset: Int64 = 0
        /// The leader epoch of the record before it; -1 unknown.
        public var committedLeaderEpoch: Int32 = -1
        /// What was stored with it.
        public var metadata: String? = ""
        /// Why there is no offset, or none.
        public var errorCode: ErrorCode = .none

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            partitionIndex = try reader.readInt32()
            committedOffset = try reader.readInt64()
            committedLeaderEpoch = try reader.readInt32()
            metadata = try reader.readNullableString(flexible: true)
            errorCode = try reader.readErrorCode()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(partitionIndex)
            writer.writeInt64(committedOffset)
            writer.writeInt32(committedLeaderEpoch)
            try writer.writeNullableString(metadata, flexible: true)
            writer.writeErrorCode(errorCode)
            writer.writeTagCount(0)
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }
}
