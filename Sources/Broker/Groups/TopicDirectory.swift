import KafkaMessages

/// The topics of this broker, as the handlers of group APIs need them.
protocol TopicDirectory: Sendable {
    func hasPartition(topic: String, index: Int32) -> Bool
    /// nil: no topic has this id.
    func topicName(of id: Uuid) -> String?
    /// nil: there is no such topic.
    func topicId(of name: String) -> Uuid?
}
