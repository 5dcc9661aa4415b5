// Generated from SchemaGenerator/Messages/35_DescribeLogDirs.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DescribeLogDirsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topics =
            random.oneIn(4)
            ? nil
            : random.array { random in DescribeLogDirsRequest.DescribableLogDirTopic.sample(&random, version: version) }
        return value
    }
}

extension DescribeLogDirsRequest.DescribableLogDirTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topic = random.string()
        value.partitions = random.array { random in random.integer() }
        return value
    }
}

extension DescribeLogDirsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        if version >= 3 {
            value.errorCode = ErrorCode(rawValue: random.integer())
        }
        value.results = random.array { random in
            DescribeLogDirsResponse.DescribeLogDirsResult.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeLogDirsResponse.DescribeLogDirsResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.logDir = random.string()
        value.topics = random.array { random in
            DescribeLogDirsResponse.DescribeLogDirsTopic.sample(&random, version: version)
        }
        if version >= 4 {
            value.totalBytes = random.integer()
        }
        if version >= 4 {
            value.usableBytes = random.integer()
        }
        if version >= 5 {
            value.isCordoned = random.bool()
        }
        return value
    }
}

extension DescribeLogDirsResponse.DescribeLogDirsTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            DescribeLogDirsResponse.DescribeLogDirsPartition.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeLogDirsResponse.DescribeLogDirsPartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.partitionSize = random.integer()
        value.offsetLag = random.integer()
        value.isFutureKey = random.bool()
        return value
    }
}
