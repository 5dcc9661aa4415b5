// Generated from SchemaGenerator/Messages/11_JoinGroup.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension JoinGroupRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        value.sessionTimeoutMs = random.integer()
        if version >= 1 {
            value.rebalanceTimeoutMs = random.integer()
        }
        value.memberId = random.string()
        if version >= 5 {
            value.groupInstanceId = random.oneIn(4) ? nil : random.string()
        }
        value.protocolType = random.string()
        value.protocols = random.array { random in
            JoinGroupRequest.JoinGroupRequestProtocol.sample(&random, version: version)
        }
        if version >= 8 {
            value.reason = random.oneIn(4) ? nil : random.string()
        }
        return value
    }
}

extension JoinGroupRequest.JoinGroupRequestProtocol {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.metadata = random.bytes()
        return value
    }
}

extension JoinGroupResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 2 {
            value.throttleTimeMs = random.integer()
        }
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.generationId = random.integer()
        if version >= 7 {
            value.protocolType = random.oneIn(4) ? nil : random.string()
        }
        value.protocolName = (version >= 7) && random.oneIn(4) ? nil : random.string()
        value.leader = random.string()
        if version >= 9 {
            value.skipAssignment = random.bool()
        }
        value.memberId = random.string()
        value.members = random.array { random in
            JoinGroupResponse.JoinGroupResponseMember.sample(&random, version: version)
        }
        return value
    }
}

extension JoinGroupResponse.JoinGroupResponseMember {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.memberId = random.string()
        if version >= 5 {
            value.groupInstanceId = random.oneIn(4) ? nil : random.string()
        }
        value.metadata = random.bytes()
        return value
    }
}
