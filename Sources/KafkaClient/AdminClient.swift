import KafkaMessages
import NIOCore

/// Topics and their settings, over any broker of a cluster.
public struct AdminClient: Sendable {
    public struct ConfigEntry: Sendable {
        public var name: String
        public var value: String?
        /// Where the value comes from, in Kafka's words (`DEFAULT_CONFIG`, `DYNAMIC_TOPIC_CONFIG`, …).
        public var source: String
        public var isReadOnly: Bool
        public var isSensitive: Bool
        /// What it is for; nil where the broker doesn't say.
        public var documentation: String?
    }

    public enum Resource: Sendable {
        case topic(String)
        case broker(Int32)
        /// The loggers of that broker.
        case brokerLogger(Int32)
        case group(String)

        /// Kafka's number of the kind (`ConfigResource.Type`).
        var type: Int8 {
            switch self {
            case .topic: 2
            case .broker: 4
            case .brokerLogger: 8
            case .group: 32
            }
        }

        var name: String {
            switch self {
            case .topic(let name), .group(let name): name
            case .broker(let id), .brokerLogger(let id): String(id)
            }
        }
    }

    let cluster: Cluster

    public init(_ cluster: Cluster) {
        self.cluster = cluster
    }

    /// - Parameters:
    ///   - partitions: -1 for the broker's default.
    ///   - replicationFactor: -1 for the broker's default.
    public func createTopic(
        _ name: String, partitions: Int32 = -1, replicationFactor: Int16 = -1,
        configs: [(name: String, value: String)] = [], validateOnly: Bool = false
    ) async throws(KafkaClientError) {
        let connection = try await cluster.connection()
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = partitions
        topic.replicationFactor = replicationFactor
        topic.configs = configs.map { entry in
            var config = CreateTopicsRequest.CreatableTopicConfig()
            config.name = entry.name
            config.value = entry.value
            return config
        }
        var request = CreateTopicsRequest()
        request.topics = [topic]
        request.timeoutMs = requestTimeoutMs
        request.validateOnly = validateOnly
        let response = try await connection.send(request)
        guard let answer = response.topics.first(where: { $0.name == name }) else {
            throw missing("create topic \"\(name)\"", connection)
        }
        try check(answer.errorCode, answer.errorMessage, while: "create topic \"\(name)\"")
    }

    public func deleteTopic(_ name: String) async throws(KafkaClientError) {
        let connection = try await cluster.connection()
        var request = DeleteTopicsRequest()
        request.timeoutMs = requestTimeoutMs
        if try connection.version(of: DeleteTopicsRequest.self) >= 6 {
            var topic = DeleteTopicsRequest.DeleteTopicState()
            topic.name = name
            request.topics = [topic]
        } else {
            request.topicNames = [name]
        }
        let response = try await connection.send(request)
        guard let answer = response.responses.first(where: { $0.name == name }) ?? response.responses.first else {
            throw missing("delete topic \"\(name)\"", connection)
        }
        try check(answer.errorCode, answer.errorMessage, while: "delete topic \"\(name)\"")
    }

    /// Every setting of a resource, in order of the names.
    public func describeConfigs(_ resource: Resource) async throws(KafkaClientError) -> [ConfigEntry] {
        let connection = try await cluster.connection()
        var wanted = DescribeConfigsRequest.DescribeConfigsResource()
        wanted.resourceType = resource.type
        wanted.resourceName = resource.name
        wanted.configurationKeys = nil
        var request = DescribeConfigsRequest()
        request.resources = [wanted]
        request.includeDocumentation = try connection.version(of: DescribeConfigsRequest.self) >= 3
        let response = try await connection.send(request)
        guard let answer = response.results.first else {
            throw missing("describe configs of \"\(resource.name)\"", connection)
        }
        try check(answer.errorCode, answer.errorMessage, while: "describe configs of \"\(resource.name)\"")
        return answer.configs.map { config in
            ConfigEntry(
                name: config.name, value: config.value, source: Self.sourceName(config.configSource),
                isReadOnly: config.readOnly, isSensitive: config.isSensitive, documentation: config.documentation)
        }.sorted { $0.name < $1.name }
    }

    /// The first offset that is kept, and the one that the next record gets, of each partition.
    public func offsets(
        of topic: ClusterMetadata.Topic
    ) async throws(KafkaClientError) -> [Int32: (start: Int64, end: Int64)] {
        let starts = try await OffsetLookup(cluster).offsets(of: topic, at: OffsetLookup.earliest)
        let ends = try await OffsetLookup(cluster).offsets(of: topic, at: OffsetLookup.latest)
        var result: [Int32: (start: Int64, end: Int64)] = [:]
        for (partition, start) in starts {
            if let end = ends[partition] { result[partition] = (start, end) }
        }
        return result
    }

    var requestTimeoutMs: Int32 {
        Int32(clamping: cluster.configuration.requestTimeout.nanoseconds / 1_000_000)
    }

    func missing(_ action: String, _ connection: KafkaConnection) -> KafkaClientError {
        KafkaClientError(.malformedResponse, "\(connection.address) left out the answer to: \(action)")
    }

    /// Kafka's `DescribeConfigsResponse.ConfigSource`.
    private static func sourceName(_ number: Int8) -> String {
        switch number {
        case 1: "DYNAMIC_TOPIC_CONFIG"
        case 2: "DYNAMIC_BROKER_CONFIG"
        case 3: "DYNAMIC_DEFAULT_BROKER_CONFIG"
        case 4: "STATIC_BROKER_CONFIG"
        case 5: "DEFAULT_CONFIG"
        case 6: "DYNAMIC_BROKER_LOGGER_CONFIG"
        case 7: "DYNAMIC_CLIENT_METRICS_CONFIG"
        case 8: "DYNAMIC_GROUP_CONFIG"
        default: "UNKNOWN"
        }
    }
}
