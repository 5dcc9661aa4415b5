import KafkaMessages
public import KafkaRecords
import NIOCore
import Synchronization

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
        /// 1: the leader has it; -1: all in-sync replicas have.
        public var acks: Int16 = -1
        public var keepsLatencies = false

        public init() {}
    }

    /// A batch that fills. A class, so that appending to it moves nothing.
    private final class OpenBatch {
        private var builder: BatchBuilder
        /// Bytes of keys and values.
        private(set) var byteCount = 0
        var recordCount: Int { Int(builder.recordCount) }

        init(codec: Codec, capacity: Int) {
            builder = BatchBuilder(new: RecordBatchHeader(), codec: codec, capacity: capacity)
        }

        func append(_ record: Record) throws(RecordBatchError) {
            let headers = record.headers.isEmpty ? [] : record.headerSection
            try builder.append(
                key: record.key?.rawSpan, value: record.value?.rawSpan, headers: headers.rawSpan,
                timestamp: record.timestamp)
            byteCount += (record.key?.count ?? 0) + (record.value?.count ?? 0)
        }

        func finish() -> [UInt8] { builder.finish() }
    }

    private struct Sent {
        var response: PendingResponse<ProduceResponse>
        var recordCount: Int
        var begin: NIODeadline
        /// Nanoseconds from `begin` to the answer, taken when it came in; 0 until then.
        var latency: Latency
    }

    /// Written by the event loop, read when the answer is awaited.
    private final class Latency: Sendable {
        let nanoseconds = Atomic<Int64>(0)
    }

    /// Records that the broker has acknowledged.
    public private(set) var acknowledgedCount = 0
    /// From the sending of each acknowledged request to its answer, with the records that it held; whoever looks takes them
    /// away. Kept only if `Configuration.keepsLatencies`.
    public var latencies: [(nanoseconds: Int64, recordCount: Int)] = []

    private let cluster: Cluster
    private let topic: ClusterMetadata.Topic
    private let configuration: Configuration
    private var partitioner: Partitioner
    /// By the partition's place in `topic.partitions`.
    private var open: [OpenBatch?]
    private var openCount = 0
    private var sent = CircularBuffer<Sent>()

    /// - Parameter topic: as `Cluster.topic` gave it, with at least one partition.
    public init(_ cluster: Cluster, topic: ClusterMetadata.Topic, configuration: Configuration = .init()) {
        self.cluster = cluster
        self.topic = topic
        self.configuration = configuration
        open = Array(repeating: nil, count: topic.partitions.count)
        partitioner = Partitioner(
            partitionCount: Int32(clamping: max(1, topic.partitions.count)), seed: .random(in: 0...UInt32.max))
    }

    /// Takes a record; sends the batch that it fills.
    /// - Parameter partition: nil to go by the key.
    public mutating func append(_ record: Record, partition: Int32? = nil) async throws(KafkaClientError) {
        if let full = try take(record, partition) { try await send([full]) }
    }

    /// - Returns: the place of the partition whose batch is full now.
    private mutating func take(_ record: Record, _ partition: Int32?) throws(KafkaClientError) -> Int? {
        let index = partition ?? partitioner.partition(forKey: record.key)
        guard let place = place(of: index) else {
            throw KafkaClientError(.invalidRequest, "topic \"\(topic.name)\" has no partition \(index)")
        }
        let batch = open[place] ?? OpenBatch(codec: configuration.codec, capacity: configuration.batchBytes)
        if open[place] == nil {
            open[place] = batch
            openCount += 1
        }
        do throws(RecordBatchError) {
            try batch.append(record)
        } catch {
            throw KafkaClientError(.invalidRequest, "a record doesn't fit into a batch: \(error)")
        }
        guard batch.byteCount >= configuration.batchBytes else { return nil }
        partitioner.batchEnded()
        return place
    }

    /// Partitions are in order of their indexes, mostly from 0 without a gap.
    private func place(of index: Int32) -> Int? {
        let place = Int(index)
        if topic.partitions.indices.contains(place), topic.partitions[place].index == index { return place }
        return topic.partitions.firstIndex { $0.index == index }
    }

    /// Sends what has been taken, without waiting for the answers.
    public mutating func send() async throws(KafkaClientError) {
        guard openCount > 0 else { return }
        partitioner.batchEnded()
        try await send(open.indices.filter { open[$0] != nil })
    }

    /// Sends what has been taken and waits until all of it is acknowledged.
    public mutating func flush() async throws(KafkaClientError) {
        try await send()
        while !sent.isEmpty { try await awaitOldest() }
    }

    private mutating func send(_ places: [Int]) async throws(KafkaClientError) {
        var byLeader: [Int32: [Int]] = [:]
        for place in places { byLeader[topic.partitions[place].leader, default: []].append(place) }
        for (leader, places) in byLeader.sorted(by: { $0.key < $1.key }) {
            var data = ProduceRequest.TopicProduceData()
            data.name = topic.name
            data.topicId = topic.id
            var recordCount = 0
            for place in places {
                guard let batch = open[place] else { continue }
                open[place] = nil
                openCount -= 1
                recordCount += batch.recordCount
                var partition = ProduceRequest.PartitionProduceData()
                partition.index = topic.partitions[place].index
                partition.records = .bytes(ByteBuffer(bytes: batch.finish()))
                data.partitionData.append(partition)
            }
            while sent.count >= configuration.inFlightMax { try await awaitOldest() }
            let connection = try await cluster.connection(toBroker: leader)
            try begin(Self.request([data], connection, acks: configuration.acks), recordCount, connection)
        }
    }

    private mutating func begin(
        _ request: ProduceRequest, _ recordCount: Int, _ connection: KafkaConnection
    ) throws(KafkaClientError) {
        let begin = NIODeadline.now()
        let latency = Latency()
        let response = try connection.begin(request)
        if configuration.keepsLatencies {
            response.future.whenSuccess { _ in
                latency.nanoseconds.store((NIODeadline.now() - begin).nanoseconds, ordering: .relaxed)
            }
        }
        sent.append(Sent(response: response, recordCount: recordCount, begin: begin, latency: latency))
    }

    private mutating func awaitOldest() async throws(KafkaClientError) {
        guard let oldest = sent.popFirst() else { return }
        let response = try await oldest.response.response()
        for answer in response.responses.flatMap(\.partitionResponses) {
            try Self.check(answer, topic: topic.name)
        }
        acknowledgedCount += oldest.recordCount
        if configuration.keepsLatencies {
            latencies.append((oldest.latency.nanoseconds.load(ordering: .relaxed), oldest.recordCount))
        }
    }

    static func request(
        _ data: [ProduceRequest.TopicProduceData], _ connection: KafkaConnection, acks: Int16 = -1
    ) -> ProduceRequest {
        var request = ProduceRequest()
        request.acks = acks
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
