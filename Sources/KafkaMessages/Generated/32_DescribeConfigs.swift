// Generated from SchemaGenerator/Messages/32_DescribeConfigs.kafka by Scripts/generate-messages. Do not edit.

/// Settings of topics, brokers and groups.
public struct DescribeConfigsRequest: KafkaRequest {
    public typealias Response = DescribeConfigsResponse
    public static var apiKey: ApiKey { .describeConfigs }
    public static var name: String { "DescribeConfigs" }
    public static var versions: ClosedRange<Int16> { 1...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// What is asked for.
    public var resources: [DescribeConfigsResource] = []
    /// Say what each value would be without the one that counts.
    public var includeSynonyms: Bool = false
    /// Say what each setting is for. Versions 3+.
    public var includeDocumentation: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        let resourcesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
        resources.reserveCapacity(resourcesCount)
        for _ in 0..<resourcesCount { resources.append(try DescribeConfigsResource(from: &reader, version: version)) }
        includeSynonyms = try reader.readBool()
        if version >= 3 {
            includeDocumentation = try reader.readBool()
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version < 3, includeDocumentation {
            throw .notInVersion("DescribeConfigsRequest.includeDocumentation", version)
        }
        try writer.writeArrayCount(resources.count, flexible: flexible)
        for value in resources { try value.write(to: &writer, version: version) }
        writer.writeBool(includeSynonyms)
        if version >= 3 {
            writer.writeBool(includeDocumentation)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// What is asked for.
    public struct DescribeConfigsResource: Sendable {
        /// 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.
        public var resourceType: Int8 = 0
        /// The topic, the node id, the group; empty broker: the defaults of all.
        public var resourceName: String = ""
        /// The settings; null: all.
        public var configurationKeys: [String]? = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            resourceType = try reader.readInt8()
            resourceName = try reader.readString(flexible: flexible)
            if let configurationKeysCount = try reader.readNullableArrayCount(flexible: flexible, elementByteCount: 1) {
                var configurationKeysValues: [String] = []
                configurationKeysValues.reserveCapacity(configurationKeysCount)
                for _ in 0..<configurationKeysCount {
                    configurationKeysValues.append(try reader.readString(flexible: flexible))
                }
                configurationKeys = configurationKeysValues
            } else {
                configurationKeys = nil
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            writer.writeInt8(resourceType)
            try writer.writeString(resourceName, flexible: flexible)
            if let values = configurationKeys {
                try writer.writeArrayCount(values.count, flexible: flexible)
                for value in values { try writer.writeString(value, flexible: flexible) }
            } else {
                writer.writeNullArray(flexible: flexible)
            }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// The settings.
public struct DescribeConfigsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .describeConfigs }
    public static var name: String { "DescribeConfigs" }
    public static var versions: ClosedRange<Int16> { 1...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// The answers by resource.
    public var results: [DescribeConfigsResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        throttleTimeMs = try reader.readInt32()
        let resultsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 7)
        results.reserveCapacity(resultsCount)
        for _ in 0..<resultsCount { results.append(try DescribeConfigsResult(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
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

    /// The answers by resource.
    public struct DescribeConfigsResult: Sendable {
        /// Why there is no answer, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""
        /// As asked.
        public var resourceType: Int8 = 0
        /// As asked.
        public var resourceName: String = ""
        /// Its settings.
        public var configs: [DescribeConfigsResourceResult] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: flexible)
            resourceType = try reader.readInt8()
            resourceName = try reader.readString(flexible: flexible)
            let configsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 9)
            configs.reserveCapacity(configsCount)
            for _ in 0..<configsCount {
                configs.append(try DescribeConfigsResourceResult(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: flexible)
            writer.writeInt8(resourceType)
            try writer.writeString(resourceName, flexible: flexible)
            try writer.writeArrayCount(configs.count, flexible: flexible)
            for value in configs { try value.write(to: &writer, version: version) }
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

    /// Its settings.
    public struct DescribeConfigsResourceResult: Sendable {
        /// The setting.
        public var name: String = ""
        /// Its value; null if it is sensitive.
        public var value: String? = ""
        /// It can't be changed by request.
        public var readOnly: Bool = false
        /// 1 topic, 2 broker, 3 all brokers, 4 file, 5 default, 8 group.
        public var configSource: Int8 = -1
        /// The value isn't shown.
        public var isSensitive: Bool = false
        /// Where a value could be from, the first one counts.
        public var synonyms: [DescribeConfigsSynonym] = []
        /// 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, 9 password. Versions 3+.
        public var configType: Int8 = 0
        /// What it is for. Versions 3+.
        public var documentation: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            name = try reader.readString(flexible: flexible)
            value = try reader.readNullableString(flexible: flexible)
            readOnly = try reader.readBool()
            configSource = try reader.readInt8()
            isSensitive = try reader.readBool()
            let synonymsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            synonyms.reserveCapacity(synonymsCount)
            for _ in 0..<synonymsCount { synonyms.append(try DescribeConfigsSynonym(from: &reader, version: version)) }
            if version >= 3 {
                configType = try reader.readInt8()
                documentation = try reader.readNullableString(flexible: flexible)
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            try writer.writeString(name, flexible: flexible)
            try writer.writeNullableString(value, flexible: flexible)
            writer.writeBool(readOnly)
            writer.writeInt8(configSource)
            writer.writeBool(isSensitive)
            try writer.writeArrayCount(synonyms.count, flexible: flexible)
            for value in synonyms { try value.write(to: &writer, version: version) }
            if version >= 3 {
                writer.writeInt8(configType)
                try writer.writeNullableString(documentation, flexible: flexible)
            }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Where a value could be from, the first one counts.
    public struct DescribeConfigsSynonym: Sendable {
        /// The setting.
        public var name: String = ""
        /// Its value.
        public var value: String? = ""
        /// Where it is from, as configSource.
        public var source: Int8 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            name = try reader.readString(flexible: flexible)
            value = try reader.readNullableString(flexible: flexible)
            source = try reader.readInt8()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            try writer.writeString(name, flexible: flexible)
            try writer.writeNullableString(value, flexible: flexible)
            writer.writeInt8(source)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}
