// Generated from SchemaGenerator/Messages/22_InitProducerId.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension InitProducerIdRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.transactionalId = random.oneIn(4) ? nil : random.string()
        value.transactionTimeoutMs = random.integer()
        if version >= 3 {
            value.producerId = random.integer()
        }
        if version >= 3 {
            value.producerEpoch = random.integer()
        }
        if version >= 6 {
            value.enable2Pc = random.bool()
        }
        if version >= 6 {
            value.keepPreparedTxn = random.bool()
        }
        return value
    }
}

extension InitProducerIdResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.producerId = random.integer()
        value.producerEpoch = random.integer()
        if version >= 6 {
            value.ongoingTxnProducerId = random.integer()
        }
        if version >= 6 {
            value.ongoingTxnProducerEpoch = random.integer()
        }
        return value
    }
}
