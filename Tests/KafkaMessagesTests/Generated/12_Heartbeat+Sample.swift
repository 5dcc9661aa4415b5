// Generated from SchemaGenerator/Messages/12_Heartbeat.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension HeartbeatRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        value.generationId = random.integer()
        value.memberId = random.string()
        if version >= 3 {
            value.groupInstanceId = random.oneIn(4) ? nil : random.string()
        }
        return value
    }
}

extension HeartbeatResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 1 {
            value.throttleTimeMs = random.integer()
        }
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}
