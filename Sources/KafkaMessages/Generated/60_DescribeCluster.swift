// Generated from SchemaGenerator/Messages/60_DescribeCluster.kafka by Scripts/generate-messages. Do not edit.

/// The brokers of a cluster.
public struct DescribeClusterRequest: KafkaRequest {
    public typealias Response = DescribeClusterResponse
    public static var apiKey: ApiKey { .describeCluster }
    public static var name: String { "DescribeCluster" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// Say what the client may do with the cluster.
    public var includeClusterAuthorizedOperations: Bool = false
    /// 1 brokers, 2 controllers. Versions 1+.
    public var endpointType: Int8 = 1
    /// Also list brokers that are fenced. Versions 2+.
    public var includeFencedBrokers: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        includeClusterAuthorizedOperations = try reader.readBool()
        if version >= 1 {
            endpointType = try reader.readInt8()
        }
        if version >= 2 {
            includeFencedBrokers = try reader.readBool()
        }
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        if version < 1, endpointType != 1 {
            throw .notInVersion("DescribeClusterRequest.endpointType", version)
        }
        if version < 2, includeFencedBrokers {
            throw .notInVersion("DescribeClusterRequest.includeFencedBrokers", version)
        }
        writer.writeBool(includeClusterAuthorizedOperations)
        if version >= 1 {
            writer.writeInt8(endpointType)
        }
        if version >= 2 {
            writer.writeBool(includeFencedBrokers)
        }
        writer.writeTagCount(0)
    }
}

/// The cluster.
public struct DescribeClusterResponse: KafkaResponse {
    public static var apiKey: ApiKey { .describeCluster }
    public static var name: String { "DescribeCluster" }
    public static var versions: ClosedRange<Int16> { 0...2 }
    public static func isFlexible(_ version: Int16) -> Bool { true }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Why there is no answer, or none.
    public var errorCode: ErrorCode = .none
    /// The same in words.
    public var errorMessage: String? = nil
    /// What brokers lists: 1 brokers, 2 controllers. Versions 1+.
    public var endpointType: Int8 = 1
    /// The cluster.
    public var clusterId: String = ""
    /// The node that administers it.
    public var controllerId: Int32 = -1
    /// Its brokers.
    public var brokers: [DescribeClusterBroker] = []
    /// Bits of the operations; the default: not asked for.
    public var clusterAuthorizedOperations: Int32 = -2147483648

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        throttleTimeMs = try reader.readInt32()
        errorCode = try reader.readErrorCode()
        errorMessage = try reader.readNullableString(flexible: true)
        if version >= 1 {
            endpointType = try reader.readInt8()
        }
        clusterId = try reader.readString(flexible: true)
        controllerId = try reader.readInt32()
        let brokersCount = try reader.readArrayCount(flexible: true, elementByteCount: 11)
        brokers.reserveCapacity(brokersCount)
        for _ in 0..<brokersCount { brokers.append(try DescribeClusterBroker(from: &reader, version: version)) }
        clusterAuthorizedOperations = try reader.readInt32()
        try reader.skipTags()
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        if version < 1, endpointType != 1 {
            throw .notInVersion("DescribeClusterResponse.endpointType", version)
        }
        writer.writeInt32(throttleTimeMs)
        writer.writeErrorCode(errorCode)
        try writer.writeNullableString(errorMessage, flexible: true)
        if version >= 1 {
            writer.writeInt8(endpointType)
        }
        try writer.writeString(clusterId, flexible: true)
        writer.writeInt32(controllerId)
        try writer.writeArrayCount(brokers.count, flexible: true)
        for value in brokers { try value.write(to: &writer, version: version) }
        writer.writeInt32(clusterAuthorizedOperations)
        writer.writeTagCount(0)
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

    /// Its brokers.
    public struct DescribeClusterBroker: Sendable {
        /// The node.
        public var brokerId: Int32 = 0
        /// Where clients reach it.
        public var host: String = ""
        /// The port there.
        public var port: Int32 = 0
        /// Its rack.
        public var rack: String? = nil
        /// It takes no work. Versions 2+.
        public var isFenced: Bool = false

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            brokerId = try reader.readInt32()
            host = try reader.readString(flexible: true)
            port = try reader.readInt32()
            rack = try reader.readNullableString(flexible: true)
            if version >= 2 {
                isFenced = try reader.readBool()
            }
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            if version < 2, isFenced {
                throw .notInVersion("DescribeClusterBroker.isFenced", version)
            }
            writer.writeInt32(brokerId)
            try writer.writeString(host, flexible: true)
            writer.writeInt32(port)
            try writer.writeNullableString(rack, flexible: true)
            if version >= 2 {
                writer.writeBool(isFenced)
            }
            writer.writeTagCount(0)
        }
    }
}
