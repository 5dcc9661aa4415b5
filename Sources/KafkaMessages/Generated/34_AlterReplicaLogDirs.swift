// Generated from SchemaGenerator/Messages/34_AlterReplicaLogDirs.kafka by Scripts/generate-messages. Do not edit.

/// Moves replicas between the folders of a broker.
public struct AlterReplicaLogDirsRequest: KafkaRequest {
    public typealias Response = AlterReplicaLogDirsResponse
    public static var apiKey: ApiKey { .alterReplicaLogDirs }
    public static var name: String { "AlterReplicaLogDirs" }
    public static var versions: ClosedRange<Int16> { 1...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// Where to.
    public var dirs: [AlterReplicaLogDir] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        let dirsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        dirs.reserveCapacity(dirsCount)
        for _ in 0..<dirsCount { dirs.append(try AlterReplicaLogDir(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        try writer.writeArrayCount(dirs.count, flexible: flexible)
        for value in dirs { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// Where to.
    public struct AlterReplicaLogDir: Sendable {
        /// The folder.
        public var path: String = ""
        /// What is to be in it.
        public var topics: [AlterReplicaLogDirTopic] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            path = try reader.readString(flexible: flexible)
            let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            topics.reserveCapacity(topicsCount)
            for _ in 0..<topicsCount { topics.append(try AlterReplicaLogDirTopic(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(path, flexible: flexible)
            try writer.writeArrayCount(topics.count, flexible: flexible)
            for value in topics { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// What is to be in it.
    public struct AlterReplicaLogDirTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// Its partitions.
        public var partitions: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            name = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount { partitions.append(try reader.readInt32()) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(name, flexible: flexible)
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { writer.writeInt32(value) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// What became of each move.
public struct AlterReplicaLogDirsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .alterReplicaLogDirs }
    public static var name: String { "AlterReplicaLogDirs" }
    public static var versions: ClosedRange<Int16> { 1...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The results by topic.
    public var results: [AlterReplicaLogDirTopicResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        let resultsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        results.reserveCapacity(resultsCount)
        for _ in 0..<resultsCount { results.append(try AlterReplicaLogDirTopicResult(from: &reader, version: version)) }
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
    public struct AlterReplicaLogDirTopicResult: Sendable {
        /// As asked.
        public var topicName: String = ""
        /// The results by partition.
        public var partitions: [AlterReplicaLogDirPartitionResult] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            topicName = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try AlterReplicaLogDirPartitionResult(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(topicName, flexible: flexible)
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

    /// The results by partition.
    public struct AlterReplicaLogDirPartitionResult: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// Why it isn't moved, or none.
        public var errorCode: ErrorCode = .none

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            partitionIndex = try reader.readInt32()
            errorCode = try reader.readErrorCode()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            writer.writeInt32(partitionIndex)
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
}
