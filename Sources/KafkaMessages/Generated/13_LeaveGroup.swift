// Generated from SchemaGenerator/Messages/13_LeaveGroup.kafka by Scripts/generate-messages. Do not edit.

/// Takes members out of a group. One up to version 2, any number after.
public struct LeaveGroupRequest: KafkaRequest {
    public typealias Response = LeaveGroupResponse
    public static var apiKey: ApiKey { .leaveGroup }
    public static var name: String { "LeaveGroup" }
    public static var versions: ClosedRange<Int16> { 0...5 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// The group.
    public var groupId: String = ""
    /// The member. Versions 0–2.
    public var memberId: String = ""
    /// The members. Versions 3+.
    public var members: [MemberIdentity] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        groupId = try reader.readString(flexible: flexible)
        if version <= 2 {
            memberId = try reader.readString(flexible: flexible)
        }
        if version >= 3 {
            let membersCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            members.reserveCapacity(membersCount)
            for _ in 0..<membersCount { members.append(try MemberIdentity(from: &reader, version: version)) }
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version > 2, !memberId.isEmpty {
            throw .notInVersion("LeaveGroupRequest.memberId", version)
        }
        if version < 3, !members.isEmpty {
            throw .notInVersion("LeaveGroupRequest.members", version)
        }
        try writer.writeString(groupId, flexible: flexible)
        if version <= 2 {
            try writer.writeString(memberId, flexible: flexible)
        }
        if version >= 3 {
            try writer.writeArrayCount(members.count, flexible: flexible)
            for value in members { try value.write(to: &writer, version: version) }
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The members.
    public struct MemberIdentity: Sendable {
        /// The member; empty: by groupInstanceId.
        public var memberId: String = ""
        /// The name of a static member (KIP-345).
        public var groupInstanceId: String? = nil
        /// Why it leaves, for the log. Versions 5+.
        public var reason: String? = nil

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            memberId = try reader.readString(flexible: flexible)
            groupInstanceId = try reader.readNullableString(flexible: flexible)
            if version >= 5 {
                reason = try reader.readNullableString(flexible: flexible)
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            try writer.writeString(memberId, flexible: flexible)
            try writer.writeNullableString(groupInstanceId, flexible: flexible)
            if version >= 5 {
                try writer.writeNullableString(reason, flexible: flexible)
            }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// What became of the members.
public struct LeaveGroupResponse: KafkaResponse {
    public static var apiKey: ApiKey { .leaveGroup }
    public static var name: String { "LeaveGroup" }
    public static var versions: ClosedRange<Int16> { 0...5 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 4 }

    /// How long the request was held back by a quota. Versions 1+.
    public var throttleTimeMs: Int32 = 0
    /// What is wrong with the group or, up to version 2, the member.
    public var errorCode: ErrorCode = .none
    /// The results by member. Versions 3+.
    public var members: [MemberResponse] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version >= 1 {
            throttleTimeMs = try reader.readInt32()
        }
        errorCode = try reader.readErrorCode()
        if version >= 3 {
            let membersCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 5)
            members.reserveCapacity(membersCount)
            for _ in 0..<membersCount { members.append(try MemberResponse(from: &reader, version: version)) }
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 4
        if version < 3, !members.isEmpty {
            throw .notInVersion("LeaveGroupResponse.members", version)
        }
        if version >= 1 {
            writer.writeInt32(throttleTimeMs)
        }
        writer.writeErrorCode(errorCode)
        if version >= 3 {
            try writer.writeArrayCount(members.count, flexible: flexible)
            for value in members { try value.write(to: &writer, version: version) }
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
        for value in members {
            let error = value.firstError
            if error != .none { return error }
        }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// The results by member.
    public struct MemberResponse: Sendable {
        /// The member.
        public var memberId: String = ""
        /// The name of a static member.
        public var groupInstanceId: String? = ""
        /// Why it is not out, or none.
        public var errorCode: ErrorCode = .none

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 4
            memberId = try reader.readString(flexible: flexible)
            groupInstanceId = try reader.readNullableString(flexible: flexible)
            errorCode = try reader.readErrorCode()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 4
            try writer.writeString(memberId, flexible: flexible)
            try writer.writeNullableString(groupInstanceId, flexible: flexible)
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
