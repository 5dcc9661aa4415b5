// Generated from SchemaGenerator/Messages/34_AlterReplicaLogDirs.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension AlterReplicaLogDirsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.dirs = random.array { random in
            AlterReplicaLogDirsRequest.AlterReplicaLogDir.sample(&random, version: version)
        }
        return value
    }
}

extension AlterReplicaLogDirsRequest.AlterReplicaLogDir {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.path = random.string()
        value.topics = random.array { random in
            AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic.sample(&random, version: version)
        }
        return value
    }
}

extension AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in random.integer() }
        return value
    }
}

extension AlterReplicaLogDirsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.results = random.array { random in
            AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult.sample(&random, version: version)
        }
        return value
    }
}

extension AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topicName = random.string()
        value.partitions = random.array { random in
            AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult.sample(&random, version: version)
        }
        return value
    }
}

extension AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}
