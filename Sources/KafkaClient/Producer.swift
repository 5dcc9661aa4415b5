import KafkaMessages
public import KafkaRecords
import NIOCore

/// Appends records to one topic: batches them per partition, sends with acks=all, and keeps several requests under
/// way. Used by one task.
///
/// Nothing is sent twice: after a failure it is for the caller to say whether a record may come again.
public struct Producer {
    public struct Configuration: Sendable {
        /// Keys and values of a batch, in bytes, from which on it is sent.
        public var batchBytes = 128 * 1024
        public var codec: Codec = .none
        /// Requests that may wait for their answers at once.
        public var inFlightMax = 5

        public init() {}
    }

    private struct OpenBatch {
        var records: [Record] = []
        var byteCount = 0
    }

    private struct Sent {
        var response: PendingResponse<ProduceResponse>
        var recordCount: Int
    }

    /// Records that the broker has acknowledged.
    public private(set) var acknowledgedCount = 0

    private let cluster: Cluster
    private let topic: ClusterMetadata.Topic
    private let configuration: Configuration
    private var partitioner: Partitioner
    private var open: [Int32: OpenBatch] = [:]
    private var sent = CircularBuffer<Sent>()

    /// - Parameter topic: as `Cluster.topic` gave it, with at least one partition.
    public init(_ cluster: Cluster, topic: ClusterMetadata.Topic, configuration: Configuration = .init()) {
        self.cluster = cluster
        self.topic = topic
        self.configuration = configuration
        partitioner = Partitioner(
            partitionCount: Int32(clamping: max(1, topic.partitions.count)), seed: .random(in: 0...UInt32.max))
    }

    /// Takes a record; sends the batch that it fills.
    /// - Parameter partition: nil to go by the key.
    public mutating func append(_ record: Record, partition: Int32? = nil) async throws(KafkaClientError) {
        let index = partition ?? partitioner.partition(forKey: record.key)
        var batch = open.removeValue(forKey: index) ?? OpenBatch()
        batch.byteCount += (record.key?.count ?? 0) + (record.value?.count ?? 0)
        batch.records.append(record)
        if batch.byteCount >= configuration.batchBytes {
            partitioner.batchEnded()
            try await send([index: batch])
        } else {
            open[index] = batch
        }
    }

    /// Sends what has been taken, without waiting for the answers.
    public mutating func send() async throws(KafkaClientError) {
        guard !open.isEmpty else { return }
        let batches = open
        open = [:]
        partitioner.batchEnded()
        try await send(batches)
    }

    /// Sends what has been taken and waits until all of it is acknowledged.
    public mutating func flush() async throws(KafkaClientError) {
        try await send()
        while !sent.isEmpty { try await awaitOldest() }
    }

    private mutating func send(_ batches: [Int32: OpenBatch]) async throws(KafkaClientError) {
        var byLeader: [Int32: [Int32]] = [:]
        for index in batches.keys.sorted() {
            guard let partition = topic.partitions.first(where: { $0.index == index }) else {
                throw KafkaClientError(.invalidRequest, "topic \"\(topic.name)\" has no partition \(index)")
            }
            byLeader[partition.leader, default: []].append(index)
        }
        for (leader, indexes) in byLeader.sorted(by: { $0.key < $1.key }) {
            var data = ProduceRequest.TopicProduceData()
            data.name = topic.name
            data.topicId = topic.id
            var recordCount = 0
            for index in indexes {
                guard let batch = batches[index] else { continue }
                recordCount += batch.records.count
                var partition = ProduceRequest.PartitionProduceData()
                partition.index = index
                partition.records = .bytes(
                    ByteBuffer(bytes: RecordBatch.encode(batch.records, codec: configuration.codec)))
                data.partitionData.append(partition)
            }
            while sent.count >= configuration.inFlightMax { try await awaitOldest() }
            let connection = try await cluster.connection(toBroker: leader)
            let response = try connection.begin(Self.request([data], connection))
            sent.append(Sent(response: response, recordCount: recordCount))
        }
    }

    private mutating func awaitOldest() async throws(KafkaClientError) {
        guard let oldest = sent.popFirst() else { return }
        let response = try await oldest.response.response()
        for answer in response.responses.flatMap(\.partitionResponses) {
            try Self.check(answer, topic: topic.name)
        }
        acknowledgedCount += oldest.recordCount
    }

    static func request(_ data: [ProduceRequest.TopicProduceData], _ connection: KafkaConnection) -> ProduceRequest {
        var request = ProduceRequest()
        request.acks = -1
        request.timeoutMs = Int32(clamping: connection.configuration.requestTimeout.nanoseconds / 1_000_000)
        request.topicData = data
        return request
    }

    /// Throws the broker's refusal of a batch, with what it says of single records.
    static func check(
        _ answer: ProduceResponse.PartitionProduceResponse, topic: String
    ) throws(KafkaClientError) {
        guard answer.errorCode != .none else { return }
        var texts = answer.recordErrors.compactMap(\.batchIndexErrorMessage).filter { !$0.isEmpty }
        if let text = answer.errorMessage, !text.isEmpty, !texts.contains(text) { texts.insert(text, at: 0) }
        throw .broker(
            answer.errorCode, texts.isEmpty ? nil : texts.joined(separator: "; "),
            while: "write to topic \"\(topic)\", partition \(answer.index)")
    }
}
