import Views

/// A topic of the broker's own, made at the first start.
struct InternalTopic {
    let name: String
    let partitionCount: Int
    let settings: [String: String]

    /// Policy before all else; policy-records §1 gives their settings.
    static func all(_ configuration: BrokerConfiguration) -> [InternalTopic] {
        let appendTime = ["message.timestamp.type": "LogAppendTime"]
        let policy = PolicyTopic.allCases.map { topic in
            let settings = [
                "cleanup.policy": "compact", "max.message.bytes": String(topic.messageBytesMax),
            ].merging(appendTime) { own, _ in own }
            return InternalTopic(name: topic.name, partitionCount: 1, settings: settings)
        }
        let security = InternalTopic(
            name: SecurityStore.topicName, partitionCount: 1,
            settings: [
                "cleanup.policy": "compact", "max.message.bytes": String(SecurityStore.messageBytesMax),
            ].merging(appendTime) { own, _ in own })
        let errors = InternalTopic(
            name: ViewErrorWriter.topicName, partitionCount: 1,
            settings: [
                "cleanup.policy": "compact,delete", "max.message.bytes": "65536", "retention.ms": "2592000000",
            ].merging(appendTime) { own, _ in own })
        let offsets = InternalTopic(
            name: BrokerOffsetsStore.topicName,
            partitionCount: configuration.number("offsets.topic.num.partitions"),
            settings: ["cleanup.policy": "compact", "segment.bytes": "104857600"])
        return policy + [security, errors, offsets]
    }
}
