// Generated from SchemaGenerator/Messages/15_DescribeGroups.kafka by Scripts/generate-messages. Do not edit.

public import NIOCore

/// What groups are made of: their state and their members. For tools.
public struct DescribeGroupsRequest: KafkaRequest {
    public typealias Response = DescribeGroupsResponse
    public static var apiKey: ApiKey { .describeGroups }
    public static var name: String { "DescribeGroups" }
    public static var versions: ClosedRange<Int16> { 0...6 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 5 }

    /// The groups.
    public var groups: [String] = []
    /// Say what the client may do to each group. Versions 3+.
    public var includeAuthorizedOperations: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 5
        let groupsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 1)
        groups.reserveCapacity(groupsCount)
        for _ in 0..<groupsCount { groups.append(try reader.readString(flexible: flexible)) }
        if version >= 3 {
            includeAuthorizedOperations = try reader.readBool()
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 5
        if version < 3, includeAuthorizedOperations {
            throw .notInVersion("DescribeGroupsRequest.includeAuthorizedOperations", version)
        }
        try writer.writeArrayCount(groups.count, flexible: flexible)
        for value in groups { try writer.writeString(value, flexible: flexible) }
        if version >= 3 {
            writer.writeBool(includeAuthorizedOperations)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }
}

/// The groups, in the order in which they were asked for.
public struct DescribeGroupsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .describeGroups }
    public static var name: String { "DescribeGroups" }
    public static var versions: ClosedRange<Int16> { 0...6 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 5 }

    /// How long the request was held back by a quota. Versions 1+.
    public var throttleTimeMs: Int32 = 0
    /// Each group.
    public var groups: [DescribedGroup] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 5
        if version >= 1 {
            throttleTimeMs = try reader.readInt32()
        }
        let groupsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 12)
        groups.reserveCapacity(groupsCount)
        for _ in 0..<groupsCount { groups.append(try DescribedGroup(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 5
        if version >= 1 {
            writer.writeInt32(throttleTimeMs)
        }
        try writer.writeArrayCount(groups.count, flexible: flexible)
        for value in groups { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        for value in groups {
            let error = value.firstError
            if error != .none { return error }
        }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// Each group.
    public struct DescribedGroup: Sendable {
        /// Why it can't be described, or none. From version 6 on GROUP_ID_NOT_FOUND.
        public var errorCode: ErrorCode = .none
        /// The same in words. Versions 6+.
        public var errorMessage: String? = nil
        /// The group.
        public var groupId: String = ""
        /// Its state, as in Stable; of an unknown group Dead.
        public var groupState: String = ""
        /// "consumer" for consumers; empty: it stores offsets only.
        public var protocolType: String = ""
        /// The assignor that all members know; empty unless the group is Stable.
        public var protocolData: String = ""
        /// Its members.
        public var members: [DescribedGroupMember] = []
        /// Bits of what the client may do; the default: not asked. Versions 3+.
        public var authorizedOperations: Int32 = -2147483648

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 5
            errorCode = try reader.readErrorCode()
            if version >= 6 {
                errorMessage = try reader.readNullableString(flexible: flexible)
            }
            groupId = try reader.readString(flexible: flexible)
            groupState = try reader.readString(flexible: flexible)
            protocolType = try reader.readString(flexible: flexible)
            protocolData = try reader.readString(flexible: flexible)
            let membersCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 7)
            members.reserveCapacity(membersCount)
            for _ in 0..<membersCount { members.append(try DescribedGroupMember(from: &reader, version: version)) }
            if version >= 3 {
                authorizedOperations = try reader.readInt32()
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 5
            if version < 3, authorizedOperations != -2147483648 {
                throw .notInVersion("DescribedGroup.authorizedOperations", version)
            }
            writer.writeErrorCode(errorCode)
            if version >= 6 {
                try writer.writeNullableString(errorMessage, flexible: flexible)
            }
            try writer.writeString(groupId, flexible: flexible)
            try writer.writeString(groupState, flexible: flexible)
            try writer.writeString(protocolType, flexible: flexible)
            try writer.writeString(protocolData, flexible: flexible)
            try writer.writeArrayCount(members.count, flexible: flexible)
            for value in members { try value.write(to: &writer, version: version) }
            if version >= 3 {
                writer.writeInt32(authorizedOperations)
            }
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

    /// Its members.
    public struct DescribedGroupMember: Sendable {
        /// The member.
        public var memberId: String = ""
        /// The name of a static member (KIP-345). Versions 4+.
        public var groupInstanceId: String? = nil
        /// The client id of its JoinGroup, a claim.
        public var clientId: String = ""
        /// Where that came from.
        public var clientHost: String = ""
        /// Its subscription; empty unless the group is Stable.
        public var memberMetadata: ByteBuffer = ByteBuffer()
        /// What the leader gave it; empty unless the group is Stable.
        public var memberAssignment: ByteBuffer = ByteBuffer()

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 5
            memberId = try reader.readString(flexible: flexible)
            if version >= 4 {
                groupInstanceId = try reader.readNullableString(flexible: flexible)
            }
            clientId = try reader.readString(flexible: flexible)
            clientHost = try reader.readString(flexible: flexible)
            memberMetadata = try reader.readBytes(flexible: flexible)
            memberAssignment = try reader.readBytes(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 5
            try writer.writeString(memberId, flexible: flexible)
            if version >= 4 {
                try writer.writeNullableString(groupInstanceId, flexible: flexible)
            }
            try writer.writeString(clientId, flexible: flexible)
            try writer.writeString(clientHost, flexible: flexible)
            try writer.writeBytes(memberMetadata, flexible: flexible)
            try writer.writeBytes(memberAssignment, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}
