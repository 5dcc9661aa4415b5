public import KafkaMessages

/// A cluster as a Metadata answer shows it.
public struct ClusterMetadata: Sendable {
    public struct Broker: Sendable, Equatable {
        public var id: Int32
        public var host: String
        public var port: Int
        public var rack: String?
    }

    public struct Topic: Sendable {
        public var name: String
        public var id: Uuid
        public var isInternal: Bool
        public var error: ErrorCode
        /// In order of their indexes.
        public var partitions: [Partition]

        public init(name: String, id: Uuid, isInternal: Bool = false, error: ErrorCode = .none, partitions: [Partition])
        {
            self.name = name
            self.id = id
            self.isInternal = isInternal
            self.error = error
            self.partitions = partitions
        }
    }

    public struct Partition: Sendable {
        public var index: Int32
        /// Id of the leading broker, -1 where there is none.
        public var leader: Int32
        public var leaderEpoch: Int32
        public var replicas: [Int32]
        public var inSyncReplicas: [Int32]
        public var error: ErrorCode
    }

    public var clusterId: String?
    public var controllerId: Int32
    public var brokers: [Broker]
    /// In order of their names.
    public var topics: [Topic]

    init(_ response: MetadataResponse) {
        clusterId = response.clusterId
        controllerId = response.controllerId
        brokers = response.brokers.map { broker in
            Broker(id: broker.nodeId, host: broker.host, port: Int(broker.port), rack: broker.rack)
        }
        topics = response.topics.map { topic in
            Topic(
                name: topic.name ?? "", id: topic.topicId, isInternal: topic.isInternal, error: topic.errorCode,
                partitions: topic.partitions.map { partition in
                    Partition(
                        index: partition.partitionIndex, leader: partition.leaderId,
                        leaderEpoch: partition.leaderEpoch, replicas: partition.replicaNodes,
                        inSyncReplicas: partition.isrNodes, error: partition.errorCode)
                }.sorted { $0.index < $1.index })
        }.sorted { $0.name < $1.name }
    }

    public func topic(named name: String) -> Topic? {
        topics.first { $0.name == name }
    }
}
