// Generated from SchemaGenerator/Messages/60_DescribeCluster.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DescribeClusterRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.includeClusterAuthorizedOperations = random.bool()
        if version >= 1 {
            value.endpointType = random.integer()
        }
        if version >= 2 {
            value.includeFencedBrokers = random.bool()
        }
        return value
    }
}

extension DescribeClusterResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        if version >= 1 {
            value.endpointType = random.integer()
        }
        value.clusterId = random.string()
        value.controllerId = random.integer()
        value.brokers = random.array { random in
            DescribeClusterResponse.DescribeClusterBroker.sample(&random, version: version)
        }
        value.clusterAuthorizedOperations = random.integer()
        return value
    }
}

extension DescribeClusterResponse.DescribeClusterBroker {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.brokerId = random.integer()
        value.host = random.string()
        value.port = random.integer()
        value.rack = random.oneIn(4) ? nil : random.string()
        if version >= 2 {
            value.isFenced = random.bool()
        }
        return value
    }
}
