// Generated from SchemaGenerator/Messages/01_Fetch.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension FetchRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 12 {
            value.clusterId = random.oneIn(4) ? nil : random.string()
        }
        if version <= 14 {
            value.replicaId = random.integer()
        }
        if version >= 15 {
            value.replicaState = FetchRequest.ReplicaState.sample(&random, version: version)
        }
        value.maxWaitMs = random.integer()
        value.minBytes = random.integer()
        value.maxBytes = random.integer()
        value.isolationLevel = random.integer()
        if version >= 7 {
            value.sessionId = random.integer()
        }
        if version >= 7 {
            value.sessionEpoch = random.integer()
        }
        value.topics = random.array { random in FetchRequest.FetchTopic.sample(&random, version: version) }
        if version >= 7 {
            value.forgottenTopicsData = random.array { random in
                FetchRequest.ForgottenTopic.sample(&random, version: version)
            }
        }
        if version >= 11 {
            value.rackId = random.string()
        }
        if version >= 12 {
            value.group = random.oneIn(4) ? nil : random.string()
        }
        if version >= 12 {
            value.adhocDigest = random.digest256()
        }
        if version >= 12 {
            value.adhocModule = random.oneIn(4) ? nil : random.bytes()
        }
        if version >= 12 {
            value.adhocParams = random.array { random in FetchRequest.AdhocParameter.sample(&random, version: version) }
        }
        return value
    }
}

extension FetchRequest.ReplicaState {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.replicaId = random.integer()
        value.replicaEpoch = random.integer()
        return value
    }
}

extension FetchRequest.FetchTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 12 {
            value.topic = random.string()
        }
        if version >= 13 {
            value.topicId = random.uuid()
        }
        value.partitions = random.array { random in FetchRequest.FetchPartition.sample(&random, version: version) }
        return value
    }
}

extension FetchRequest.FetchPartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partition = random.integer()
        if version >= 9 {
            value.currentLeaderEpoch = random.integer()
        }
        value.fetchOffset = random.integer()
        if version >= 12 {
            value.lastFetchedEpoch = random.integer()
        }
        if version >= 5 {
            value.logStartOffset = random.integer()
        }
        value.partitionMaxBytes = random.integer()
        if version >= 17 {
            value.replicaDirectoryId = random.uuid()
        }
        if version >= 18 {
            value.highWatermark = random.integer()
        }
        return value
    }
}

extension FetchRequest.ForgottenTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 12 {
            value.topic = random.string()
        }
        if version >= 13 {
            value.topicId = random.uuid()
        }
        value.partitions = random.array { random in random.integer() }
        return value
    }
}

extension FetchRequest.AdhocParameter {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.value = random.string()
        return value
    }
}

extension FetchResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        if version >= 7 {
            value.errorCode = ErrorCode(rawValue: random.integer())
        }
        if version >= 7 {
            value.sessionId = random.integer()
        }
        value.responses = random.array { random in
            FetchResponse.FetchableTopicResponse.sample(&random, version: version)
        }
        if version >= 16 {
            value.nodeEndpoints = random.array { random in FetchResponse.NodeEndpoint.sample(&random, version: version)
            }
        }
        return value
    }
}

extension FetchResponse.FetchableTopicResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 12 {
            value.topic = random.string()
        }
        if version >= 13 {
            value.topicId = random.uuid()
        }
        value.partitions = random.array { random in FetchResponse.PartitionData.sample(&random, version: version) }
        return value
    }
}

extension FetchResponse.PartitionData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.highWatermark = random.integer()
        value.lastStableOffset = random.integer()
        if version >= 5 {
            value.logStartOffset = random.integer()
        }
        if version >= 12 {
            value.divergingEpoch = FetchResponse.EpochEndOffset.sample(&random, version: version)
        }
        if version >= 12 {
            value.currentLeader = FetchResponse.LeaderIdAndEpoch.sample(&random, version: version)
        }
        if version >= 12 {
            value.snapshotId = FetchResponse.SnapshotId.sample(&random, version: version)
        }
        value.abortedTransactions =
            random.oneIn(4)
            ? nil : random.array { random in FetchResponse.AbortedTransaction.sample(&random, version: version) }
        if version >= 11 {
            value.preferredReadReplica = random.integer()
        }
        value.records = random.oneIn(4) ? .null : .bytes(random.bytes())
        return value
    }
}

extension FetchResponse.EpochEndOffset {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.epoch = random.integer()
        value.endOffset = random.integer()
        return value
    }
}

extension FetchResponse.LeaderIdAndEpoch {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.leaderId = random.integer()
        value.leaderEpoch = random.integer()
        return value
    }
}

extension FetchResponse.SnapshotId {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.endOffset = random.integer()
        value.epoch = random.integer()
        return value
    }
}

extension FetchResponse.AbortedTransaction {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.producerId = random.integer()
        value.firstOffset = random.integer()
        return value
    }
}

extension FetchResponse.NodeEndpoint {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.nodeId = random.integer()
        value.host = random.string()
        value.port = random.integer()
        value.rack = random.oneIn(4) ? nil : random.string()
        return value
    }
}
