// Generated from SchemaGenerator/Messages/17_SaslHandshake.kafka by Scripts/generate-messages. Do not edit.

/// Which SASL mechanism a login uses (KIP-43, KIP-152).
public struct SaslHandshakeRequest: KafkaRequest {
    public typealias Response = SaslHandshakeResponse
    public static var apiKey: ApiKey { .saslHandshake }
    public static var name: String { "SaslHandshake" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { false }

    /// The mechanism that the client wants. Version 0: its tokens follow without headers.
    public var mechanism: String = ""

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        mechanism = try reader.readString(flexible: false)
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        try writer.writeString(mechanism, flexible: false)
    }
}

/// Whether the mechanism is there.
public struct SaslHandshakeResponse: KafkaResponse {
    public static var apiKey: ApiKey { .saslHandshake }
    public static var name: String { "SaslHandshake" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { false }

    /// UNSUPPORTED_SASL_MECHANISM, or none.
    public var errorCode: ErrorCode = .none
    /// The mechanisms that are there, on success, too.
    public var mechanisms: [String] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        errorCode = try reader.readErrorCode()
        let mechanismsCount = try reader.readArrayCount(flexible: false, elementByteCount: 2)
        mechanisms.reserveCapacity(mechanismsCount)
        for _ in 0..<mechanismsCount { mechanisms.append(try reader.readString(flexible: false)) }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        writer.writeErrorCode(errorCode)
        try writer.writeArrayCount(mechanisms.count, flexible: false)
        for value in mechanisms { try writer.writeString(value, flexible: false) }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
        return .none
    }
}
