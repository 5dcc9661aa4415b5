// Generated from SchemaGenerator/Messages/16_ListGroups.kafka by Scripts/generate-messages. Do not edit.

/// The groups of a broker. For tools.
public struct ListGroupsRequest: KafkaRequest {
    public typealias Response = ListGroupsResponse
    public static var apiKey: ApiKey { .listGroups }
    public static var name: String { "ListGroups" }
    public static var versions: ClosedRange<Int16> { 0...5 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 3 }

    /// Only groups in one of these states; empty: in any (KIP-518). Versions 4+.
    public var statesFilter: [String] = []
    /// Only groups of one of these types; empty: of any (KIP-848). Versions 5+.
    public var typesFilter: [String] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version >= 4 {
            let statesFilterCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 1)
            statesFilter.reserveCapacity(statesFilterCount)
            for _ in 0..<statesFilterCount { statesFilter.append(try reader.readString(flexible: flexible)) }
        }
        if version >= 5 {
            let typesFilterCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 1)
            typesFilter.reserveCapacity(typesFilterCount)
            for _ in 0..<typesFilterCount { typesFilter.append(try reader.readString(flexible: flexible)) }
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version < 4, !statesFilter.isEmpty {
            throw .notInVersion("ListGroupsRequest.statesFilter", version)
        }
        if version < 5, !typesFilter.isEmpty {
            throw .notInVersion("ListGroupsRequest.typesFilter", version)
        }
        if version >= 4 {
            try writer.writeArrayCount(statesFilter.count, flexible: flexible)
            for value in statesFilter { try writer.writeString(value, flexible: flexible) }
        }
        if version >= 5 {
            try writer.writeArrayCount(typesFilter.count, flexible: flexible)
            for value in typesFilter { try writer.writeString(value, flexible: flexible) }
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }
}

/// The groups that the filters let through.
public struct ListGroupsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .listGroups }
    public static var name: String { "ListGroups" }
    public static var versions: ClosedRange<Int16> { 0...5 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 3 }

    /// How long the request was held back by a quota. Versions 1+.
    public var throttleTimeMs: Int32 = 0
    /// Why the list isn't complete, or none.
    public var errorCode: ErrorCode = .none
    /// Each group.
    public var groups: [ListedGroup] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version >= 1 {
            throttleTimeMs = try reader.readInt32()
        }
        errorCode = try reader.readErrorCode()
        let groupsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        groups.reserveCapacity(groupsCount)
        for _ in 0..<groupsCount { groups.append(try ListedGroup(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version >= 1 {
            writer.writeInt32(throttleTimeMs)
        }
        writer.writeErrorCode(errorCode)
        try writer.writeArrayCount(groups.count, flexible: flexible)
        for value in groups { try value.write(to: &writer, version: version) }
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

    /// Each group.
    public struct ListedGroup: Sendable {
        /// The group.
        public var groupId: String = ""
        /// "consumer" for consumers; empty: it stores offsets only.
        public var protocolType: String = ""
        /// Its state, as in Stable. Versions 4+.
        public var groupState: String = ""
        /// Its type: classic. Versions 5+.
        public var groupType: String = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 3
            groupId = try reader.readString(flexible: flexible)
            protocolType = try reader.readString(flexible: flexible)
            if version >= 4 {
                groupState = try reader.readString(flexible: flexible)
            }
            if version >= 5 {
                groupType = try reader.readString(flexible: flexible)
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 3
            try writer.writeString(groupId, flexible: flexible)
            try writer.writeString(protocolType, flexible: flexible)
            if version >= 4 {
                try writer.writeString(groupState, flexible: flexible)
            }
            if version >= 5 {
                try writer.writeString(groupType, flexible: flexible)
            }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}
