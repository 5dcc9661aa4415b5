// Generated from SchemaGenerator/Messages/29_DescribeAcls.kafka by Scripts/generate-messages. Do not edit.

/// ACLs that match a filter (KIP-11, KIP-290).
public struct DescribeAclsRequest: KafkaRequest {
    public typealias Response = DescribeAclsResponse
    public static var apiKey: ApiKey { .describeAcls }
    public static var name: String { "DescribeAcls" }
    public static var versions: ClosedRange<Int16> { 1...3 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// 1 any, 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user.
    public var resourceTypeFilter: Int8 = 0
    /// The name; null: any.
    public var resourceNameFilter: String? = ""
    /// 1 any, 2 match, 3 literal, 4 prefixed.
    public var patternTypeFilter: Int8 = 3
    /// The principal, `User:alice`; null: any.
    public var principalFilter: String? = ""
    /// The host; null: any.
    public var hostFilter: String? = ""
    /// The operation; 1: any.
    public var operation: Int8 = 0
    /// 1 any, 2 deny, 3 allow.
    public var permissionType: Int8 = 0

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        resourceTypeFilter = try reader.readInt8()
        resourceNameFilter = try reader.readNullableString(flexible: flexible)
        patternTypeFilter = try reader.readInt8()
        principalFilter = try reader.readNullableString(flexible: flexible)
        hostFilter = try reader.readNullableString(flexible: flexible)
        operation = try reader.readInt8()
        permissionType = try reader.readInt8()
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        writer.writeInt8(resourceTypeFilter)
        try writer.writeNullableString(resourceNameFilter, flexible: flexible)
        writer.writeInt8(patternTypeFilter)
        try writer.writeNullableString(principalFilter, flexible: flexible)
        try writer.writeNullableString(hostFilter, flexible: flexible)
        writer.writeInt8(operation)
        writer.writeInt8(permissionType)
        if flexible {
            writer.writeTagCount(0)
        }
    }
}

/// The ACLs.
public struct DescribeAclsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .describeAcls }
    public static var name: String { "DescribeAcls" }
    public static var versions: ClosedRange<Int16> { 1...3 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Why there is no answer, or none.
    public var errorCode: ErrorCode = .none
    /// The same in words.
    public var errorMessage: String? = ""
    /// By pattern of resources.
    public var resources: [DescribeAclsResource] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        errorCode = try reader.readErrorCode()
        errorMessage = try reader.readNullableString(flexible: flexible)
        let resourcesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 5)
        resources.reserveCapacity(resourcesCount)
        for _ in 0..<resourcesCount { resources.append(try DescribeAclsResource(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        writer.writeInt32(throttleTimeMs)
        writer.writeErrorCode(errorCode)
        try writer.writeNullableString(errorMessage, flexible: flexible)
        try writer.writeArrayCount(resources.count, flexible: flexible)
        for value in resources { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
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

    /// By pattern of resources.
    public struct DescribeAclsResource: Sendable {
        /// As in the request.
        public var resourceType: Int8 = 0
        /// The name or prefix.
        public var resourceName: String = ""
        /// 3 literal, 4 prefixed.
        public var patternType: Int8 = 3
        /// What is written for it.
        public var acls: [AclDescription] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            resourceType = try reader.readInt8()
            resourceName = try reader.readString(flexible: flexible)
            patternType = try reader.readInt8()
            let aclsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 5)
            acls.reserveCapacity(aclsCount)
            for _ in 0..<aclsCount { acls.append(try AclDescription(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            writer.writeInt8(resourceType)
            try writer.writeString(resourceName, flexible: flexible)
            writer.writeInt8(patternType)
            try writer.writeArrayCount(acls.count, flexible: flexible)
            for value in acls { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// What is written for it.
    public struct AclDescription: Sendable {
        /// For whom.
        public var principal: String = ""
        /// From where.
        public var host: String = ""
        /// What.
        public var operation: Int8 = 0
        /// 2 deny, 3 allow.
        public var permissionType: Int8 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            principal = try reader.readString(flexible: flexible)
            host = try reader.readString(flexible: flexible)
            operation = try reader.readInt8()
            permissionType = try reader.readInt8()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(principal, flexible: flexible)
            try writer.writeString(host, flexible: flexible)
            writer.writeInt8(operation)
            writer.writeInt8(permissionType)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}
