// Generated from SchemaGenerator/Messages/35_DescribeLogDirs.kafka by Scripts/generate-messages. Do not edit.

/// The folders of a broker, and what partitions take in them.
public struct DescribeLogDirsRequest: KafkaRequest {
    public typealias Response = DescribeLogDirsResponse
    public static var apiKey: ApiKey { .describeLogDirs }
    public static var name: String { "DescribeLogDirs" }
    public static var versions: ClosedRange<Int16> { 1...5 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// What is asked for; null: all topics.
    public var topics: [DescribableLogDirTopic]? = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        if let topicsCount = try reader.readNullableArrayCount(flexible: flexible, elementByteCount: 3) {
            var topicsValues: [DescribableLogDirTopic] = []
            topicsValues.reserveCapacity(topicsCount)
            for _ in 0..<topicsCount {
                topicsValues.append(try DescribableLogDirTopic(from: &reader, version: version))
            }
            topics = topicsValues
        } else {
            topics = nil
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        if let values = topics {
            try writer.writeArrayCount(values.count, flexible: flexible)
            for value in values { try value.write(to: &writer, version: version) }
        } else {
            writer.writeNullArray(flexible: flexible)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// What is asked for; null: all topics.
    public struct DescribableLogDirTopic: Sendable {
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

/// The folders.
public struct DescribeLogDirsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .describeLogDirs }
    public static var name: String { "DescribeLogDirs" }
    public static var versions: ClosedRange<Int16> { 1...5 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Why there is no answer, or none. Versions 3+.
    public var errorCode: ErrorCode = .none
    /// The answers by folder.
    public var results: [DescribeLogDirsResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        if version >= 3 {
            errorCode = try reader.readErrorCode()
        }
        let resultsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 5)
        results.reserveCapacity(resultsCount)
        for _ in 0..<resultsCount { results.append(try DescribeLogDirsResult(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        writer.writeInt32(throttleTimeMs)
        if version >= 3 {
            writer.writeErrorCode(errorCode)
        }
        try writer.writeArrayCount(results.count, flexible: flexible)
        for value in results { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
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

    /// The answers by folder.
    public struct DescribeLogDirsResult: Sendable {
        /// What is wrong with the folder, or none.
        public var errorCode: ErrorCode = .none
        /// Its absolute path.
        public var logDir: String = ""
        /// What is in it.
        public var topics: [DescribeLogDirsTopic] = []
        /// Bytes of the volume; -1: not told. Versions 4+.
        public var totalBytes: Int64 = -1
        /// Bytes that are left on it; -1: not told. Versions 4+.
        public var usableBytes: Int64 = -1
        /// It takes no new partitions. Versions 5+.
        public var isCordoned: Bool = false

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            errorCode = try reader.readErrorCode()
            logDir = try reader.readString(flexible: flexible)
            let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            topics.reserveCapacity(topicsCount)
            for _ in 0..<topicsCount { topics.append(try DescribeLogDirsTopic(from: &reader, version: version)) }
            if version >= 4 {
                totalBytes = try reader.readInt64()
                usableBytes = try reader.readInt64()
            }
            if version >= 5 {
                isCordoned = try reader.readBool()
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            writer.writeErrorCode(errorCode)
            try writer.writeString(logDir, flexible: flexible)
            try writer.writeArrayCount(topics.count, flexible: flexible)
            for value in topics { try value.write(to: &writer, version: version) }
            if version >= 4 {
                writer.writeInt64(totalBytes)
                writer.writeInt64(usableBytes)
            }
            if version >= 5 {
                writer.writeBool(isCordoned)
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

    /// What is in it.
    public struct DescribeLogDirsTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// Its partitions.
        public var partitions: [DescribeLogDirsPartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            name = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 21)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try DescribeLogDirsPartition(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(name, flexible: flexible)
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Its partitions.
    public struct DescribeLogDirsPartition: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// Bytes of its segments.
        public var partitionSize: Int64 = 0
        /// How far a replica that is being moved is behind.
        public var offsetLag: Int64 = 0
        /// It's being moved here.
        public var isFutureKey: Bool = false

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            partitionIndex = try reader.readInt32()
            partitionSize = try reader.readInt64()
            offsetLag = try reader.readInt64()
            isFutureKey = try reader.readBool()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            writer.writeInt32(partitionIndex)
            writer.writeInt64(partitionSize)
            writer.writeInt64(offsetLag)
            writer.writeBool(isFutureKey)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}
