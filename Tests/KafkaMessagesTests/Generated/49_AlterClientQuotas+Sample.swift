// Generated from SchemaGenerator/Messages/49_AlterClientQuotas.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension AlterClientQuotasRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.entries = random.array { random in AlterClientQuotasRequest.EntryData.sample(&random, version: version) }
        value.validateOnly = random.bool()
        return value
    }
}

extension AlterClientQuotasRequest.EntryData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.entity = random.array { random in AlterClientQuotasRequest.EntityData.sample(&random, version: version) }
        value.ops = random.array { random in AlterClientQuotasRequest.OpData.sample(&random, version: version) }
        return value
    }
}

extension AlterClientQuotasRequest.EntityData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.entityType = random.string()
        value.entityName = random.oneIn(4) ? nil : random.string()
        return value
    }
}

extension AlterClientQuotasRequest.OpData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.key = random.string()
        value.value = Double(random.integer() as Int32) / 8
        value.remove = random.bool()
        return value
    }
}

extension AlterClientQuotasResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.entries = random.array { random in AlterClientQuotasResponse.EntryData.sample(&random, version: version) }
        return value
    }
}

extension AlterClientQuotasResponse.EntryData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.entity = random.array { random in AlterClientQuotasResponse.EntityData.sample(&random, version: version) }
        return value
    }
}

extension AlterClientQuotasResponse.EntityData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.entityType = random.string()
        value.entityName = random.oneIn(4) ? nil : random.string()
        return value
    }
}
