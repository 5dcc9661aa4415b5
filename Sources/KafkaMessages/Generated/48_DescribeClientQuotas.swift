// Generated from SchemaGenerator/Messages/48_DescribeClientQuotas.kafka by Scripts/generate-messages. Do not edit.

/// Which quotas are set for users, client ids and addresses (KIP-546).
public struct DescribeClientQuotasRequest: KafkaRequest {
    public typealias Response = DescribeClientQuotasResponse
    public static var apiKey: ApiKey { .describeClientQuotas }
    public static var name: String { "DescribeClientQuotas" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 1 }

    /// What an entity must have to be listed.
    public var components: [ComponentData] = []
    /// Leave out entities that have other parts as well.
    public var strict: Bool = false

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        let componentsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
        components.reserveCapacity(componentsCount)
        for _ in 0..<componentsCount { components.append(try ComponentData(from: &reader, version: version)) }
        strict = try reader.readBool()
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        try writer.writeArrayCount(components.count, flexible: flexible)
        for value in components { try value.write(to: &writer, version: version) }
        writer.writeBool(strict)
        if flexible {
            writer.writeTagCount(0)
        }
    }

    /// What an entity must have to be listed.
    public struct ComponentData: Sendable {
        /// user, client-id or ip.
        public var entityType: String = ""
        /// 0 the name in `match`, 1 the default, 2 any name or the default.
        public var matchType: Int8 = 0
        /// The name, for match type 0.
        public var match: String? = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            entityType = try reader.readString(flexible: flexible)
            matchType = try reader.readInt8()
            match = try reader.readNullableString(flexible: flexible)
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            try writer.writeString(entityType, flexible: flexible)
            writer.writeInt8(matchType)
            try writer.writeNullableString(match, flexible: flexible)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}

/// The quotas that match.
public struct DescribeClientQuotasResponse: KafkaResponse {
    public static var apiKey: ApiKey { .describeClientQuotas }
    public static var name: String { "DescribeClientQuotas" }
    public static var versions: ClosedRange<Int16> { 0...1 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 1 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// Why there is no answer, or none.
    public var errorCode: ErrorCode = .none
    /// The same in words.
    public var errorMessage: String? = ""
    /// One for each entity; null with an error.
    public var entries: [EntryData]? = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        throttleTimeMs = try reader.readInt32()
        errorCode = try reader.readErrorCode()
        errorMessage = try reader.readNullableString(flexible: flexible)
        if let entriesCount = try reader.readNullableArrayCount(flexible: flexible, elementByteCount: 3) {
            var entriesValues: [EntryData] = []
            entriesValues.reserveCapacity(entriesCount)
            for _ in 0..<entriesCount { entriesValues.append(try EntryData(from: &reader, version: version)) }
            entries = entriesValues
        } else {
            entries = nil
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 1
        writer.writeInt32(throttleTimeMs)
        writer.writeErrorCode(errorCode)
        try writer.writeNullableString(errorMessage, flexible: flexible)
        if let values = entries {
            try writer.writeArrayCount(values.count, flexible: flexible)
            for value in values { try value.write(to: &writer, version: version) }
        } else {
            writer.writeNullArray(flexible: flexible)
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

    /// One for each entity; null with an error.
    public struct EntryData: Sendable {
        /// Its parts.
        public var entity: [EntityData] = []
        /// Its quotas.
        public var values: [ValueData] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            let entityCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            entity.reserveCapacity(entityCount)
            for _ in 0..<entityCount { entity.append(try EntityData(from: &reader, version: version)) }
            let valuesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 10)
            values.reserveCapacity(valuesCount)
            for _ in 0..<valuesCount { values.append(try ValueData(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            try writer.writeArrayCount(entity.count, flexible: flexible)
            for value in entity { try value.write(to: &writer, version: version) }
            try writer.writeArrayCount(values.count, flexible: flexible)
            for value in values { try value.write(to: &writer, version: version) }
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

    /// Its quotas.
    public struct ValueData: Sendable {
        /// producer_byte_rate and so on.
        public var key: String = ""
        /// In the key's unit, a second.
        public var value: Double = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 1
            key = try reader.readString(flexible: flexible)
            value = try reader.readFloat64()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 1
            try writer.writeString(key, flexible: flexible)
            writer.writeFloat64(value)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }
}
