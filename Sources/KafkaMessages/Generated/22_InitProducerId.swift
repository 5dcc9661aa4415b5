// Generated from SchemaGenerator/Messages/22_InitProducerId.kafka by Scripts/generate-messages. Do not edit.

/// A producer's id and epoch, for idempotence and transactions. Kafka 4 offers version 6 (KIP-939) only where unstable
/// versions are switched on; so it is read and written, but not offered.
public struct InitProducerIdRequest: KafkaRequest {
    public typealias Response = InitProducerIdResponse
    public static var apiKey: ApiKey { .initProducerId }
    public static var name: String { "InitProducerId" }
    public static var versions: ClosedRange<Int16> { 0...6 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// The transactional id; null: idempotence only.
    public var transactionalId: String? = ""
    /// A transaction open for longer is aborted.
    public var transactionTimeoutMs: Int32 = 0
    /// The id that the producer has, to go on with its epoch (KIP-360); -1: none. Versions 3+.
    public var producerId: Int64 = -1
    /// Its epoch; -1: none. Versions 3+.
    public var producerEpoch: Int16 = -1
    /// Somebody else decides on the transaction's end. Versions 6+.
    public var enable2Pc: Bool = false
    /// Leave an open transaction as it is. Versions 6+.
    public var keepPreparedTxn: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        transactionalId = try reader.readNullableString(flexible: flexible)
        transactionTimeoutMs = try reader.readInt32()
        if version >= 3 {
            producerId = try reader.readInt64()
            producerEpoch = try reader.readInt16()
        }
        if version >= 6 {
            enable2Pc = try reader.readBool()
            keepPreparedTxn = try reader.readBool()
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        if version < 3, producerId != -1 {
            throw .notInVersion("InitProducerIdRequest.producerId", version)
        }
        if version < 3, producerEpoch != -1 {
            throw .notInVersion("InitProducerIdRequest.producerEpoch", version)
        }
        if version < 6, enable2Pc {
            throw .notInVersion("InitProducerIdRequest.enable2Pc", version)
        }
        if version < 6, keepPreparedTxn {
            throw .notInVersion("InitProducerIdRequest.keepPreparedTxn", version)
        }
        try writer.writeNullableString(transactionalId, flexible: flexible)
        writer.writeInt32(transactionTimeoutMs)
        if version >= 3 {
            writer.writeInt64(producerId)
            writer.writeInt16(producerEpoch)
        }
        if version >= 6 {
            writer.writeBool(enable2Pc)
            writer.writeBool(keepPreparedTxn)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }
}

/// The id and epoch.
public struct InitProducerIdResponse: KafkaResponse {
    public static var apiKey: ApiKey { .initProducerId }
    public static var name: String { "InitProducerId" }
    public static var versions: ClosedRange<Int16> { 0...6 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 2 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Why there is no id, or none.
    public var errorCode: ErrorCode = .none
    /// The id.
    public var producerId: Int64 = -1
    /// Its epoch.
    public var producerEpoch: Int16 = 0
    /// The id of the transaction that was left open; -1: none. Versions 6+.
    public var ongoingTxnProducerId: Int64 = -1
    /// Its epoch; -1: none. Versions 6+.
    public var ongoingTxnProducerEpoch: Int16 = -1

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        throttleTimeMs = try reader.readInt32()
        errorCode = try reader.readErrorCode()
        producerId = try reader.readInt64()
        producerEpoch = try reader.readInt16()
        if version >= 6 {
            ongoingTxnProducerId = try reader.readInt64()
            ongoingTxnProducerEpoch = try reader.readInt16()
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 2
        if version < 6, ongoingTxnProducerId != -1 {
            throw .notInVersion("InitProducerIdResponse.ongoingTxnProducerId", version)
        }
        if version < 6, ongoingTxnProducerEpoch != -1 {
            throw .notInVersion("InitProducerIdResponse.ongoingTxnProducerEpoch", version)
        }
        writer.writeInt32(throttleTimeMs)
        writer.writeErrorCode(errorCode)
        writer.writeInt64(producerId)
        writer.writeInt16(producerEpoch)
        if version >= 6 {
            writer.writeInt64(ongoingTxnProducerId)
            writer.writeInt16(ongoingTxnProducerEpoch)
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

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }
}
