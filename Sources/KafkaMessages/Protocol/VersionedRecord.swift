public import NIOCore

/// A key, value or member metadata that begins with its own version: an int16, then the fields of that version.
public protocol VersionedRecord: Sendable {
    static var name: String { get }
    static var versions: ClosedRange<Int16> { get }
    static func isFlexible(_ version: Int16) -> Bool

    init()
    /// Reads the fields, without the version in front.
    init(from reader: inout WireReader, version: Int16) throws(WireError)
    /// Writes the fields, without the version in front.
    func write(to writer: inout WireWriter, version: Int16) throws(WireError)
}

extension VersionedRecord {
    @inline(__always)
    static func check(_ version: Int16) throws(WireError) {
        guard versions.contains(version) else { throw WireError(.unsupportedVersion, version: version) }
    }

    /// The version in front and the fields.
    public func encode(version: Int16) throws(WireError) -> ByteBuffer {
        var writer = WireWriter(minimumCapacity: 128)
        writer.writeInt16(version)
        try write(to: &writer, version: version)
        var whole = ByteBuffer()
        for piece in writer.finish() {
            // Records of this kind hold no `external` records.
            if case .bytes(var bytes) = piece { whole.writeBuffer(&bytes) }
        }
        return whole
    }

    /// Reads the version in front and the fields; bytes after them are ignored.
    /// - Throws: `unsupportedVersion` for a version that isn't in `versions`.
    public init(decoding bytes: ByteBuffer) throws(WireError) {
        var reader = WireReader(bytes)
        let version = try reader.readInt16()
        try self.init(from: &reader, version: version)
    }
}

extension VersionedRecord where Self: ConsumerProtocolRecord {
    /// Reads the version in front and the fields. A version above those that we have is read as our highest, as Kafka
    /// does: newer ones only add fields at the end.
    public init(decoding bytes: ByteBuffer) throws(WireError) {
        var reader = WireReader(bytes)
        let version = try reader.readInt16()
        try self.init(from: &reader, version: min(version, Self.versions.upperBound))
    }
}

/// What members of a consumer group tell each other through the broker (KIP-429, KIP-792, KIP-881).
public protocol ConsumerProtocolRecord {}
extension ConsumerProtocolSubscription: ConsumerProtocolRecord {}
extension ConsumerProtocolAssignment: ConsumerProtocolRecord {}
