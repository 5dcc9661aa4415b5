/// What stands before every request: API key, version, correlation id and, from header v1 on, the client id.
///
///     int16 apiKey, int16 apiVersion, int32 correlationId     header v0: ControlledShutdown v0 only
///     classic nullable string clientId                        header v1
///     tagged fields                                           header v2: flexible versions
///
/// The client id stays a classic string in header v2 (KIP-482), so that it can be read before the version is known to
/// be one that we have.
public struct RequestHeader: Sendable {
    /// The key as sent: it may be one that we don't know.
    public var apiKeyNumber: Int16
    public var apiVersion: Int16
    public var correlationId: Int32
    /// What the client says it is; a claim. nil: null, or header v0. Bytes that aren't UTF-8 are replaced by U+FFFD.
    public var clientId: String?

    public init(apiKeyNumber: Int16, apiVersion: Int16, correlationId: Int32, clientId: String?) {
        self.apiKeyNumber = apiKeyNumber
        self.apiVersion = apiVersion
        self.correlationId = correlationId
        self.clientId = clientId
    }

    /// nil for a key that no Kafka has.
    public var apiKey: ApiKey? { ApiKey(rawValue: apiKeyNumber) }

    public init(from reader: inout WireReader) throws(WireError) {
        apiKeyNumber = try reader.readInt16()
        apiVersion = try reader.readInt16()
        correlationId = try reader.readInt32()
        let version = Self.version(apiKeyNumber: apiKeyNumber, apiVersion: apiVersion)
        clientId = version >= 1 ? try reader.readRepairedString() : nil
        if version >= 2 { try reader.skipTags() }
    }

    public func write(to writer: inout WireWriter) throws(WireError) {
        writer.writeInt16(apiKeyNumber)
        writer.writeInt16(apiVersion)
        writer.writeInt32(correlationId)
        let version = Self.version(apiKeyNumber: apiKeyNumber, apiVersion: apiVersion)
        if version >= 1 { try writer.writeNullableString(clientId, flexible: false) }
        if version >= 2 { writer.writeTagCount(0) }
    }

    /// The header version that goes with a request. Of a version above those that we have, flexibility is what the
    /// highest has: ApiVersions must be read and answered whatever its version (KIP-511).
    public static func version(apiKeyNumber: Int16, apiVersion: Int16) -> Int16 {
        if apiKeyNumber == ApiKey.controlledShutdown.rawValue, apiVersion == 0 { return 0 }
        return SupportedApis.isFlexible(apiKeyNumber: apiKeyNumber, apiVersion: apiVersion) ? 2 : 1
    }
}
