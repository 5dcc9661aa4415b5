// Generated from SchemaGenerator/Messages/51_AlterUserScramCredentials.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension AlterUserScramCredentialsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.deletions = random.array { random in
            AlterUserScramCredentialsRequest.ScramCredentialDeletion.sample(&random, version: version)
        }
        value.upsertions = random.array { random in
            AlterUserScramCredentialsRequest.ScramCredentialUpsertion.sample(&random, version: version)
        }
        return value
    }
}

extension AlterUserScramCredentialsRequest.ScramCredentialDeletion {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.mechanism = random.integer()
        return value
    }
}

extension AlterUserScramCredentialsRequest.ScramCredentialUpsertion {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.mechanism = random.integer()
        value.iterations = random.integer()
        value.salt = random.bytes()
        value.saltedPassword = random.bytes()
        return value
    }
}

extension AlterUserScramCredentialsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.results = random.array { random in
            AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult.sample(&random, version: version)
        }
        return value
    }
}

extension AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.user = random.string()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        return value
    }
}
