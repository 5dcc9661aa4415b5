// Generated from SchemaGenerator/Messages/49_AlterClientQuotas.kafka by Scripts/generate-messages. Do not edit.

/// Sets and removes quotas of users, client ids and addresses (KIP-546).
public struct AlterClientQuotasRequest: KafkaRequest {
    public typealias Response = AlterClientQuotasResponse
    public static var apiKey: ApiKey { .alterClientQuotas }
    public static var name: String { "AlterClientQuotas" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 1 }

    /// One for each entity.
    public var entries: [EntryData] = []
    /// Look, but change nothing.
    public var validateOnly: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        let entriesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        entries.reserveCapacity(entriesCount)
        for _ in 0..<entriesCount { entries.append(try EntryData(from: &reader, version: version)) }
        validateOnly = try reader.readBool()
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        try writer.writeArrayCount(entries.count, flexible: flexible)
        for value in entries { try value.write(to: &writer, version: version) }
        writer.writeBool(validateOnly)
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// One for each entity.
    public struct EntryData: Sendable {
        /// Its parts.
        public var entity: [EntityData] = []
        /// What becomes of its quotas.
        public var ops: [OpData] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            let entityCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            entity.reserveCapacity(entityCount)
            for _ in 0..<entityCount { entity.append(try EntityData(from: &reader, version: version)) }
            let opsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 11)
            ops.reserveCapacity(opsCount)
            for _ in 0..<opsCount { ops.append(try OpData(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            try writer.writeArrayCount(entity.count, flexible: flexible)
            for value in entity { try value.write(to: &writer, version: version) }
            try writer.writeArrayCount(ops.count, flexible: flexible)
            for value in ops { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Its parts.
    public struct EntityData: Sendable {
        /// user, client-id or ip.
        public var entityType: String = ""
        /// The name; null: the default.
        public var entityName: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            entityType = try reader.readString(flexible: flexible)
            entityName = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            try writer.writeString(entityType, flexible: flexible)
            try writer.writeNullableString(entityName, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// What becomes of its quotas.
    public struct OpData: Sendable {
        /// producer_byte_rate and so on.
        public var key: String = ""
        /// In the key's unit, a second; ignored where it's removed.
        public var value: Double = 0
        /// Remove the quota.
        public var remove: Bool = false

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            key = try reader.readString(flexible: flexible)
            value = try reader.readFloat64()
            remove = try reader.readBool()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            try writer.writeString(key, flexible: flexible)
            writer.writeFloat64(value)
            writer.writeBool(remove)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// What became of each entity, in the order of the request.
public struct AlterClientQuotasResponse: KafkaResponse {
    public static var apiKey: ApiKey { .alterClientQuotas }
    public static var name: String { "AlterClientQuotas" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 1 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// One for each entity.
    public var entries: [EntryData] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        throttleTimeMs = try reader.readInt32()
        let entriesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 5)
        entries.reserveCapacity(entriesCount)
        for _ in 0..<entriesCount { entries.append(try EntryData(from: &reader, version: version)) }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        writer.writeInt32(throttleTimeMs)
        try writer.writeArrayCount(entries.count, flexible: flexible)
        for value in entries { try value.write(to: &writer, version: version) }
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        for value in entries {
            let error = value.firstError
            if error != .none { return error }
        }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// One for each entity.
    public struct EntryData: Sendable {
        /// Why nothing of it was changed, or none.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String? = ""
        /// Its parts.
        public var entity: [EntityData] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            errorCode = try reader.readErrorCode()
            errorMessage = try reader.readNullableString(flexible: flexible)
            let entityCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            entity.reserveCapacity(entityCount)
            for _ in 0..<entityCount { entity.append(try EntityData(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            writer.writeErrorCode(errorCode)
            try writer.writeNullableString(errorMessage, flexible: flexible)
            try writer.writeArrayCount(entity.count, flexible: flexible)
            for value in entity { try value.write(to: &writer, version: version) }
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

    /// Its parts.
    public struct EntityData: Sendable {
        /// user, client-id or ip.
        public var entityType: String = ""
        /// The name; null: the default.
        public var entityName: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            entityType = try reader.readString(flexible: flexible)
            entityName = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            try writer.writeString(entityType, flexible: flexible)
            try writer.writeNullableString(entityName, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}
