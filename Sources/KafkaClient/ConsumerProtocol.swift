import KafkaMessages
import NIOCore

/// What the members of a consumer group say to each other through the broker, which doesn't read it (except to learn
/// the topics).
enum ConsumerProtocol {
    static let type = "consumer"
    /// Older members understand version 0; what later ones add (owned partitions, racks) `range` doesn't use.
    private static let version: Int16 = 0

    static func subscription(topics: [String]) throws(KafkaClientError) -> ByteBuffer {
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = topics
        return try encode(subscription)
    }

    /// The topics that another member subscribes to.
    static func topics(of metadata: ByteBuffer) throws(KafkaClientError) -> [String] {
        do {
            return try ConsumerProtocolSubscription(decoding: metadata).topics
        } catch {
            throw KafkaClientError(.malformedResponse, "a member's subscription can't be read: \(error)")
        }
    }

    static func assignment(_ topics: [String: [Int32]]) throws(KafkaClientError) -> ByteBuffer {
        var assignment = ConsumerProtocolAssignment()
        assignment.assignedPartitions = topics.sorted { $0.key < $1.key }.map { topic, partitions in
            var entry = ConsumerProtocolAssignment.TopicPartition()
            entry.topic = topic
            entry.partitions = partitions
            return entry
        }
        return try encode(assignment)
    }

    /// - Parameter bytes: empty where the leader gave this member nothing.
    static func assignment(from bytes: ByteBuffer) throws(KafkaClientError) -> [TopicPartition] {
        guard bytes.readableBytes > 0 else { return [] }
        do {
            return try ConsumerProtocolAssignment(decoding: bytes).assignedPartitions.flatMap { topic in
                topic.partitions.map { TopicPartition(topic.topic, $0) }
            }
        } catch {
            throw KafkaClientError(.malformedResponse, "the assignment can't be read: \(error)")
        }
    }

    private static func encode(_ record: some VersionedRecord) throws(KafkaClientError) -> ByteBuffer {
        do {
            return try record.encode(version: version)
        } catch {
            throw KafkaClientError(.invalidRequest, "can't write the member's part of the protocol: \(error)")
        }
    }
}
