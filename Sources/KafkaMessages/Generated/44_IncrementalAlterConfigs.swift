// Generated from SchemaGenerator/Messages/44_IncrementalAlterConfigs.kafka by Scripts/generate-messages. Do not edit.

/// Changes single settings of topics, brokers and groups.
public struct IncrementalAlterConfigsRequest: KafkaRequest {
    public typealias Response = IncrementalAlterConfigsResponse
    public static var apiKey: ApiKey { .incrementalAlterConfigs }
    public static var name: String { "IncrementalAlterConfigs" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 1 }

    /// What is changed.
    public var resources: [AlterConfigsResource] = []
    /// Only say what would happen.
    public var validateOnly: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        let resourcesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
        resources.reserveCapacity(resourcesCount)
        for _ in 0..<resourcesCount { resources.append(try AlterConfigsResource(from: &reader, version: version)) }
        validateOnly = try reader.readBool()
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        try writer.writeArrayCount(resources.count, flexible: flexible)
        for value in resources { try value.write(to: &writer, version: version) }
        writer.writeBool(validateOnly)
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// What is changed.
    public struct AlterConfigsResource: Sendable {
        /// As in DescribeConfigs.
        public var resourceType: Int8 = 0
        /// The topic, the node id, the group.
        public var resourceName: String = ""
        /// The settings.
        public var configs: [AlterableConfig] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            resourceType = try reader.readInt8()
            resourceName = try reader.readString(flexible: flexible)
            let configsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            configs.reserveCapacity(configsCount)
            for _ in 0..<configsCount { configs.append(try AlterableConfig(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            writer.writeInt8(resourceType)
            try writer.writeString(resourceName, flexible: flexible)
            try writer.writeArrayCount(configs.count, flexible: flexible)
            for value in configs { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// The settings.
    public struct AlterableConfig: Sendable {
        /// The setting.
        public var name: String = ""
        /// 0 set, 1 delete, 2 append to a list, 3 take from a list.
        public var configOperation: Int8 = 0
        /// The value; null to delete.
        public var value: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            name = try reader.readString(flexible: flexible)
            configOperation = try reader.readInt8()
            value = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            try writer.writeString(name, flexible: flexible)
            writer.writeInt8(configOperation)
            try writer.writeNullableString(value, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// What became of each change.
public struct IncrementalAlterConfigsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .incrementalAlterConfigs }
    public static var name: String { "IncrementalAlterConfigs" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 1 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The results by resource.
    public var responses: [AlterConfigsResourceResponse] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        throttleTimeMs = try reader.readInt32()
        let responsesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
        responses.reserveCapacity(responsesCount)
        for _ in 0..<responsesCount {
            responses.append(try AlterConfigsResourceResponse(from: &reader, version: version))
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
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

    /// The results by resource.
    public struct AlterConfigsResourceResponse: Sendable {
        /// Why nothing was changed, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = nil
        /// As asked.
        public var resourceType: Int8 = 0
        /// As asked.
        public var resourceName: String = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: flexible)
            resourceType = try reader.readInt8()
            resourceName = try reader.readString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: flexible)
            writer.writeInt8(resourceType)
            try writer.writeString(resourceName, flexible: flexible)
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
