// Generated from SchemaGenerator/Messages/21_DeleteRecords.kafka by Scripts/generate-messages. Do not edit.

/// Drops the records before an offset.
public struct DeleteRecordsRequest: KafkaRequest {
    public typealias Response = DeleteRecordsResponse
    public static var apiKey: ApiKey { .deleteRecords }
    public static var name: String { "DeleteRecords" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// The topics.
    public var topics: [DeleteRecordsTopic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try DeleteRecordsTopic(from: &reader, version: version)) }
        timeoutMs = try reader.readInt32()
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
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The topics.
    public struct DeleteRecordsTopic: Sendable {
        /// The topic.
        public var name: String = ""
        /// Its partitions.
        public var partitions: [DeleteRecordsPartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            name = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 12)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try DeleteRecordsPartition(from: &reader, version: version))
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
    public struct DeleteRecordsPartition: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The first offset to keep; -1: the high watermark.
        public var offset: Int64 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            partitionIndex = try reader.readInt32()
            offset = try reader.readInt64()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            writer.writeInt32(partitionIndex)
            writer.writeInt64(offset)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// The new beginning of each partition.
public struct DeleteRecordsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .deleteRecords }
    public static var name: String { "DeleteRecords" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The results by topic.
    public var topics: [DeleteRecordsTopicResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try DeleteRecordsTopicResult(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
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

    /// The results by topic.
    public struct DeleteRecordsTopicResult: Sendable {
        /// The topic.
        public var name: String = ""
        /// The results by partition.
        public var partitions: [DeleteRecordsPartitionResult] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            name = try reader.readString(flexible: flexible)
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 14)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount {
                partitions.append(try DeleteRecordsPartitionResult(from: &reader, version: version))
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
    public struct DeleteRecordsPartitionResult: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// The first offset that is kept; -1 with an error.
        public var lowWatermark: Int64 = 0
        /// Why nothing was dropped, or none.
        public var errorCode: ErrorCode = .none

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            partitionIndex = try reader.readInt32()
            lowWatermark = try reader.readInt64()
            errorCode = try reader.readErrorCode()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            writer.writeInt32(partitionIndex)
            writer.writeInt64(lowWatermark)
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
