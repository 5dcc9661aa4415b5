// Generated from SchemaGenerator/Messages/14_SyncGroup.kafka by Scripts/generate-messages. Do not edit.

public import NIOCore

/// The leader's assignment for a generation, and each member's share of it.
public struct SyncGroupRequest: KafkaRequest {
    public typealias Response = SyncGroupResponse
    public static var apiKey: ApiKey { .syncGroup }
    public static var name: String { "SyncGroup" }
    public static var versions: ClosedRange<Int16> { 0...5 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// The group.
    public var groupId: String = ""
    /// The generation.
    public var generationId: Int32 = 0
    /// The member.
    public var memberId: String = ""
    /// The name of a static member (KIP-345). Versions 3+.
    public var groupInstanceId: String? = nil
    /// The group's protocol type, to be checked. Versions 5+.
    public var protocolType: String? = nil
    /// The assignor, to be checked. Versions 5+.
    public var protocolName: String? = nil
    /// Every member's share, from the leader only.
    public var assignments: [SyncGroupRequestAssignment] = []

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
        if version >= 5 {
            protocolType = try reader.readNullableString(flexible: flexible)
            protocolName = try reader.readNullableString(flexible: flexible)
        }
        let assignmentsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        assignments.reserveCapacity(assignmentsCount)
        for _ in 0..<assignmentsCount {
            assignments.append(try SyncGroupRequestAssignment(from: &reader, version: version))
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version < 3, groupInstanceId != nil {
            throw .notInVersion("SyncGroupRequest.groupInstanceId", version)
        }
        try writer.writeString(groupId, flexible: flexible)
        writer.writeInt32(generationId)
        try writer.writeString(memberId, flexible: flexible)
        if version >= 3 {
            try writer.writeNullableString(groupInstanceId, flexible: flexible)
        }
        if version >= 5 {
            try writer.writeNullableString(protocolType, flexible: flexible)
            try writer.writeNullableString(protocolName, flexible: flexible)
        }
        try writer.writeArrayCount(assignments.count, flexible: flexible)
        for value in assignments { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// Every member's share, from the leader only.
    public struct SyncGroupRequestAssignment: Sendable {
        /// The member.
        public var memberId: String = ""
        /// Its share.
        public var assignment: ByteBuffer = ByteBuffer()

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            memberId = try reader.readString(flexible: flexible)
            assignment = try reader.readBytes(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            try writer.writeString(memberId, flexible: flexible)
            try writer.writeBytes(assignment, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// The member's share.
public struct SyncGroupResponse: KafkaResponse {
    public static var apiKey: ApiKey { .syncGroup }
    public static var name: String { "SyncGroup" }
    public static var versions: ClosedRange<Int16> { 0...5 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// How long the request was held back by a quota. Versions 1+.
    public var throttleTimeMs: Int32 = 0
    /// Why there is none, or none.
    public var errorCode: ErrorCode = .none
    /// The group's protocol type. Versions 5+.
    public var protocolType: String? = nil
    /// The assignor. Versions 5+.
    public var protocolName: String? = nil
    /// The share, just as the leader wrote it.
    public var assignment: ByteBuffer = ByteBuffer()

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version >= 1 {
            throttleTimeMs = try reader.readInt32()
        }
        errorCode = try reader.readErrorCode()
        if version >= 5 {
            protocolType = try reader.readNullableString(flexible: flexible)
            protocolName = try reader.readNullableString(flexible: flexible)
        }
        assignment = try reader.readBytes(flexible: flexible)
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
        if version >= 5 {
            try writer.writeNullableString(protocolType, flexible: flexible)
            try writer.writeNullableString(protocolName, flexible: flexible)
        }
        try writer.writeBytes(assignment, flexible: flexible)
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
