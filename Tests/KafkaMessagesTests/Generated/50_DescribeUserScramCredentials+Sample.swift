// Generated from SchemaGenerator/Messages/50_DescribeUserScramCredentials.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DescribeUserScramCredentialsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.users =
            random.oneIn(4)
            ? nil
            : random.array { random in DescribeUserScramCredentialsRequest.UserName.sample(&random, version: version) }
        return value
    }
}

extension DescribeUserScramCredentialsRequest.UserName {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        return value
    }
}

extension DescribeUserScramCredentialsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.results = random.array { random in
            DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.user = random.string()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.credentialInfos = random.array { random in
            DescribeUserScramCredentialsResponse.CredentialInfo.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeUserScramCredentialsResponse.CredentialInfo {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.mechanism = random.integer()
        value.iterations = random.integer()
        return value
    }
}
