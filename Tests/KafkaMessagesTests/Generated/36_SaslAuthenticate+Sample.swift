// Generated from SchemaGenerator/Messages/36_SaslAuthenticate.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension SaslAuthenticateRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.authBytes = random.bytes()
        return value
    }
}

extension SaslAuthenticateResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.authBytes = random.bytes()
        if version >= 1 {
            value.sessionLifetimeMs = random.integer()
        }
        return value
    }
}
