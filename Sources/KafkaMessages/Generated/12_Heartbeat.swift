// Generated from SchemaGenerator/Messages/12_Heartbeat.kafka by Scripts/generate-messages. Do not edit.

/// A sign of life of a member.
public struct HeartbeatRequest: KafkaRequest {
    public typealias Response = HeartbeatResponse
    public static var apiKey: ApiKey { .heartbeat }
    public static var name: String { "Heartbeat" }
    public static var versions: ClosedRange<Int16> { 0...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// The group.
    public var groupId: String = ""
    /// The member's generation.
    public var generationId: Int32 = 0
    /// The member.
    public var memberId: String = ""
    /// The name of a static member (KIP-345). Versions 3+.
    public var groupInstanceId: String? = nil

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        groupId = try reader.readString(flexible: flexible)
        generationId = try reader.readInt32()
        memberId = try reader.readString(flexible: flexible)
        if version >= 3 {
            groupInstanceId = try reader.readNullableString(flexible: flexible)
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version < 3, groupInstanceId != nil {
            throw .notInVersion("HeartbeatRequest.groupInstanceId", version)
        }
        try writer.writeString(groupId, flexible: flexible)
        writer.writeInt32(generationId)
        try writer.writeString(memberId, flexible: flexible)
        if version >= 3 {
            try writer.writeNullableString(groupInstanceId, flexible: flexible)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }
}

/// Whether the member is still in.
public struct HeartbeatResponse: KafkaResponse {
    public static var apiKey: ApiKey { .heartbeat }
    public static var name: String { "Heartbeat" }
    public static var versions: ClosedRange<Int16> { 0...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// How long the request was held back by a quota. Versions 1+.
    public var throttleTimeMs: Int32 = 0
    /// REBALANCE_IN_PROGRESS: join again.
    public var errorCode: ErrorCode = .none

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version >= 1 {
            throttleTimeMs = try reader.readInt32()
        }
        errorCode = try reader.readErrorCode()
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version >= 1 {
            writer.writeInt32(throttleTimeMs)
        }
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

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }
}
