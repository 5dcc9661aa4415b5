// Generated from SchemaGenerator/Messages/ConsumerOffsets.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension OffsetCommitKey: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.group = random.string()
        value.topic = random.string()
        value.partition = random.integer()
        return value
    }
}

extension OffsetCommitValue: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.offset = random.integer()
        if version >= 3 {
            value.leaderEpoch = random.integer()
        }
        value.metadata = random.string()
        value.commitTimestamp = random.integer()
        if version == 1 {
            value.expireTimestamp = random.integer()
        }
        if version >= 4 {
            value.topicId = random.uuid()
        }
        return value
    }
}

extension GroupMetadataKey: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.group = random.string()
        return value
    }
}

extension GroupMetadataValue: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.protocolType = random.string()
        value.generation = random.integer()
        value.`protocol` = random.oneIn(4) ? nil : random.string()
        value.leader = random.oneIn(4) ? nil : random.string()
        if version >= 2 {
            value.currentStateTimestamp = random.integer()
        }
        value.members = random.array { random in GroupMetadataValue.MemberMetadata.sample(&random, version: version) }
        return value
    }
}

extension GroupMetadataValue.MemberMetadata {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.memberId = random.string()
        if version >= 3 {
            value.groupInstanceId = random.oneIn(4) ? nil : random.string()
        }
        value.clientId = random.string()
        value.clientHost = random.string()
        if version >= 1 {
            value.rebalanceTimeout = random.integer()
        }
        value.sessionTimeout = random.integer()
        value.subscription = random.bytes()
        value.assignment = random.bytes()
        return value
    }
}
