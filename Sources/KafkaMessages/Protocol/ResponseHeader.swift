/// What stands before every response.
///
///     int32 correlationId                                     header v0
///     tagged fields                                           header v1: flexible versions, but never ApiVersions
///
/// ApiVersions always has header v0, since the client can't know yet what the broker understands (KIP-511).
public struct ResponseHeader: Sendable {
    public var correlationId: Int32

    public init(correlationId: Int32) {
        self.correlationId = correlationId
    }

    public init(from reader: inout WireReader, apiKey: ApiKey, apiVersion: Int16) throws(WireError) {
        correlationId = try reader.readInt32()
        if Self.version(apiKey: apiKey, apiVersion: apiVersion) >= 1 { try reader.skipTags() }
    }

    public func write(to writer: inout WireWriter, apiKey: ApiKey, apiVersion: Int16) {
        writer.writeInt32(correlationId)
        if Self.version(apiKey: apiKey, apiVersion: apiVersion) >= 1 { writer.writeTagCount(0) }
    }

    public static func version(apiKey: ApiKey, apiVersion: Int16) -> Int16 {
        if apiKey == .apiVersions { return 0 }
        return SupportedApis.isFlexible(apiKeyNumber: apiKey.rawValue, apiVersion: apiVersion) ? 1 : 0
    }
}
