// Generated from SchemaGenerator/Messages/03_Metadata.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension MetadataRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topics =
            (version >= 1) && random.oneIn(4)
            ? nil : random.array { random in MetadataRequest.MetadataRequestTopic.sample(&random, version: version) }
        if version >= 4 {
            value.allowAutoTopicCreation = random.bool()
        }
        if version >= 8 && version <= 10 {
            value.includeClusterAuthorizedOperations = random.bool()
        }
        if version >= 8 {
            value.includeTopicAuthorizedOperations = random.bool()
        }
        return value
    }
}

extension MetadataRequest.MetadataRequestTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 10 {
            value.topicId = random.uuid()
        }
        value.name = (version >= 10) && random.oneIn(4) ? nil : random.string()
        return value
    }
}

extension MetadataResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 3 {
            value.throttleTimeMs = random.integer()
        }
        value.brokers = random.array { random in
            MetadataResponse.MetadataResponseBroker.sample(&random, version: version)
        }
        if version >= 2 {
            value.clusterId = random.oneIn(4) ? nil : random.string()
        }
        if version >= 1 {
            value.controllerId = random.integer()
        }
        value.topics = random.array { random in MetadataResponse.MetadataResponseTopic.sample(&random, version: version)
        }
        if version >= 8 && version <= 10 {
            value.clusterAuthorizedOperations = random.integer()
        }
        if version >= 13 {
            value.errorCode = ErrorCode(rawValue: random.integer())
        }
        return value
    }
}

extension MetadataResponse.MetadataResponseBroker {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.nodeId = random.integer()
        value.host = random.string()
        value.port = random.integer()
        if version >= 1 {
            value.rack = random.oneIn(4) ? nil : random.string()
        }
        return value
    }
}

extension MetadataResponse.MetadataResponseTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.name = (version >= 12) && random.oneIn(4) ? nil : random.string()
        if version >= 10 {
            value.topicId = random.uuid()
        }
        if version >= 1 {
            value.isInternal = random.bool()
        }
        value.partitions = random.array { random in
            MetadataResponse.MetadataResponsePartition.sample(&random, version: version)
        }
        if version >= 8 {
            value.topicAuthorizedOperations = random.integer()
        }
        return value
    }
}

extension MetadataResponse.MetadataResponsePartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.partitionIndex = random.integer()
        value.leaderId = random.integer()
        if version >= 7 {
            value.leaderEpoch = random.integer()
        }
        value.replicaNodes = random.array { random in random.integer() }
        value.isrNodes = random.array { random in random.integer() }
        if version >= 5 {
            value.offlineReplicas = random.array { random in random.integer() }
        }
        return value
    }
}
