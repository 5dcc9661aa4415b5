// Generated from SchemaGenerator/Messages/ConsumerProtocol.kafka by Scripts/generate-messages. Do not edit.

public import NIOCore

/// What a consumer tells the leader of its group, in JoinGroup's metadata.
public struct ConsumerProtocolSubscription: VersionedRecord {
    public static var name: String { "ConsumerProtocolSubscription" }
    public static var versions: ClosedRange<Int16> { 0...3 }
    public static func isFlexible(_ version: Int16) -> Bool { false }

    /// The topics that it wants.
    public var topics: [String] = []
    /// What its assignor adds.
    public var userData: ByteBuffer? = nil
    /// What it has now (KIP-429). Versions 1+.
    public var ownedPartitions: [TopicPartition] = []
    /// The generation in which it got them; -1 unknown (KIP-792). Versions 2+.
    public var generationId: Int32 = -1
    /// Its rack (KIP-881). Versions 3+.
    public var rackId: String? = nil

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let topicsCount = try reader.readArrayCount(flexible: false, elementByteCount: 2)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try reader.readString(flexible: false)) }
        userData = try reader.readNullableBytes(flexible: false)
        if version >= 1 {
            let ownedPartitionsCount = try reader.readArrayCount(flexible: false, elementByteCount: 6)
            ownedPartitions.reserveCapacity(ownedPartitionsCount)
            for _ in 0..<ownedPartitionsCount {
                ownedPartitions.append(try TopicPartition(from: &reader, version: version))
            }
        }
        if version >= 2 {
            generationId = try reader.readInt32()
        }
        if version >= 3 {
            rackId = try reader.readNullableString(flexible: false)
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        try writer.writeArrayCount(topics.count, flexible: false)
        for value in topics { try writer.writeString(value, flexible: false) }
        try writer.writeNullableBytes(userData, flexible: false)
        if version >= 1 {
            try writer.writeArrayCount(ownedPartitions.count, flexible: false)
            for value in ownedPartitions { try value.write(to: &writer, version: version) }
        }
        if version >= 2 {
            writer.writeInt32(generationId)
        }
        if version >= 3 {
            try writer.writeNullableString(rackId, flexible: false)
        }
    }

    /// What it has now (KIP-429).
    public struct TopicPartition: Sendable {
        /// The topic.
        public var topic: String = ""
        /// Its partitions.
        public var partitions: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            topic = try reader.readString(flexible: false)
            let partitionsCount = try reader.readArrayCount(flexible: false, elementByteCount: 4)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount { partitions.append(try reader.readInt32()) }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(topic, flexible: false)
            try writer.writeArrayCount(partitions.count, flexible: false)
            for value in partitions { writer.writeInt32(value) }
        }
    }
}

/// What the leader gives a consumer, in SyncGroup's assignment.
public struct ConsumerProtocolAssignment: VersionedRecord {
    public static var name: String { "ConsumerProtocolAssignment" }
    public static var versions: ClosedRange<Int16> { 0...3 }
    public static func isFlexible(_ version: Int16) -> Bool { false }

    /// The partitions.
    public var assignedPartitions: [TopicPartition] = []
    /// What the assignor adds.
    public var userData: ByteBuffer? = nil

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let assignedPartitionsCount = try reader.readArrayCount(flexible: false, elementByteCount: 6)
        assignedPartitions.reserveCapacity(assignedPartitionsCount)
        for _ in 0..<assignedPartitionsCount {
            assignedPartitions.append(try TopicPartition(from: &reader, version: version))
        }
        userData = try reader.readNullableBytes(flexible: false)
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        try writer.writeArrayCount(assignedPartitions.count, flexible: false)
        for value in assignedPartitions { try value.write(to: &writer, version: version) }
        try writer.writeNullableBytes(userData, flexible: false)
    }

    /// The partitions.
    public struct TopicPartition: Sendable {
        /// The topic.
        public var topic: String = ""
        /// Its partitions.
        public var partitions: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            topic = try reader.readString(flexible: false)
            let partitionsCount = try reader.readArrayCount(flexible: false, elementByteCount: 4)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount { partitions.append(try reader.readInt32()) }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(topic, flexible: false)
            try writer.writeArrayCount(partitions.count, flexible: false)
            for value in partitions { writer.writeInt32(value) }
        }
    }
}
