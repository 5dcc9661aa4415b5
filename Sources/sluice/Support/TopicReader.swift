import KafkaClient
import KafkaMessages

/// Reads a compacted topic of the broker's own to its end and keeps the newest record of each key.
enum TopicReader {
    /// - Returns: in the order of the offsets; deleted keys are left out. nil if there is no such topic.
    static func latest(_ name: String, _ cluster: Cluster) async throws -> [ConsumedRecord]? {
        let topic: ClusterMetadata.Topic
        do throws(KafkaClientError) {
            topic = try await cluster.topic(name)
        } catch {
            guard error.errorCode == .unknownTopicOrPartition else { throw error }
            return nil
        }
        var configuration = ConsumerConfiguration()
        configuration.maxWaitMs = 100
        var consumer = try await Consumer(cluster, topic: topic, start: .beginning, configuration: configuration)
        var newest: [[UInt8]: ConsumedRecord] = [:]
        repeat {
            for record in try await consumer.poll() {
                guard let key = record.key else { continue }
                newest[key] = record.value == nil ? nil : record
            }
        } while !consumer.isAtEnd
        return newest.values.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }
}
