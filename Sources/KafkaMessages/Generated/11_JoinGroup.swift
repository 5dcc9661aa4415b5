// Generated from SchemaGenerator/Messages/11_JoinGroup.kafka by Scripts/generate-messages. Do not edit.

public import NIOCore

/// Takes part in the next generation of a group.
public struct JoinGroupRequest: KafkaRequest {
    public typealias Response = JoinGroupResponse
    public static var apiKey: ApiKey { .joinGroup }
    public static var name: String { "JoinGroup" }
    public static var versions: ClosedRange<Int16> { 0...9 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 6 }

    /// The group.
    public var groupId: String = ""
    /// A member not heard of for so long is out.
    public var sessionTimeoutMs: Int32 = 0
    /// How long a rebalance waits for the member; -1: sessionTimeoutMs. Versions 1+.
    public var rebalanceTimeoutMs: Int32 = -1
    /// The member; empty: new.
    public var memberId: String = ""
    /// The name of a static member (KIP-345). Versions 5+.
    public var groupInstanceId: String? = nil
    /// "consumer" for consumers.
    public var protocolType: String = ""
    /// The assignors that the member knows, best first.
    public var protocols: [JoinGroupRequestProtocol] = []
    /// Why it joins, for the log. Versions 8+.
    public var reason: String? = nil

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        groupId = try reader.readString(flexible: flexible)
        sessionTimeoutMs = try reader.readInt32()
        if version >= 1 {
            rebalanceTimeoutMs = try reader.readInt32()
        }
        memberId = try reader.readString(flexible: flexible)
        if version >= 5 {
            groupInstanceId = try reader.readNullableString(flexible: flexible)
        }
        protocolType = try reader.readString(flexible: flexible)
        let protocolsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        protocols.reserveCapacity(protocolsCount)
        for _ in 0..<protocolsCount { protocols.append(try JoinGroupRequestProtocol(from: &reader, version: version)) }
        if version >= 8 {
            reason = try reader.readNullableString(flexible: flexible)
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version < 5, groupInstanceId != nil {
            throw .notInVersion("JoinGroupRequest.groupInstanceId", version)
        }
        try writer.writeString(groupId, flexible: flexible)
        writer.writeInt32(sessionTimeoutMs)
        if version >= 1 {
            writer.writeInt32(rebalanceTimeoutMs)
        }
        try writer.writeString(memberId, flexible: flexible)
        if version >= 5 {
            try writer.writeNullableString(groupInstanceId, flexible: flexible)
        }
        try writer.writeString(protocolType, flexible: flexible)
        try writer.writeArrayCount(protocols.count, flexible: flexible)
        for value in protocols { try value.write(to: &writer, version: version) }
        if version >= 8 {
            try writer.writeNullableString(reason, flexible: flexible)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The assignors that the member knows, best first.
    public struct JoinGroupRequestProtocol: Sendable {
        /// The assignor.
        public var name: String = ""
        /// What the leader gets of this member: its subscription.
        public var metadata: ByteBuffer = ByteBuffer()

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 6
            name = try reader.readString(flexible: flexible)
            metadata = try reader.readBytes(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 6
            try writer.writeString(name, flexible: flexible)
            try writer.writeBytes(metadata, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// The new generation.
public struct JoinGroupResponse: KafkaResponse {
    public static var apiKey: ApiKey { .joinGroup }
    public static var name: String { "JoinGroup" }
    public static var versions: ClosedRange<Int16> { 0...9 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 6 }

    /// How long the request was held back by a quota. Versions 2+.
    public var throttleTimeMs: Int32 = 0
    /// Why the member isn't in, or none.
    public var errorCode: ErrorCode = .none
    /// The generation.
    public var generationId: Int32 = -1
    /// The group's protocol type. Versions 7+.
    public var protocolType: String? = nil
    /// The assignor that all members know.
    public var protocolName: String? = ""
    /// The member that assigns.
    public var leader: String = ""
    /// The leader need not assign (KIP-814). Versions 9+.
    public var skipAssignment: Bool = false
    /// The member; new with MEMBER_ID_REQUIRED.
    public var memberId: String = ""
    /// All members, for the leader only.
    public var members: [JoinGroupResponseMember] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version >= 2 {
            throttleTimeMs = try reader.readInt32()
        }
        errorCode = try reader.readErrorCode()
        generationId = try reader.readInt32()
        if version >= 7 {
            protocolType = try reader.readNullableString(flexible: flexible)
        }
        protocolName = try reader.readNullableString(flexible: flexible, nullable: version >= 7)
        leader = try reader.readString(flexible: flexible)
        if version >= 9 {
            skipAssignment = try reader.readBool()
        }
        memberId = try reader.readString(flexible: flexible)
        let membersCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
        members.reserveCapacity(membersCount)
        for _ in 0..<membersCount { members.append(try JoinGroupResponseMember(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 6
        if version < 9, skipAssignment {
            throw .notInVersion("JoinGroupResponse.skipAssignment", version)
        }
        if version >= 2 {
            writer.writeInt32(throttleTimeMs)
        }
        writer.writeErrorCode(errorCode)
        writer.writeInt32(generationId)
        if version >= 7 {
            try writer.writeNullableString(protocolType, flexible: flexible)
        }
        if !(version >= 7), protocolName == nil {
            throw .nullNotInVersion("JoinGroupResponse.protocolName", version)
        }
        try writer.writeNullableString(protocolName, flexible: flexible)
        try writer.writeString(leader, flexible: flexible)
        if version >= 9 {
            writer.writeBool(skipAssignment)
        }
        try writer.writeString(memberId, flexible: flexible)
        try writer.writeArrayCount(members.count, flexible: flexible)
        for value in members { try value.write(to: &writer, version: version) }
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

    /// All members, for the leader only.
    public struct JoinGroupResponseMember: Sendable {
        /// The member.
        public var memberId: String = ""
        /// The name of a static member. Versions 5+.
        public var groupInstanceId: String? = nil
        /// Its subscription.
        public var metadata: ByteBuffer = ByteBuffer()

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 6
            memberId = try reader.readString(flexible: flexible)
            if version >= 5 {
                groupInstanceId = try reader.readNullableString(flexible: flexible)
            }
            metadata = try reader.readBytes(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 6
            try writer.writeString(memberId, flexible: flexible)
            if version >= 5 {
                try writer.writeNullableString(groupInstanceId, flexible: flexible)
            }
            try writer.writeBytes(metadata, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}
