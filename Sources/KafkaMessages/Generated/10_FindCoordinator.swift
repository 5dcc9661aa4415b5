// Generated from SchemaGenerator/Messages/10_FindCoordinator.kafka by Scripts/generate-messages. Do not edit.

/// Which broker coordinates a group or a transactional id.
public struct FindCoordinatorRequest: KafkaRequest {
    public typealias Response = FindCoordinatorResponse
    public static var apiKey: ApiKey { .findCoordinator }
    public static var name: String { "FindCoordinator" }
    public static var versions: ClosedRange<Int16> { 0...6 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 3 }

    /// The group, transactional id or share partition. Versions 0–3.
    public var key: String = ""
    /// 0 group, 1 transaction, 2 share partition. Versions 1+.
    public var keyType: Int8 = 0
    /// The groups, transactional ids or share partitions. Versions 4+.
    public var coordinatorKeys: [String] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version <= 3 {
            key = try reader.readString(flexible: flexible)
        }
        if version >= 1 {
            keyType = try reader.readInt8()
        }
        if version >= 4 {
            let coordinatorKeysCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 1)
            coordinatorKeys.reserveCapacity(coordinatorKeysCount)
            for _ in 0..<coordinatorKeysCount { coordinatorKeys.append(try reader.readString(flexible: flexible)) }
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version > 3, !key.isEmpty {
            throw .notInVersion("FindCoordinatorRequest.key", version)
        }
        if version < 1, keyType != 0 {
            throw .notInVersion("FindCoordinatorRequest.keyType", version)
        }
        if version < 4, !coordinatorKeys.isEmpty {
            throw .notInVersion("FindCoordinatorRequest.coordinatorKeys", version)
        }
        if version <= 3 {
            try writer.writeString(key, flexible: flexible)
        }
        if version >= 1 {
            writer.writeInt8(keyType)
        }
        if version >= 4 {
            try writer.writeArrayCount(coordinatorKeys.count, flexible: flexible)
            for value in coordinatorKeys { try writer.writeString(value, flexible: flexible) }
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }
}

/// The coordinators.
public struct FindCoordinatorResponse: KafkaResponse {
    public static var apiKey: ApiKey { .findCoordinator }
    public static var name: String { "FindCoordinator" }
    public static var versions: ClosedRange<Int16> { 0...6 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 3 }

    /// How long the request was held back by a quota. Versions 1+.
    public var throttleTimeMs: Int32 = 0
    /// Why there is no coordinator, or none. Versions 0–3.
    public var errorCode: ErrorCode = .none
    /// The same in words. Versions 1–3.
    public var errorMessage: String? = ""
    /// The coordinator's node id. Versions 0–3.
    public var nodeId: Int32 = 0
    /// Its host name. Versions 0–3.
    public var host: String = ""
    /// Its port. Versions 0–3.
    public var port: Int32 = 0
    /// One answer for each key. Versions 4+.
    public var coordinators: [Coordinator] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version >= 1 {
            throttleTimeMs = try reader.readInt32()
        }
        if version <= 3 {
            errorCode = try reader.readErrorCode()
        }
        if version >= 1 && version <= 3 {
            errorMessage = try reader.readNullableString(flexible: flexible)
        }
        if version <= 3 {
            nodeId = try reader.readInt32()
            host = try reader.readString(flexible: flexible)
            port = try reader.readInt32()
        }
        if version >= 4 {
            let coordinatorsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 14)
            coordinators.reserveCapacity(coordinatorsCount)
            for _ in 0..<coordinatorsCount { coordinators.append(try Coordinator(from: &reader, version: version)) }
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version > 3, errorCode != .none {
            throw .notInVersion("FindCoordinatorResponse.errorCode", version)
        }
        if version > 3, nodeId != 0 {
            throw .notInVersion("FindCoordinatorResponse.nodeId", version)
        }
        if version > 3, !host.isEmpty {
            throw .notInVersion("FindCoordinatorResponse.host", version)
        }
        if version > 3, port != 0 {
            throw .notInVersion("FindCoordinatorResponse.port", version)
        }
        if version < 4, !coordinators.isEmpty {
            throw .notInVersion("FindCoordinatorResponse.coordinators", version)
        }
        if version >= 1 {
            writer.writeInt32(throttleTimeMs)
        }
        if version <= 3 {
            writer.writeErrorCode(errorCode)
        }
        if version >= 1 && version <= 3 {
            try writer.writeNullableString(errorMessage, flexible: flexible)
        }
        if version <= 3 {
            writer.writeInt32(nodeId)
            try writer.writeString(host, flexible: flexible)
            writer.writeInt32(port)
        }
        if version >= 4 {
            try writer.writeArrayCount(coordinators.count, flexible: flexible)
            for value in coordinators { try value.write(to: &writer, version: version) }
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
        for value in coordinators {
            let error = value.firstError
            if error != .none { return error }
        }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// One answer for each key.
    public struct Coordinator: Sendable {
        /// The key.
        public var key: String = ""
        /// The coordinator's node id.
        public var nodeId: Int32 = 0
        /// Its host name.
        public var host: String = ""
        /// Its port.
        public var port: Int32 = 0
        /// Why there is no coordinator, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            key = try reader.readString(flexible: true)
            nodeId = try reader.readInt32()
            host = try reader.readString(flexible: true)
            port = try reader.readInt32()
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(key, flexible: true)
            writer.writeInt32(nodeId)
            try writer.writeString(host, flexible: true)
            writer.writeInt32(port)
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
