import KafkaMessages

extension AdminClient {
    /// Bytes of the logs, over all brokers and their data folders (DescribeLogDirs).
    /// - Returns: nil where a broker is too old for it, or shows it to its administrator only.
    public func logSizes() async throws(KafkaClientError) -> [TopicPartition: Int64]? {
        var sizes: [TopicPartition: Int64] = [:]
        for broker in try await cluster.metadata(topics: []).brokers {
            var request = DescribeLogDirsRequest()
            request.topics = nil
            let response: DescribeLogDirsResponse
            do throws(KafkaClientError) {
                response = try await cluster.connection(toBroker: broker.id).send(request)
            } catch {
                guard error.code == .unsupported else { throw error }
                return nil
            }
            let errors = [response.errorCode] + response.results.map(\.errorCode)
            guard !errors.contains(.clusterAuthorizationFailed) else { return nil }
            for error in errors { try check(error, while: "describe the log folders of broker \(broker.id)") }
            for topic in response.results.flatMap(\.topics) {
                for partition in topic.partitions where !partition.isFutureKey {
                    sizes[TopicPartition(topic.name, partition.partitionIndex)] = partition.partitionSize
                }
            }
        }
        return sizes
    }
}
