import KafkaMessages
public import KafkaRecords
import NIOCore

/// Writes to the topics that hold modules and policy. A batch is one change: the broker takes all of its records or
/// none, and says what it has made of names without a version.
public struct PolicyWriter: Sendable {
    public static let modulesTopic = "__sluice_modules"
    public static let viewsTopic = "__sluice_views"

    /// `name@version` that the broker gave to a record of the batch.
    public struct Assigned: Sendable, Equatable {
        public var index: Int32
        public var name: String
    }

    private let cluster: Cluster

    public init(_ cluster: Cluster) {
        self.cluster = cluster
    }

    /// - Returns: in order of the records; empty if the broker answers in a version without tags.
    public func write(_ records: [Record], to topic: String) async throws(KafkaClientError) -> [Assigned] {
        let connection = try await cluster.connection()
        guard connection.features.isSluice else {
            throw KafkaClientError(
                .unsupported, "\(connection.address) is no Sluice broker: it has no modules and views")
        }
        // The topic's id is asked for, since newer versions of Produce name topics by id alone.
        let found = try await cluster.topic(topic)
        var partition = ProduceRequest.PartitionProduceData()
        partition.index = 0
        partition.records = .bytes(ByteBuffer(bytes: RecordBatch.encode(records)))
        var data = ProduceRequest.TopicProduceData()
        data.name = topic
        data.topicId = found.id
        data.partitionData = [partition]
        let leader = try await cluster.connection(toBroker: found.partitions.first?.leader ?? -1)
        // A module is compiled before the answer, which the broker bounds at 30 s of processor time.
        let response = try await leader.send(Producer.request([data], leader), timeout: .seconds(90))
        guard let answer = response.responses.first?.partitionResponses.first else {
            throw KafkaClientError(.malformedResponse, "\(leader.address) left out the answer for \(topic)")
        }
        try Producer.check(answer, topic: topic)
        return answer.assigned.map { Assigned(index: $0.index, name: $0.nameAtVersion) }.sorted { $0.index < $1.index }
    }
}
