// Generated from SchemaGenerator/Messages/18_ApiVersions.kafka by Scripts/generate-messages. Do not edit.

/// The versions that the broker offers. The first request on a connection.
public struct ApiVersionsRequest: KafkaRequest {
    public typealias Response = ApiVersionsResponse
    public static var apiKey: ApiKey { .apiVersions }
    public static var name: String { "ApiVersions" }
    public static var versions: ClosedRange<Int16> { 0...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 3 }

    /// The client library, a claim. Versions 3+.
    public var clientSoftwareName: String = ""
    /// Its version, a claim. Versions 3+.
    public var clientSoftwareVersion: String = ""

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version >= 3 {
            clientSoftwareName = try reader.readString(flexible: flexible)
            clientSoftwareVersion = try reader.readString(flexible: flexible)
        }
        if flexible {
            try reader.skipTags()
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        if version >= 3 {
            try writer.writeString(clientSoftwareName, flexible: flexible)
            try writer.writeString(clientSoftwareVersion, flexible: flexible)
        }
        if flexible {
            writer.writeTagCount(0)
        }
    }
}

/// The offer. An error answer to a version above ours is written as version 0, with the range of this API in it.
public struct ApiVersionsResponse: KafkaResponse {
    public static var apiKey: ApiKey { .apiVersions }
    public static var name: String { "ApiVersions" }
    public static var versions: ClosedRange<Int16> { 0...4 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 3 }

    /// UNSUPPORTED_VERSION, INVALID_REQUEST or none.
    public var errorCode: ErrorCode = .none
    /// The offer, one entry for each API.
    public var apiKeys: [ApiVersion] = []
    /// How long the request was held back by a quota. Versions 1+.
    public var throttleTimeMs: Int32 = 0
    /// Features that the broker knows (KIP-584). Versions 3+.
    public var supportedFeatures: [SupportedFeatureKey] = []
    /// When the levels below were set; -1 unknown. Versions 3+.
    public var finalizedFeaturesEpoch: Int64 = -1
    /// Features that the cluster uses. Versions 3+.
    public var finalizedFeatures: [FinalizedFeatureKey] = []
    /// A cluster that can leave ZooKeeper; never ours. Versions 3+.
    public var zkMigrationReady: Bool = false
    /// Ours: "1", by which our client knows that it may send our tags. Versions 3+.
    public var sluiceFeatures: String? = nil

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        errorCode = try reader.readErrorCode()
        let apiKeysCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
        apiKeys.reserveCapacity(apiKeysCount)
        for _ in 0..<apiKeysCount { apiKeys.append(try ApiVersion(from: &reader, version: version)) }
        if version >= 1 {
            throttleTimeMs = try reader.readInt32()
        }
        if flexible {
            for _ in 0..<(try reader.readTagCount()) {
                let tag = try reader.beginTag()
                switch tag.number {
                case 0:
                    let supportedFeaturesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
                    supportedFeatures.removeAll()
                    supportedFeatures.reserveCapacity(supportedFeaturesCount)
                    for _ in 0..<supportedFeaturesCount {
                        supportedFeatures.append(try SupportedFeatureKey(from: &reader, version: version))
                    }
                case 1:
                    finalizedFeaturesEpoch = try reader.readInt64()
                case 2:
                    let finalizedFeaturesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 6)
                    finalizedFeatures.removeAll()
                    finalizedFeatures.reserveCapacity(finalizedFeaturesCount)
                    for _ in 0..<finalizedFeaturesCount {
                        finalizedFeatures.append(try FinalizedFeatureKey(from: &reader, version: version))
                    }
                case 3:
                    zkMigrationReady = try reader.readBool()
                case 10000:
                    sluiceFeatures = try reader.readNullableString(flexible: flexible)
                default: reader.skipToTagEnd()
                }
                try reader.endTag(tag)
            }
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 3
        writer.writeErrorCode(errorCode)
        try writer.writeArrayCount(apiKeys.count, flexible: flexible)
        for value in apiKeys { try value.write(to: &writer, version: version) }
        if version >= 1 {
            writer.writeInt32(throttleTimeMs)
        }
        if flexible {
            var tagCount = 0
            if !supportedFeatures.isEmpty { tagCount += 1 }
            if finalizedFeaturesEpoch != -1 { tagCount += 1 }
            if !finalizedFeatures.isEmpty { tagCount += 1 }
            if zkMigrationReady { tagCount += 1 }
            if sluiceFeatures != nil { tagCount += 1 }
            writer.writeTagCount(tagCount)
            if !supportedFeatures.isEmpty {
                let tag = writer.beginTag(0)
                try writer.writeArrayCount(supportedFeatures.count, flexible: flexible)
                for value in supportedFeatures { try value.write(to: &writer, version: version) }
                writer.endTag(tag)
            }
            if finalizedFeaturesEpoch != -1 {
                let tag = writer.beginTag(1)
                writer.writeInt64(finalizedFeaturesEpoch)
                writer.endTag(tag)
            }
            if !finalizedFeatures.isEmpty {
                let tag = writer.beginTag(2)
                try writer.writeArrayCount(finalizedFeatures.count, flexible: flexible)
                for value in finalizedFeatures { try value.write(to: &writer, version: version) }
                writer.endTag(tag)
            }
            if zkMigrationReady {
                let tag = writer.beginTag(3)
                writer.writeBool(zkMigrationReady)
                writer.endTag(tag)
            }
            if sluiceFeatures != nil {
                let tag = writer.beginTag(10000)
                try writer.writeNullableString(sluiceFeatures, flexible: flexible)
                writer.endTag(tag)
            }
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

    /// The offer, one entry for each API.
    public struct ApiVersion: Sendable {
        /// The API.
        public var apiKey: Int16 = 0
        /// The lowest version offered.
        public var minVersion: Int16 = 0
        /// The highest version offered.
        public var maxVersion: Int16 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 3
            apiKey = try reader.readInt16()
            minVersion = try reader.readInt16()
            maxVersion = try reader.readInt16()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 3
            writer.writeInt16(apiKey)
            writer.writeInt16(minVersion)
            writer.writeInt16(maxVersion)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Features that the broker knows (KIP-584).
    public struct SupportedFeatureKey: Sendable {
        /// The feature.
        public var name: String = ""
        /// Its lowest level.
        public var minVersion: Int16 = 0
        /// Its highest level.
        public var maxVersion: Int16 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            minVersion = try reader.readInt16()
            maxVersion = try reader.readInt16()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            writer.writeInt16(minVersion)
            writer.writeInt16(maxVersion)
            writer.writeTagCount(0)
        }
    }

    /// Features that the cluster uses.
    public struct FinalizedFeatureKey: Sendable {
        /// The feature.
        public var name: String = ""
        /// Its highest level in use.
        public var maxVersionLevel: Int16 = 0
        /// Its lowest level in use.
        public var minVersionLevel: Int16 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            maxVersionLevel = try reader.readInt16()
            minVersionLevel = try reader.readInt16()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            writer.writeInt16(maxVersionLevel)
            writer.writeInt16(minVersionLevel)
            writer.writeTagCount(0)
        }
    }
}
