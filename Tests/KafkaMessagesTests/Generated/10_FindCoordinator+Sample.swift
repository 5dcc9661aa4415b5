// Generated from SchemaGenerator/Messages/10_FindCoordinator.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension FindCoordinatorRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 3 {
            value.key = random.string()
        }
        if version >= 1 {
            value.keyType = random.integer()
        }
        if version >= 4 {
            value.coordinatorKeys = random.array { random in random.string() }
        }
        return value
    }
}

extension FindCoordinatorResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 1 {
            value.throttleTimeMs = random.integer()
        }
        if version <= 3 {
            value.errorCode = ErrorCode(rawValue: random.integer())
        }
        if version >= 1 && version <= 3 {
            value.errorMessage = random.oneIn(4) ? nil : random.string()
        }
        if version <= 3 {
            value.nodeId = random.integer()
        }
        if version <= 3 {
            value.host = random.string()
        }
        if version <= 3 {
            value.port = random.integer()
        }
        if version >= 4 {
            value.coordinators = random.array { random in
                FindCoordinatorResponse.Coordinator.sample(&random, version: version)
            }
        }
        return value
    }
}

extension FindCoordinatorResponse.Coordinator {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.key = random.string()
        value.nodeId = random.integer()
        value.host = random.string()
        value.port = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        return value
    }
}
