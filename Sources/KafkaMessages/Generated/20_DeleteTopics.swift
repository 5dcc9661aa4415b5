// Generated from SchemaGenerator/Messages/20_DeleteTopics.kafka by Scripts/generate-messages. Do not edit.

/// Removes topics.
public struct DeleteTopicsRequest: KafkaRequest {
    public typealias Response = DeleteTopicsResponse
    public static var apiKey: ApiKey { .deleteTopics }
    public static var name: String { "DeleteTopics" }
    public static var versions: ClosedRange<Int16> { 1...6 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// The topics. Versions 6+.
    public var topics: [DeleteTopicState] = []
    /// The topics. Versions 1–5.
    public var topicNames: [String] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version >= 6 {
            let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 18)
            topics.reserveCapacity(topicsCount)
            for _ in 0..<topicsCount { topics.append(try DeleteTopicState(from: &reader, version: version)) }
        }
        if version <= 5 {
            let topicNamesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 1)
            topicNames.reserveCapacity(topicNamesCount)
            for _ in 0..<topicNamesCount { topicNames.append(try reader.readString(flexible: flexible)) }
        }
        timeoutMs = try reader.readInt32()
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version < 6, !topics.isEmpty {
            throw .notInVersion("DeleteTopicsRequest.topics", version)
        }
        if version >= 6 {
            try writer.writeArrayCount(topics.count, flexible: flexible)
            for value in topics { try value.write(to: &writer, version: version) }
        }
        if version <= 5 {
            try writer.writeArrayCount(topicNames.count, flexible: flexible)
            for value in topicNames { try writer.writeString(value, flexible: flexible) }
        }
        writer.writeInt32(timeoutMs)
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The topics.
    public struct DeleteTopicState: Sendable {
        /// The topic by name; null: by id.
        public var name: String? = nil
        /// The topic by id; zero: by name.
        public var topicId: Uuid = .zero

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readNullableString(flexible: true)
            topicId = try reader.readUuid()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeNullableString(name, flexible: true)
            writer.writeUuid(topicId)
            writer.writeTagCount(0)
        }
    }
}

/// What became of each topic.
public struct DeleteTopicsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .deleteTopics }
    public static var name: String { "DeleteTopics" }
    public static var versions: ClosedRange<Int16> { 1...6 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The results.
    public var responses: [DeletableTopicResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        throttleTimeMs = try reader.readInt32()
        let responsesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
        responses.reserveCapacity(responsesCount)
        for _ in 0..<responsesCount { responses.append(try DeletableTopicResult(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        writer.writeInt32(throttleTimeMs)
        try writer.writeArrayCount(responses.count, flexible: flexible)
        for value in responses { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
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

    /// The results.
    public struct DeletableTopicResult: Sendable {
        /// The topic; null if its id is unknown.
        public var name: String? = ""
        /// Its id. Versions 6+.
        public var topicId: Uuid = .zero
        /// Why it wasn't removed, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words. Versions 5+.
        public var errorMessage: String? = nil

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            name = try reader.readNullableString(flexible: flexible, nullable: version >= 6)
            if version >= 6 {
                topicId = try reader.readUuid()
            }
            errorCode = try reader.readErrorCode()
            if version >= 5 {
                errorMessage = try reader.readNullableString(flexible: flexible)
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            if !(version >= 6), name == nil {
                throw .nullNotInVersion("DeletableTopicResult.name", version)
            }
            try writer.writeNullableString(name, flexible: flexible)
            if version >= 6 {
                writer.writeUuid(topicId)
            }
            writer.writeErrorCode(errorCode)
            if version >= 5 {
                try writer.writeNullableString(errorMessage, flexible: flexible)
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
