// Generated from SchemaGenerator/Messages/17_SaslHandshake.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension SaslHandshakeRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.mechanism = random.string()
        return value
    }
}

extension SaslHandshakeResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.mechanisms = random.array { random in random.string() }
        return value
    }
}
