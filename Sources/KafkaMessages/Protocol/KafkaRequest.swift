public import NIOCore

/// What a request and a response have in common.
public protocol KafkaMessage: Sendable {
    static var apiKey: ApiKey { get }
    /// The API's name as Kafka writes it: "ListOffsets".
    static var name: String { get }
    /// The versions that can be read and written.
    static var versions: ClosedRange<Int16> { get }
    /// Whether the version has compact encodings and tagged fields (KIP-482).
    static func isFlexible(_ version: Int16) -> Bool

    /// Every field at Kafka's default.
    init()
    init(from reader: inout WireReader, version: Int16) throws(WireError)
    /// Throws if a field that isn't ignorable has a value that `version` can't carry.
    func write(to writer: inout WireWriter, version: Int16) throws(WireError)
}

public protocol KafkaRequest: KafkaMessage {
    associatedtype Response: KafkaResponse
}

public protocol KafkaResponse: KafkaMessage {
    /// The first error in the answer, in the order of its fields; NONE if there is none. What metrics count it under.
    var firstError: ErrorCode { get }
    /// Says how long the client is held back by a quota (KIP-219), if the API has a field for it.
    mutating func throttle(ms: Int32)
}

extension KafkaResponse {
    public mutating func throttle(ms: Int32) {}
}

extension KafkaMessage {
    @inline(__always)
    static func check(_ version: Int16) throws(WireError) {
        guard versions.contains(version) else { throw WireError(.unsupportedVersion, version: version) }
    }
}

extension KafkaRequest {
    /// The frame of this request, without its length prefix: header and body.
    public func encode(
        version: Int16, correlationId: Int32, clientId: String?
    ) throws(WireError) -> [WirePiece] {
        var writer = WireWriter()
        let header = RequestHeader(
            apiKeyNumber: Self.apiKey.rawValue, apiVersion: version, correlationId: correlationId, clientId: clientId)
        try header.write(to: &writer)
        try write(to: &writer, version: version)
        return writer.finish()
    }
}

extension KafkaResponse {
    /// The frame of this response, without its length prefix: header and body.
    public func encode(version: Int16, correlationId: Int32) throws(WireError) -> [WirePiece] {
        var writer = WireWriter()
        ResponseHeader(correlationId: correlationId).write(to: &writer, apiKey: Self.apiKey, apiVersion: version)
        try write(to: &writer, version: version)
        return writer.finish()
    }

    /// Reads a frame that `encode` or another broker wrote. Bytes after the body are ignored.
    public init(decoding frame: ByteBuffer, version: Int16) throws(WireError) {
        var reader = WireReader(frame)
        _ = try ResponseHeader(from: &reader, apiKey: Self.apiKey, apiVersion: version)
        try self.init(from: &reader, version: version)
    }
}

extension ApiVersionsResponse {
    /// Reads the frame that answers a request of `version`. A broker that doesn't have that version answers in version 0
    /// with UNSUPPORTED_VERSION (KIP-511), so the error code, which is first in every version, decides.
    public init(answer frame: ByteBuffer, version: Int16) throws(WireError) {
        let isRefusal =
            frame.getInteger(at: frame.readerIndex + 4, as: Int16.self) == ErrorCode.unsupportedVersion.rawValue
        try self.init(decoding: frame, version: isRefusal ? 0 : version)
    }
}
