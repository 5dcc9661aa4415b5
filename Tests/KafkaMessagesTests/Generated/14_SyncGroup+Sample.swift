// Generated from SchemaGenerator/Messages/14_SyncGroup.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension SyncGroupRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        value.generationId = random.integer()
        value.memberId = random.string()
        if version >= 3 {
            value.groupInstanceId = random.oneIn(4) ? nil : random.string()
        }
        if version >= 5 {
            value.protocolType = random.oneIn(4) ? nil : random.string()
        }
        if version >= 5 {
            value.protocolName = random.oneIn(4) ? nil : random.string()
        }
        value.assignments = random.array { random in
            SyncGroupRequest.SyncGroupRequestAssignment.sample(&random, version: version)
        }
        return value
    }
}

extension SyncGroupRequest.SyncGroupRequestAssignment {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.memberId = random.string()
        value.assignment = random.bytes()
        return value
    }
}

extension SyncGroupResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 1 {
            value.throttleTimeMs = random.integer()
        }
        value.errorCode = ErrorCode(rawValue: random.integer())
        if version >= 5 {
            value.protocolType = random.oneIn(4) ? nil : random.string()
        }
        if version >= 5 {
            value.protocolName = random.oneIn(4) ? nil : random.string()
        }
        value.assignment = random.bytes()
        return value
    }
}
