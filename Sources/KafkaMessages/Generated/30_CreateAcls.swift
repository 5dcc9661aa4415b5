// Generated from SchemaGenerator/Messages/30_CreateAcls.kafka by Scripts/generate-messages. Do not edit.

/// Makes ACLs (KIP-11, KIP-290).
public struct CreateAclsRequest: KafkaRequest {
    public typealias Response = CreateAclsResponse
    public static var apiKey: ApiKey { .createAcls }
    public static var name: String { "CreateAcls" }
    public static var versions: ClosedRange<Int16> { 1...3 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// The ACLs.
    public var creations: [AclCreation] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        let creationsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 8)
        creations.reserveCapacity(creationsCount)
        for _ in 0..<creationsCount { creations.append(try AclCreation(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        try writer.writeArrayCount(creations.count, flexible: flexible)
        for value in creations { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The ACLs.
    public struct AclCreation: Sendable {
        /// 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user.
        public var resourceType: Int8 = 0
        /// The name or prefix; `*` as a literal: all.
        public var resourceName: String = ""
        /// 3 literal, 4 prefixed.
        public var resourcePatternType: Int8 = 3
        /// For whom: `User:alice`, `User:*`.
        public var principal: String = ""
        /// From which address; `*`: any.
        public var host: String = ""
        /// What.
        public var operation: Int8 = 0
        /// 2 deny, 3 allow.
        public var permissionType: Int8 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            resourceType = try reader.readInt8()
            resourceName = try reader.readString(flexible: flexible)
            resourcePatternType = try reader.readInt8()
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
            writer.writeInt8(resourceType)
            try writer.writeString(resourceName, flexible: flexible)
            writer.writeInt8(resourcePatternType)
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

/// What became of each.
public struct CreateAclsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .createAcls }
    public static var name: String { "CreateAcls" }
    public static var versions: ClosedRange<Int16> { 1...3 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// In the order of the request.
    public var results: [AclCreationResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        let resultsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
        results.reserveCapacity(resultsCount)
        for _ in 0..<resultsCount { results.append(try AclCreationResult(from: &reader, version: version)) }
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

    /// In the order of the request.
    public struct AclCreationResult: Sendable {
        /// Why it isn't made, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: flexible)
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
