// Generated from SchemaGenerator/Messages/01_Fetch.kafka by Scripts/generate-messages. Do not edit.

public import NIOCore

/// Record batches of partitions, from given offsets on. Names no consumer group.
public struct FetchRequest: KafkaRequest {
    public typealias Response = FetchResponse
    public static var apiKey: ApiKey { .fetch }
    public static var name: String { "Fetch" }
    public static var versions: ClosedRange<Int16> { 4...18 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 12 }

    /// The cluster that the sender takes this broker for a part of. Versions 12+.
    public var clusterId: String? = nil
    /// -1 for a consumer, else the broker that replicates. Versions 4–14.
    public var replicaId: Int32 = -1
    /// The broker that replicates. Versions 15+.
    public var replicaState: ReplicaState = ReplicaState()
    /// How long to wait for minBytes.
    public var maxWaitMs: Int32 = 0
    /// Answer as soon as there is this much.
    public var minBytes: Int32 = 0
    /// The most to answer with; the first batch is always whole.
    public var maxBytes: Int32 = 0x7fffffff
    /// 0 read uncommitted, 1 read committed.
    public var isolationLevel: Int8 = 0
    /// The fetch session (KIP-227); 0: none. Versions 7+.
    public var sessionId: Int32 = 0
    /// Its next epoch; 0 opens one, -1 wants none. Versions 7+.
    public var sessionEpoch: Int32 = -1
    /// What to fetch; in a session, what changed.
    public var topics: [FetchTopic] = []
    /// What leaves the session. Versions 7+.
    public var forgottenTopicsData: [ForgottenTopic] = []
    /// The consumer's rack. Versions 11+.
    public var rackId: String = ""
    /// Ours: the consumer group that the reader claims. Versions 12+.
    public var group: String? = nil
    /// Ours: a deployed module, by its SHA-256, to run after the reader's own view. Versions 12+.
    public var adhocDigest: Digest256? = nil
    /// Ours: a module to run after the reader's own view. Versions 12+.
    public var adhocModule: ByteBuffer? = nil
    /// Ours: the parameters of either. Versions 12+.
    public var adhocParams: [AdhocParameter] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 12
        if version <= 14 {
            replicaId = try reader.readInt32()
        }
        maxWaitMs = try reader.readInt32()
        minBytes = try reader.readInt32()
        maxBytes = try reader.readInt32()
        isolationLevel = try reader.readInt8()
        if version >= 7 {
            sessionId = try reader.readInt32()
            sessionEpoch = try reader.readInt32()
        }
        let topicsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        topics.reserveCapacity(topicsCount)
        for _ in 0..<topicsCount { topics.append(try FetchTopic(from: &reader, version: version)) }
        if version >= 7 {
            let forgottenTopicsDataCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
            forgottenTopicsData.reserveCapacity(forgottenTopicsDataCount)
            for _ in 0..<forgottenTopicsDataCount {
                forgottenTopicsData.append(try ForgottenTopic(from: &reader, version: version))
            }
        }
        if version >= 11 {
            rackId = try reader.readString(flexible: flexible)
        }
        if flexible {
            for _ in 0..<(try reader.readTagCount()) {
                let tag = try reader.beginTag()
                switch tag.number {
                case 0:
                    clusterId = try reader.readNullableString(flexible: flexible)
                case 1 where version >= 15:
                    replicaState = try ReplicaState(from: &reader, version: version)
                case 10000:
                    group = try reader.readNullableString(flexible: flexible)
                case 10001:
                    adhocDigest = try reader.readDigest256()
                case 10002:
                    adhocModule = try reader.readNullableBytes(flexible: flexible)
                case 10003:
                    let adhocParamsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
                    adhocParams.removeAll()
                    adhocParams.reserveCapacity(adhocParamsCount)
                    for _ in 0..<adhocParamsCount {
                        adhocParams.append(try AdhocParameter(from: &reader, version: version))
                    }
                default: reader.skipToTagEnd()
                }
                try reader.endTag(tag)
            }
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 12
        if version > 14, replicaId != -1 {
            throw .notInVersion("FetchRequest.replicaId", version)
        }
        if version < 15, !replicaState.isDefault {
            throw .notInVersion("FetchRequest.replicaState", version)
        }
        if version < 7, !forgottenTopicsData.isEmpty {
            throw .notInVersion("FetchRequest.forgottenTopicsData", version)
        }
        if version < 12, group != nil {
            throw .notInVersion("FetchRequest.group", version)
        }
        if version < 12, adhocDigest != nil {
            throw .notInVersion("FetchRequest.adhocDigest", version)
        }
        if version < 12, adhocModule != nil {
            throw .notInVersion("FetchRequest.adhocModule", version)
        }
        if version < 12, !adhocParams.isEmpty {
            throw .notInVersion("FetchRequest.adhocParams", version)
        }
        if version <= 14 {
            writer.writeInt32(replicaId)
        }
        writer.writeInt32(maxWaitMs)
        writer.writeInt32(minBytes)
        writer.writeInt32(maxBytes)
        writer.writeInt8(isolationLevel)
        if version >= 7 {
            writer.writeInt32(sessionId)
            writer.writeInt32(sessionEpoch)
        }
        try writer.writeArrayCount(topics.count, flexible: flexible)
        for value in topics { try value.write(to: &writer, version: version) }
        if version >= 7 {
            try writer.writeArrayCount(forgottenTopicsData.count, flexible: flexible)
            for value in forgottenTopicsData { try value.write(to: &writer, version: version) }
        }
        if version >= 11 {
            try writer.writeString(rackId, flexible: flexible)
        }
        if flexible {
            var tagCount = 0
            if clusterId != nil { tagCount += 1 }
            if version >= 15, !replicaState.isDefault { tagCount += 1 }
            if group != nil { tagCount += 1 }
            if adhocDigest != nil { tagCount += 1 }
            if adhocModule != nil { tagCount += 1 }
            if !adhocParams.isEmpty { tagCount += 1 }
            writer.writeTagCount(tagCount)
            if clusterId != nil {
                let tag = writer.beginTag(0)
                try writer.writeNullableString(clusterId, flexible: flexible)
                writer.endTag(tag)
            }
            if version >= 15, !replicaState.isDefault {
                let tag = writer.beginTag(1)
                try replicaState.write(to: &writer, version: version)
                writer.endTag(tag)
            }
            if group != nil {
                let tag = writer.beginTag(10000)
                try writer.writeNullableString(group, flexible: flexible)
                writer.endTag(tag)
            }
            if adhocDigest != nil {
                let tag = writer.beginTag(10001)
                if let adhocDigest { writer.writeDigest256(adhocDigest) }
                writer.endTag(tag)
            }
            if adhocModule != nil {
                let tag = writer.beginTag(10002)
                try writer.writeNullableBytes(adhocModule, flexible: flexible)
                writer.endTag(tag)
            }
            if !adhocParams.isEmpty {
                let tag = writer.beginTag(10003)
                try writer.writeArrayCount(adhocParams.count, flexible: flexible)
                for value in adhocParams { try value.write(to: &writer, version: version) }
                writer.endTag(tag)
            }
        }
    }

