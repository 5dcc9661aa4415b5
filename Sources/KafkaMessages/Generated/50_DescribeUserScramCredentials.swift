// Generated from SchemaGenerator/Messages/50_DescribeUserScramCredentials.kafka by Scripts/generate-messages. Do not edit.

/// Which users have SCRAM credentials (KIP-554). Never the credentials themselves.
public struct DescribeUserScramCredentialsRequest: KafkaRequest {
    public typealias Response = DescribeUserScramCredentialsResponse
    public static var apiKey: ApiKey { .describeUserScramCredentials }
    public static var name: String { "DescribeUserScramCredentials" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// Whose; null or empty: all.
    public var users: [UserName]? = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        if let usersCount = try reader.readNullableArrayCount(flexible: true, elementByteCount: 2) {
            var usersValues: [UserName] = []
            usersValues.reserveCapacity(usersCount)
            for _ in 0..<usersCount { usersValues.append(try UserName(from: &reader, version: version)) }
            users = usersValues
        } else {
            users = nil
        }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        if let values = users {
            try writer.writeArrayCount(values.count, flexible: true)
            for value in values { try value.write(to: &writer, version: version) }
        } else {
            writer.writeNullArray(flexible: true)
        }
        writer.writeTagCount(0)
    }

    /// Whose; null or empty: all.
    public struct UserName: Sendable {
        /// The user.
        public var name: String = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            writer.writeTagCount(0)
        }
    }
}

/// The credentials that there are.
public struct DescribeUserScramCredentialsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .describeUserScramCredentials }
    public static var name: String { "DescribeUserScramCredentials" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Why there is no answer, or none.
    public var errorCode: ErrorCode = .none
    /// The same in words.
    public var errorMessage: String? = ""
    /// By user.
    public var results: [DescribeUserScramCredentialsResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        throttleTimeMs = try reader.readInt32()
        errorCode = try reader.readErrorCode()
        errorMessage = try reader.readNullableString(flexible: true)
        let resultsCount = try reader.readArrayCount(flexible: true, elementByteCount: 6)
        results.reserveCapacity(resultsCount)
        for _ in 0..<resultsCount {
            results.append(try DescribeUserScramCredentialsResult(from: &reader, version: version))
        }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeInt32(throttleTimeMs)
        writer.writeErrorCode(errorCode)
        try writer.writeNullableString(errorMessage, flexible: true)
        try writer.writeArrayCount(results.count, flexible: true)
        for value in results { try value.write(to: &writer, version: version) }
        writer.writeTagCount(0)
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
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

    /// By user.
    public struct DescribeUserScramCredentialsResult: Sendable {
        /// The user.
        public var user: String = ""
        /// RESOURCE_NOT_FOUND, DUPLICATE_RESOURCE, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""
        /// What the user has.
        public var credentialInfos: [CredentialInfo] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            user = try reader.readString(flexible: true)
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: true)
            let credentialInfosCount = try reader.readArrayCount(flexible: true, elementByteCount: 6)
            credentialInfos.reserveCapacity(credentialInfosCount)
            for _ in 0..<credentialInfosCount {
                credentialInfos.append(try CredentialInfo(from: &reader, version: version))
            }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(user, flexible: true)
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: true)
            try writer.writeArrayCount(credentialInfos.count, flexible: true)
            for value in credentialInfos { try value.write(to: &writer, version: version) }
            writer.writeTagCount(0)
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }

    /// What the user has.
    public struct CredentialInfo: Sendable {
        /// 1 SCRAM-SHA-256, 2 SCRAM-SHA-512.
        public var mechanism: Int8 = 0
        /// How often the password was hashed.
        public var iterations: Int32 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            mechanism = try reader.readInt8()
            iterations = try reader.readInt32()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt8(mechanism)
            writer.writeInt32(iterations)
            writer.writeTagCount(0)
        }
    }
}
