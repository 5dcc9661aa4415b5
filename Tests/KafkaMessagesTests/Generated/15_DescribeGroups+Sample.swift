// Generated from SchemaGenerator/Messages/15_DescribeGroups.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DescribeGroupsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groups = random.array { random in random.string() }
        if version >= 3 {
            value.includeAuthorizedOperations = random.bool()
        }
        return value
    }
}

extension DescribeGroupsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 1 {
            value.throttleTimeMs = random.integer()
        }
        value.groups = random.array { random in DescribeGroupsResponse.DescribedGroup.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeGroupsResponse.DescribedGroup {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        if version >= 6 {
            value.errorMessage = random.oneIn(4) ? nil : random.string()
        }
        value.groupId = random.string()
        value.groupState = random.string()
        value.protocolType = random.string()
        value.protocolData = random.string()
        value.members = random.array { random in
            DescribeGroupsResponse.DescribedGroupMember.sample(&random, version: version)
        }
        if version >= 3 {
            value.authorizedOperations = random.integer()
        }
        return value
    }
}

extension DescribeGroupsResponse.DescribedGroupMember {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.memberId = random.string()
        if version >= 4 {
            value.groupInstanceId = random.oneIn(4) ? nil : random.string()
        }
        value.clientId = random.string()
        value.clientHost = random.string()
        value.memberMetadata = random.bytes()
        value.memberAssignment = random.bytes()
        return value
    }
}
