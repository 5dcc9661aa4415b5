// Generated from SchemaGenerator/Messages/13_LeaveGroup.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension LeaveGroupRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        if version <= 2 {
            value.memberId = random.string()
        }
        if version >= 3 {
            value.members = random.array { random in LeaveGroupRequest.MemberIdentity.sample(&random, version: version)
            }
        }
        return value
    }
}

extension LeaveGroupRequest.MemberIdentity {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.memberId = random.string()
        value.groupInstanceId = random.oneIn(4) ? nil : random.string()
        if version >= 5 {
            value.reason = random.oneIn(4) ? nil : random.string()
        }
        return value
    }
}

extension LeaveGroupResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 1 {
            value.throttleTimeMs = random.integer()
        }
        value.errorCode = ErrorCode(rawValue: random.integer())
        if version >= 3 {
            value.members = random.array { random in LeaveGroupResponse.MemberResponse.sample(&random, version: version)
            }
        }
        return value
    }
}

extension LeaveGroupResponse.MemberResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.memberId = random.string()
        value.groupInstanceId = random.oneIn(4) ? nil : random.string()
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}
