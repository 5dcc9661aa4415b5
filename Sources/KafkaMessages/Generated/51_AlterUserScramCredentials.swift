// Generated from SchemaGenerator/Messages/51_AlterUserScramCredentials.kafka by Scripts/generate-messages. Do not edit.

public import NIOCore

/// Sets and removes SCRAM credentials (KIP-554). The client salts and hashes: the password itself is never sent.
public struct AlterUserScramCredentialsRequest: KafkaRequest {
    public typealias Response = AlterUserScramCredentialsResponse
    public static var apiKey: ApiKey { .alterUserScramCredentials }
    public static var name: String { "AlterUserScramCredentials" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// What goes.
    public var deletions: [ScramCredentialDeletion] = []
    /// What is set.
    public var upsertions: [ScramCredentialUpsertion] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let deletionsCount = try reader.readArrayCount(flexible: true, elementByteCount: 3)
        deletions.reserveCapacity(deletionsCount)
        for _ in 0..<deletionsCount { deletions.append(try ScramCredentialDeletion(from: &reader, version: version)) }
        let upsertionsCount = try reader.readArrayCount(flexible: true, elementByteCount: 9)
        upsertions.reserveCapacity(upsertionsCount)
        for _ in 0..<upsertionsCount {
            upsertions.append(try ScramCredentialUpsertion(from: &reader, version: version))
        }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        try writer.writeArrayCount(deletions.count, flexible: true)
        for value in deletions { try value.write(to: &writer, version: version) }
        try writer.writeArrayCount(upsertions.count, flexible: true)
        for value in upsertions { try value.write(to: &writer, version: version) }
        writer.writeTagCount(0)
    }

    /// What goes.
    public struct ScramCredentialDeletion: Sendable {
        /// The user.
        public var name: String = ""
        /// 1 SCRAM-SHA-256, 2 SCRAM-SHA-512.
        public var mechanism: Int8 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            mechanism = try reader.readInt8()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            writer.writeInt8(mechanism)
            writer.writeTagCount(0)
        }
    }

    /// What is set.
    public struct ScramCredentialUpsertion: Sendable {
        /// The user.
        public var name: String = ""
        /// 1 SCRAM-SHA-256, 2 SCRAM-SHA-512.
        public var mechanism: Int8 = 0
        /// How often the password was hashed.
        public var iterations: Int32 = 0
        /// Random bytes.
        public var salt: ByteBuffer = ByteBuffer()
        /// `Hi` of RFC 5802: the password, salted and hashed so often.
        public var saltedPassword: ByteBuffer = ByteBuffer()

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            mechanism = try reader.readInt8()
            iterations = try reader.readInt32()
            salt = try reader.readBytes(flexible: true)
            saltedPassword = try reader.readBytes(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            writer.writeInt8(mechanism)
            writer.writeInt32(iterations)
            try writer.writeBytes(salt, flexible: true)
            try writer.writeBytes(saltedPassword, flexible: true)
            writer.writeTagCount(0)
        }
    }
}

/// What became of each user's changes.
public struct AlterUserScramCredentialsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .alterUserScramCredentials }
    public static var name: String { "AlterUserScramCredentials" }
    public static var versions: ClosedRange<Int16> { 0...0 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// By user.
    public var results: [AlterUserScramCredentialsResult] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        throttleTimeMs = try reader.readInt32()
        let resultsCount = try reader.readArrayCount(flexible: true, elementByteCount: 5)
        results.reserveCapacity(resultsCount)
        for _ in 0..<resultsCount {
            results.append(try AlterUserScramCredentialsResult(from: &reader, version: version))
        }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeInt32(throttleTimeMs)
        try writer.writeArrayCount(results.count, flexible: true)
        for value in results { try value.write(to: &writer, version: version) }
        writer.writeTagCount(0)
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

    /// By user.
    public struct AlterUserScramCredentialsResult: Sendable {
        /// The user.
        public var user: String = ""
        /// Why nothing is changed, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            user = try reader.readString(flexible: true)
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(user, flexible: true)
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: true)
            writer.writeTagCount(0)
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }
}