    /// The broker that replicates.
    public struct ReplicaState: Sendable {
        /// Its node id; -1 for a consumer.
        public var replicaId: Int32 = -1
        /// Its epoch.
        public var replicaEpoch: Int64 = -1

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            replicaId = try reader.readInt32()
            replicaEpoch = try reader.readInt64()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(replicaId)
            writer.writeInt64(replicaEpoch)
            writer.writeTagCount(0)
        }

        /// Every field has its default: then a tag that holds this struct isn't sent.
        var isDefault: Bool {
            replicaId == -1 && replicaEpoch == -1
        }
    }

    /// What to fetch; in a session, what changed.
    public struct FetchTopic: Sendable {
        /// The topic by name. Versions 4–12.
        public var topic: String = ""
        /// The topic by id. Versions 13+.
        public var topicId: Uuid = .zero
        /// Its partitions.
        public var partitions: [FetchPartition] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 12
            if version <= 12 {
                topic = try reader.readString(flexible: flexible)
            }
            if version >= 13 {
                topicId = try reader.readUuid()
            }
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 16)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount { partitions.append(try FetchPartition(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 12
            if version <= 12 {
                try writer.writeString(topic, flexible: flexible)
            }
            if version >= 13 {
                writer.writeUuid(topicId)
            }
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Its partitions.
    public struct FetchPartition: Sendable {
        /// The partition.
        public var partition: Int32 = 0
        /// The leader epoch that the consumer knows; -1: don't check. Versions 9+.
        public var currentLeaderEpoch: Int32 = -1
        /// The first offset wanted.
        public var fetchOffset: Int64 = 0
        /// The epoch of the last record fetched; -1: don't check for divergence. Versions 12+.
        public var lastFetchedEpoch: Int32 = -1
        /// Where the follower's log starts; -1 for a consumer. Versions 5+.
        public var logStartOffset: Int64 = -1
        /// The most of this partition.
        public var partitionMaxBytes: Int32 = 0
        /// The log directory of the follower. Versions 17+.
        public var replicaDirectoryId: Uuid = .zero
        /// The high watermark that the follower knows. Versions 18+.
        public var highWatermark: Int64 = 0x7fffffffffffffff

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 12
            partition = try reader.readInt32()
            if version >= 9 {
                currentLeaderEpoch = try reader.readInt32()
            }
            fetchOffset = try reader.readInt64()
            if version >= 12 {
                lastFetchedEpoch = try reader.readInt32()
            }
            if version >= 5 {
                logStartOffset = try reader.readInt64()
            }
            partitionMaxBytes = try reader.readInt32()
            if flexible {
                for _ in 0..<(try reader.readTagCount()) {
                    let tag = try reader.beginTag()
                    switch tag.number {
                    case 0 where version >= 17:
                        replicaDirectoryId = try reader.readUuid()
                    case 1 where version >= 18:
                        highWatermark = try reader.readInt64()
                    default: reader.skipToTagEnd()
                    }
                    try reader.endTag(tag)
                }
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 12
            if version < 12, lastFetchedEpoch != -1 {
                throw .notInVersion("FetchPartition.lastFetchedEpoch", version)
            }
            writer.writeInt32(partition)
            if version >= 9 {
                writer.writeInt32(currentLeaderEpoch)
            }
            writer.writeInt64(fetchOffset)
            if version >= 12 {
                writer.writeInt32(lastFetchedEpoch)
            }
            if version >= 5 {
                writer.writeInt64(logStartOffset)
            }
            writer.writeInt32(partitionMaxBytes)
            if flexible {
                var tagCount = 0
                if version >= 17, replicaDirectoryId != .zero { tagCount += 1 }
                if version >= 18, highWatermark != 0x7fffffffffffffff { tagCount += 1 }
                writer.writeTagCount(tagCount)
                if version >= 17, replicaDirectoryId != .zero {
                    let tag = writer.beginTag(0)
                    writer.writeUuid(replicaDirectoryId)
                    writer.endTag(tag)
                }
                if version >= 18, highWatermark != 0x7fffffffffffffff {
                    let tag = writer.beginTag(1)
                    writer.writeInt64(highWatermark)
                    writer.endTag(tag)
                }
            }
        }
    }

    /// What leaves the session.
    public struct ForgottenTopic: Sendable {
        /// The topic by name. Versions 7–12.
        public var topic: String = ""
        /// The topic by id. Versions 13+.
        public var topicId: Uuid = .zero
        /// Its partitions.
        public var partitions: [Int32] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 12
            if version <= 12 {
                topic = try reader.readString(flexible: flexible)
            }
            if version >= 13 {
                topicId = try reader.readUuid()
            }
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 4)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount { partitions.append(try reader.readInt32()) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 12
            if version <= 12 {
                try writer.writeString(topic, flexible: flexible)
            }
            if version >= 13 {
                writer.writeUuid(topicId)
            }
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { writer.writeInt32(value) }
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Ours: the parameters of either.
    public struct AdhocParameter: Sendable {
        /// The parameter's name.
        public var name: String = ""
        /// Its value.
        public var value: String = ""

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            name = try reader.readString(flexible: true)
            value = try reader.readString(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            try writer.writeString(name, flexible: true)
            try writer.writeString(value, flexible: true)
            writer.writeTagCount(0)
        }
    }
}

/// Record batches, and how far each partition goes.
public struct FetchResponse: KafkaResponse {
    public static var apiKey: ApiKey { .fetch }
    public static var name: String { "Fetch" }
    public static var versions: ClosedRange<Int16> { 4...18 }
    public static func isFlexible(_ version: Int16) -> Bool { version >= 12 }

    /// How long the request was held back by a quota.
    public var throttleTimeMs: Int32 = 0
    /// What is wrong with the request or session as a whole. Versions 7+.
    public var errorCode: ErrorCode = .none
    /// The session that was opened or goes on; 0: none. Versions 7+.
    public var sessionId: Int32 = 0
    /// The answers by topic.
    public var responses: [FetchableTopicResponse] = []
    /// Addresses of the leaders named above. Versions 16+.
    public var nodeEndpoints: [NodeEndpoint] = []

    public init() {}

    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 12
        throttleTimeMs = try reader.readInt32()
        if version >= 7 {
            errorCode = try reader.readErrorCode()
            sessionId = try reader.readInt32()
        }
        let responsesCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 3)
        responses.reserveCapacity(responsesCount)
        for _ in 0..<responsesCount { responses.append(try FetchableTopicResponse(from: &reader, version: version)) }
        if flexible {
            for _ in 0..<(try reader.readTagCount()) {
                let tag = try reader.beginTag()
                switch tag.number {
                case 0 where version >= 16:
                    let nodeEndpointsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 11)
                    nodeEndpoints.removeAll()
                    nodeEndpoints.reserveCapacity(nodeEndpointsCount)
                    for _ in 0..<nodeEndpointsCount {
                        nodeEndpoints.append(try NodeEndpoint(from: &reader, version: version))
                    }
                default: reader.skipToTagEnd()
                }
                try reader.endTag(tag)
            }
        }
    }

    public func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
        try Self.check(version)
        let flexible = version >= 12
        if version < 7, sessionId != 0 {
            throw .notInVersion("FetchResponse.sessionId", version)
        }
        if version < 16, !nodeEndpoints.isEmpty {
            throw .notInVersion("FetchResponse.nodeEndpoints", version)
        }
        writer.writeInt32(throttleTimeMs)
        if version >= 7 {
            writer.writeErrorCode(errorCode)
            writer.writeInt32(sessionId)
        }
        try writer.writeArrayCount(responses.count, flexible: flexible)
        for value in responses { try value.write(to: &writer, version: version) }
        if flexible {
            var tagCount = 0
            if version >= 16, !nodeEndpoints.isEmpty { tagCount += 1 }
            writer.writeTagCount(tagCount)
            if version >= 16, !nodeEndpoints.isEmpty {
                let tag = writer.beginTag(0)
                try writer.writeArrayCount(nodeEndpoints.count, flexible: flexible)
                for value in nodeEndpoints { try value.write(to: &writer, version: version) }
                writer.endTag(tag)
            }
        }
    }

    /// The first error in it, in the order of its fields; NONE if there is none.
    public var firstError: ErrorCode {
        if errorCode != .none { return errorCode }
        for value in responses {
            let error = value.firstError
            if error != .none { return error }
        }
        return .none
    }

    /// Says how long the client is held back by a quota, in the versions that can.
    public mutating func throttle(ms: Int32) {
        throttleTimeMs = ms
    }

    /// The answers by topic.
    public struct FetchableTopicResponse: Sendable {
        /// The topic by name. Versions 4–12.
        public var topic: String = ""
        /// The topic by id. Versions 13+.
        public var topicId: Uuid = .zero
        /// The answers by partition.
        public var partitions: [PartitionData] = []

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 12
            if version <= 12 {
                topic = try reader.readString(flexible: flexible)
            }
            if version >= 13 {
                topicId = try reader.readUuid()
            }
            let partitionsCount = try reader.readArrayCount(flexible: flexible, elementByteCount: 30)
            partitions.reserveCapacity(partitionsCount)
            for _ in 0..<partitionsCount { partitions.append(try PartitionData(from: &reader, version: version)) }
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 12
            if version <= 12 {
                try writer.writeString(topic, flexible: flexible)
            }
            if version >= 13 {
                writer.writeUuid(topicId)
            }
            try writer.writeArrayCount(partitions.count, flexible: flexible)
            for value in partitions { try value.write(to: &writer, version: version) }
            if flexible {
                writer.writeTagCount(0)
            }
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            for value in partitions {
                let error = value.firstError
                if error != .none { return error }
            }
            return .none
        }
    }

    /// The answers by partition.
    public struct PartitionData: Sendable {
        /// The partition.
        public var partitionIndex: Int32 = 0
        /// Why there is nothing, or none.
        public var errorCode: ErrorCode = .none
        /// The offset after the last committed record; -1 where it isn't told.
        public var highWatermark: Int64 = 0
        /// The offset up to which every transaction has ended.
        public var lastStableOffset: Int64 = -1
        /// The first offset that the partition still has. Versions 5+.
        public var logStartOffset: Int64 = -1
        /// Where the fetcher's log parts from the leader's. Versions 12+.
        public var divergingEpoch: EpochEndOffset = EpochEndOffset()
        /// Where the leader is now, after an error about leadership. Versions 12+.
        public var currentLeader: LeaderIdAndEpoch = LeaderIdAndEpoch()
        /// The snapshot to fetch instead (metadata quorum only). Versions 12+.
        public var snapshotId: SnapshotId = SnapshotId()
        /// Transactions in these batches that were aborted; null unless read committed.
        public var abortedTransactions: [AbortedTransaction]? = nil
        /// The replica to read from instead; -1: none. Versions 11+.
        public var preferredReadReplica: Int32 = -1
        /// The batches. The default is empty, not null: librdkafka drops an answer that holds a null.
        public var records: Records = .empty

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 12
            partitionIndex = try reader.readInt32()
            errorCode = try reader.readErrorCode()
            highWatermark = try reader.readInt64()
            lastStableOffset = try reader.readInt64()
            if version >= 5 {
                logStartOffset = try reader.readInt64()
            }
            if let abortedTransactionsCount = try reader.readNullableArrayCount(
                flexible: flexible, elementByteCount: 16)
            {
                var abortedTransactionsValues: [AbortedTransaction] = []
                abortedTransactionsValues.reserveCapacity(abortedTransactionsCount)
                for _ in 0..<abortedTransactionsCount {
                    abortedTransactionsValues.append(try AbortedTransaction(from: &reader, version: version))
                }
                abortedTransactions = abortedTransactionsValues
            } else {
                abortedTransactions = nil
            }
            if version >= 11 {
                preferredReadReplica = try reader.readInt32()
            }
            records = try reader.readRecords(flexible: flexible)
            if flexible {
                for _ in 0..<(try reader.readTagCount()) {
                    let tag = try reader.beginTag()
                    switch tag.number {
                    case 0:
                        divergingEpoch = try EpochEndOffset(from: &reader, version: version)
                    case 1:
                        currentLeader = try LeaderIdAndEpoch(from: &reader, version: version)
                    case 2:
                        snapshotId = try SnapshotId(from: &reader, version: version)
                    default: reader.skipToTagEnd()
                    }
                    try reader.endTag(tag)
                }
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 12
            if version < 12, !divergingEpoch.isDefault {
                throw .notInVersion("PartitionData.divergingEpoch", version)
            }
            if version < 12, !currentLeader.isDefault {
                throw .notInVersion("PartitionData.currentLeader", version)
            }
            if version < 12, !snapshotId.isDefault {
                throw .notInVersion("PartitionData.snapshotId", version)
            }
            if version < 11, preferredReadReplica != -1 {
                throw .notInVersion("PartitionData.preferredReadReplica", version)
            }
            writer.writeInt32(partitionIndex)
            writer.writeErrorCode(errorCode)
            writer.writeInt64(highWatermark)
            writer.writeInt64(lastStableOffset)
            if version >= 5 {
                writer.writeInt64(logStartOffset)
            }
            if let values = abortedTransactions {
                try writer.writeArrayCount(values.count, flexible: flexible)
                for value in values { try value.write(to: &writer, version: version) }
            } else {
                writer.writeNullArray(flexible: flexible)
            }
            if version >= 11 {
                writer.writeInt32(preferredReadReplica)
            }
            try writer.writeRecords(records, flexible: flexible)
            if flexible {
                var tagCount = 0
                if !divergingEpoch.isDefault { tagCount += 1 }
                if !currentLeader.isDefault { tagCount += 1 }
                if !snapshotId.isDefault { tagCount += 1 }
                writer.writeTagCount(tagCount)
                if !divergingEpoch.isDefault {
                    let tag = writer.beginTag(0)
                    try divergingEpoch.write(to: &writer, version: version)
                    writer.endTag(tag)
                }
                if !currentLeader.isDefault {
                    let tag = writer.beginTag(1)
                    try currentLeader.write(to: &writer, version: version)
                    writer.endTag(tag)
                }
                if !snapshotId.isDefault {
                    let tag = writer.beginTag(2)
                    try snapshotId.write(to: &writer, version: version)
                    writer.endTag(tag)
                }
            }
        }

        /// The first error in it, in the order of its fields; NONE if there is none.
        public var firstError: ErrorCode {
            if errorCode != .none { return errorCode }
            return .none
        }
    }

    /// Where the fetcher's log parts from the leader's.
    public struct EpochEndOffset: Sendable {
        /// The largest epoch of both.
        public var epoch: Int32 = -1
        /// Its end offset.
        public var endOffset: Int64 = -1

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            epoch = try reader.readInt32()
            endOffset = try reader.readInt64()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(epoch)
            writer.writeInt64(endOffset)
            writer.writeTagCount(0)
        }

        /// Every field has its default: then a tag that holds this struct isn't sent.
        var isDefault: Bool {
            epoch == -1 && endOffset == -1
        }
    }

    /// Where the leader is now, after an error about leadership.
    public struct LeaderIdAndEpoch: Sendable {
        /// The leader's node id; -1 unknown.
        public var leaderId: Int32 = -1
        /// The leader's epoch; -1 unknown.
        public var leaderEpoch: Int32 = -1

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            leaderId = try reader.readInt32()
            leaderEpoch = try reader.readInt32()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(leaderId)
            writer.writeInt32(leaderEpoch)
            writer.writeTagCount(0)
        }

        /// Every field has its default: then a tag that holds this struct isn't sent.
        var isDefault: Bool {
            leaderId == -1 && leaderEpoch == -1
        }
    }

    /// The snapshot to fetch instead (metadata quorum only).
    public struct SnapshotId: Sendable {
        /// Its end offset.
        public var endOffset: Int64 = -1
        /// Its epoch.
        public var epoch: Int32 = -1

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            endOffset = try reader.readInt64()
            epoch = try reader.readInt32()
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt64(endOffset)
            writer.writeInt32(epoch)
            writer.writeTagCount(0)
        }

        /// Every field has its default: then a tag that holds this struct isn't sent.
        var isDefault: Bool {
            endOffset == -1 && epoch == -1
        }
    }

    /// Transactions in these batches that were aborted; null unless read committed.
    public struct AbortedTransaction: Sendable {
        /// The producer of the transaction.
        public var producerId: Int64 = 0
        /// Its first offset.
        public var firstOffset: Int64 = 0

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            let flexible = version >= 12
            producerId = try reader.readInt64()
            firstOffset = try reader.readInt64()
            if flexible {
                try reader.skipTags()
            }
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            let flexible = version >= 12
            writer.writeInt64(producerId)
            writer.writeInt64(firstOffset)
            if flexible {
                writer.writeTagCount(0)
            }
        }
    }

    /// Addresses of the leaders named above.
    public struct NodeEndpoint: Sendable {
        /// The broker's node id.
        public var nodeId: Int32 = 0
        /// Its host name.
        public var host: String = ""
        /// Its port.
        public var port: Int32 = 0
        /// Its rack.
        public var rack: String? = nil

        public init() {}

        init(from reader: inout WireReader, version: Int16) throws(WireError) {
            nodeId = try reader.readInt32()
            host = try reader.readString(flexible: true)
            port = try reader.readInt32()
            rack = try reader.readNullableString(flexible: true)
            try reader.skipTags()
        }

        func write(to writer: inout WireWriter, version: Int16) throws(WireError) {
            writer.writeInt32(nodeId)
            try writer.writeString(host, flexible: true)
            writer.writeInt32(port)
            try writer.writeNullableString(rack, flexible: true)
            writer.writeTagCount(0)
        }
    }
}
