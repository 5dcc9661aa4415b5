import KafkaMessages

/// Why a topic can't be made, changed or deleted: Kafka's code and a sentence that says what would be right.
struct TopicError: Error, Sendable {
    let code: ErrorCode
    let message: String
}
