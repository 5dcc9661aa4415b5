// Generated from SchemaGenerator/Messages/42_DeleteGroups.kafka by Scripts/generate-messages. Do not edit.

/// Deletes groups that have no members, with their offsets.
public struct DeleteGroupsRequest: KafkaRequest {
    public typealias Response = DeleteGroupsResponse
    public static var apiKey: ApiKey { .deleteGroups }
    public static var name: String { "DeleteGroups" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// The groups.
    public var groupsNames: [String] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        let groupsNamesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 1)
        groupsNames.reserveCapacity(groupsNamesCount)
        for _ in 0..<groupsNamesCount { groupsNames.append(try reader.readString(flexible: flexible)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        try writer.writeArrayCount(groupsNames.count, flexible: flexible)
        for value in groupsNames { try writer.writeString(value, flexible: flexible) }
        if flexible {
            writer.writeTagCount(0)
        }
    }
}

/// The outcome of each.
public struct DeleteGroupsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .deleteGroups }
    public static var name: String { "DeleteGroups" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// One for each group.
    public var results: [DeletableGroupResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        let resultsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
        results.reserveCapacity(resultsCount)
        for _ in 0..<resultsCount { results.append(try DeletableGroupResult(from: &reader, version: version)) }
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

    /// One for each group.
    public struct DeletableGroupResult: Sendable {
        /// The group.
        public var groupId: String = ""
        /// NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND or none.
        public var errorCode: ErrorCode = .none

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            groupId = try reader.readString(flexible: flexible)
            errorCode = try reader.readErrorCode()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            try writer.writeString(groupId, flexible: flexible)
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
