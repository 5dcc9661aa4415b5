// Generated from SchemaGenerator/Messages/36_SaslAuthenticate.kafka by Scripts/generate-messages. Do not edit.

public import NIOCore

/// One message of a login (KIP-152, KIP-368).
public struct SaslAuthenticateRequest: KafkaRequest {
    public typealias Response = SaslAuthenticateResponse
    public static var apiKey: ApiKey { .saslAuthenticate }
    public static var name: String { "SaslAuthenticate" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// The mechanism's message.
    public var authBytes: ByteBuffer = ByteBuffer()

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        authBytes = try reader.readBytes(flexible: flexible)
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        try writer.writeBytes(authBytes, flexible: flexible)
        if flexible {
            writer.writeTagCount(0)
        }
    }
}

/// The broker's message.
public struct SaslAuthenticateResponse: KafkaResponse {
    public static var apiKey: ApiKey { .saslAuthenticate }
    public static var name: String { "SaslAuthenticate" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// SASL_AUTHENTICATION_FAILED, or none.
    public var errorCode: ErrorCode = .none
    /// The same in words.
    public var errorMessage: String? = ""
    /// The mechanism's message.
    public var authBytes: ByteBuffer = ByteBuffer()
    /// After this the client must log in again on the connection; 0: never. Versions 1+.
    public var sessionLifetimeMs: Int64 = 0

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        errorCode = try reader.readErrorCode()
        errorMessage = try reader.readNullableString(flexible: flexible)
        authBytes = try reader.readBytes(flexible: flexible)
        if version >= 1 {
            sessionLifetimeMs = try reader.readInt64()
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        writer.writeErrorCode(errorCode)
        try writer.writeNullableString(errorMessage, flexible: flexible)
        try writer.writeBytes(authBytes, flexible: flexible)
        if version >= 1 {
            writer.writeInt64(sessionLifetimeMs)
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
