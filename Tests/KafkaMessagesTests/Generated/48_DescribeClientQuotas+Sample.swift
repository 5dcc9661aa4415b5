// Generated from SchemaGenerator/Messages/48_DescribeClientQuotas.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DescribeClientQuotasRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.components = random.array { random in
            DescribeClientQuotasRequest.ComponentData.sample(&random, version: version)
        }
        value.strict = random.bool()
        return value
    }
}

extension DescribeClientQuotasRequest.ComponentData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.entityType = random.string()
        value.matchType = random.integer()
        value.match = random.oneIn(4) ? nil : random.string()
        return value
    }
}

extension DescribeClientQuotasResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.entries =
            random.oneIn(4)
            ? nil : random.array { random in DescribeClientQuotasResponse.EntryData.sample(&random, version: version) }
        return value
    }
}

extension DescribeClientQuotasResponse.EntryData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.entity = random.array { random in
            DescribeClientQuotasResponse.EntityData.sample(&random, version: version)
        }
        value.values = random.array { random in DescribeClientQuotasResponse.ValueData.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeClientQuotasResponse.EntityData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.entityType = random.string()
        value.entityName = random.oneIn(4) ? nil : random.string()
        return value
    }
}

extension DescribeClientQuotasResponse.ValueData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.key = random.string()
        value.value = Double(random.integer() as Int32) / 8
        return value
    }
}
