// Generated from SchemaGenerator/Messages/31_DeleteAcls.kafka by Scripts/generate-messages. Do not edit.

/// Removes the ACLs that match filters (KIP-11, KIP-290).
public struct DeleteAclsRequest: KafkaRequest {
    public typealias Response = DeleteAclsResponse
    public static var apiKey: ApiKey { .deleteAcls }
    public static var name: String { "DeleteAcls" }
    public static var versions: ClosedRange<Int16> { 1...3 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// Which ACLs go.
    public var filters: [DeleteAclsFilter] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        let filtersCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 8)
        filters.reserveCapacity(filtersCount)
        for _ in 0..<filtersCount { filters.append(try DeleteAclsFilter(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        try writer.writeArrayCount(filters.count, flexible: flexible)
        for value in filters { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// Which ACLs go.
    public struct DeleteAclsFilter: Sendable {
        /// 1 any, 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user.
        public var resourceTypeFilter: Int8 = 0
        /// The name; null: any.
        public var resourceNameFilter: String? = ""
        /// 1 any, 2 match, 3 literal, 4 prefixed.
        public var patternTypeFilter: Int8 = 3
        /// The principal; null: any.
        public var principalFilter: String? = ""
        /// The host; null: any.
        public var hostFilter: String? = ""
        /// The operation; 1: any.
        public var operation: Int8 = 0
        /// 1 any, 2 deny, 3 allow.
        public var permissionType: Int8 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
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

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
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
}

/// What became of each filter.
public struct DeleteAclsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .deleteAcls }
    public static var name: String { "DeleteAcls" }
    public static var versions: ClosedRange<Int16> { 1...3 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// In the order of the request.
    public var filterResults: [DeleteAclsFilterResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        let filterResultsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 5)
        filterResults.reserveCapacity(filterResultsCount)
        for _ in 0..<filterResultsCount {
            filterResults.append(try DeleteAclsFilterResult(from: &reader, version: version))
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        writer.writeInt32(throttleTimeMs)
        try writer.writeArrayCount(filterResults.count, flexible: flexible)
        for value in filterResults { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        for value in filterResults {
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
    public struct DeleteAclsFilterResult: Sendable {
        /// Why nothing is removed, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""
        /// What matched.
        public var matchingAcls: [DeleteAclsMatchingAcl] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 2
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: flexible)
            let matchingAclsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 11)
            matchingAcls.reserveCapacity(matchingAclsCount)
            for _ in 0..<matchingAclsCount {
                matchingAcls.append(try DeleteAclsMatchingAcl(from: &reader, version: version))
            }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 2
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: flexible)
            try writer.writeArrayCount(matchingAcls.count, flexible: flexible)
            for value in matchingAcls { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            for value in matchingAcls {
                let error = value.firstError
                if error != .none { return error }
            }
            return .none
        }
    }

    /// What matched.
    public struct DeleteAclsMatchingAcl: Sendable {
        /// Why this one isn't removed, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""
        /// As in the request.
        public var resourceType: Int8 = 0
        /// The name or prefix.
        public var resourceName: String = ""
        /// 3 literal, 4 prefixed.
        public var patternType: Int8 = 3
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
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: flexible)
            resourceType = try reader.readInt8()
            resourceName = try reader.readString(flexible: flexible)
            patternType = try reader.readInt8()
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
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: flexible)
            writer.writeInt8(resourceType)
            try writer.writeString(resourceName, flexible: flexible)
            writer.writeInt8(patternType)
            try writer.writeString(principal, flexible: flexible)
            try writer.writeString(host, flexible: flexible)
            writer.writeInt8(operation)
            writer.writeInt8(permissionType)
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
