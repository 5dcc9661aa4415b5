// Generated from SchemaGenerator/Messages/74_ListConfigResources.kafka by Scripts/generate-messages. Do not edit.

/// What has settings. Version 0 is about clients' metrics alone.
public struct ListConfigResourcesRequest: KafkaRequest {
    public typealias Response = ListConfigResourcesResponse
    public static var apiKey: ApiKey { .listConfigResources }
    public static var name: String { "ListConfigResources" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// As in DescribeConfigs; empty: every type that can be listed. Versions 1+.
    public var resourceTypes: [Int8] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        if version >= 1 {
            let resourceTypesCount = try reader.readArrayCount(flexible: true, elementByteCount: 1)
            resourceTypes.reserveCapacity(resourceTypesCount)
            for _ in 0..<resourceTypesCount { resourceTypes.append(try reader.readInt8()) }
        }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        if version < 1, !resourceTypes.isEmpty {
            throw .notInVersion("ListConfigResourcesRequest.resourceTypes", version)
        }
        if version >= 1 {
            try writer.writeArrayCount(resourceTypes.count, flexible: true)
            for value in resourceTypes { writer.writeInt8(value) }
        }
        writer.writeTagCount(0)
    }
}

/// The resources.
public struct ListConfigResourcesResponse: KafkaResponse {
    public static var apiKey: ApiKey { .listConfigResources }
    public static var name: String { "ListConfigResources" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Why there is no answer, or none.
    public var errorCode: ErrorCode = .none
    /// The resources.
    public var configResources: [ConfigResource] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        throttleTimeMs = try reader.readInt32()
        errorCode = try reader.readErrorCode()
        let configResourcesCount = try reader.readArrayCount(flexible: true, elementByteCount: 2)
        configResources.reserveCapacity(configResourcesCount)
        for _ in 0..<configResourcesCount {
            configResources.append(try ConfigResource(from: &reader, version: version))
        }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeInt32(throttleTimeMs)
        writer.writeErrorCode(errorCode)
        try writer.writeArrayCount(configResources.count, flexible: true)
        for value in configResources { try value.write(to: &writer, version: version) }
        writer.writeTagCount(0)
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// The resources.
    public struct ConfigResource: Sendable {
        /// The topic, the node id, the group.
        public var resourceName: String = ""
        /// As in DescribeConfigs. Versions 1+.
        public var resourceType: Int8 = 16

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            resourceName = try reader.readString(flexible: true)
            if version >= 1 {
                resourceType = try reader.readInt8()
            }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(resourceName, flexible: true)
            if version >= 1 {
                writer.writeInt8(resourceType)
            }
            writer.writeTagCount(0)
        }
    }
}
