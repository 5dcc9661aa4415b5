import KafkaMessages
import KafkaRecords
import NIOCore

/// Fetches from where each partition stands, and moves on. The part that all consumers share. Used by one task.
struct Fetcher {
    struct Position {
        var offset: Int64
        /// End of what may be read, as the last answer said; nil before the first one.
        var highWatermark: Int64?
    }

    /// What a batch may decompress to, in bytes.
    private static let batchBytesMax = 256 * 1024 * 1024

    var positions: [TopicPartition: Position] = [:]
    private let cluster: Cluster
    private let configuration: ConsumerConfiguration
    private var topics: [String: ClusterMetadata.Topic] = [:]
    private var patience = Patience()
    /// Something failed that may come of a leader that has moved.
    private var isStale = false

    init(_ cluster: Cluster, configuration: ConsumerConfiguration) {
        self.cluster = cluster
        self.configuration = configuration
    }

    var topicList: [ClusterMetadata.Topic] { Array(topics.values) }

    mutating func setTopics(_ topics: [ClusterMetadata.Topic]) {
        self.topics = Dictionary(topics.map { ($0.name, $0) }, uniquingKeysWith: { _, new in new })
    }

    /// True if every partition has been read to its end.
    var isAtEnd: Bool {
        positions.values.allSatisfy { position in
            if let end = position.highWatermark { position.offset >= end } else { false }
        }
    }

    /// One Fetch to each leader. Records come in order of partition and offset. Goes on over lost connections and moved
    /// leaders for a while, with no records.
    mutating func poll() async throws(KafkaClientError) -> [ConsumedRecord] {
        try await poll(keepsRecords: true).records
    }

    /// The same, and counts the records in place of taking them out of their batches.
    mutating func pollAmount() async throws(KafkaClientError) -> FetchedAmount {
        try await poll(keepsRecords: false).amount
    }

    /// What the answers bring.
    private struct Haul {
        var keepsRecords: Bool
        var records: [ConsumedRecord] = []
        var amount = FetchedAmount()
        var isEmpty: Bool { records.isEmpty && amount.recordCount == 0 }
    }

    private mutating func poll(keepsRecords: Bool) async throws(KafkaClientError) -> Haul {
        do throws(KafkaClientError) {
            let haul = try await fetch(keepsRecords: keepsRecords)
            patience.succeeded()
            return haul
        } catch {
            guard error.isConnectionLoss || error.errorCode?.isRetriableFetchError ?? false else { throw error }
            try await patience.wait(after: error)
            isStale = true
            return Haul(keepsRecords: keepsRecords)
        }
    }

    /// - Throws: what went wrong with one leader or partition, unless another gave records: they must not be lost.
    private mutating func fetch(keepsRecords: Bool) async throws(KafkaClientError) -> Haul {
        if isStale {
            setTopics(try await cluster.metadata(topics: topics.keys.sorted()).topics.filter { $0.error == .none })
            isStale = false
        }
        var byLeader: [Int32: [TopicPartition]] = [:]
        for key in positions.keys.sorted() {
            byLeader[metadata(of: key)?.leader ?? -1, default: []].append(key)
        }
        var pending: [PendingResponse<FetchResponse>] = []
        for (leader, keys) in byLeader.sorted(by: { $0.key < $1.key }) {
            let connection = try await cluster.connection(toBroker: leader)
            let request = try request(keys, connection)
            let timeout = TimeAmount.milliseconds(Int64(configuration.maxWaitMs)) + .seconds(30)
            pending.append(try connection.begin(request, timeout: timeout))
        }
        var haul = Haul(keepsRecords: keepsRecords)
        var failure: KafkaClientError?
        for answer in pending {
            do throws(KafkaClientError) {
                try await take(try await answer.response(), from: answer.address, &haul)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure, haul.isEmpty { throw failure }
        return haul
    }

    private mutating func take(
        _ response: FetchResponse, from address: BrokerAddress, _ haul: inout Haul
    ) async throws(KafkaClientError) {
        try check(response.errorCode, while: "fetch from \(address)")
        var failure: KafkaClientError?
        for topic in response.responses {
            guard let name = name(of: topic) else { continue }
            for partition in topic.partitions {
                let key = TopicPartition(name, partition.partitionIndex)
                guard positions[key] != nil else { continue }
                do throws(KafkaClientError) {
                    try await take(partition, key, &haul)
                } catch {
                    failure = failure ?? error
                }
            }
        }
        if let failure { throw failure }
    }

    private mutating func take(
        _ partition: FetchResponse.PartitionData, _ key: TopicPartition, _ haul: inout Haul
    ) async throws(KafkaClientError) {
        switch partition.errorCode {
        case .none:
            positions[key]?.highWatermark = partition.highWatermark
            if case .bytes(let buffer) = partition.records {
                try decode(buffer, key, &haul)
            }
        case .offsetOutOfRange where configuration.outOfRange != .fail:
            let at = configuration.outOfRange == .earliest ? OffsetLookup.earliest : OffsetLookup.latest
            guard let topic = topics[key.topic] else { return }
            let found = try await OffsetLookup(cluster).offsets(of: topic, partitions: [key.partition], at: at)
            if let offset = found[key.partition] { positions[key]?.offset = offset }
        case let error:
            let offset = positions[key]?.offset ?? -1
            throw .broker(error, while: "read topic \"\(key.topic)\", partition \(key.partition), offset \(offset)")
        }
    }

    private mutating func decode(
        _ buffer: ByteBuffer, _ key: TopicPartition, _ haul: inout Haul
    ) throws(KafkaClientError) {
        guard var offset = positions[key]?.offset else { return }
        do {
            let bytes = buffer.readableBytesSpan
            var batches = RecordBatches(bytes)
            while let (header, position) = try batches.next() {
                let next = header.lastOffset &+ 1
                guard next > offset else { continue }
                if !haul.keepsRecords {
                    haul.amount.recordCount += header.attributes.isControl ? 0 : Int(header.recordCount)
                    haul.amount.byteCount += header.byteCount
                } else if !header.attributes.isControl {
                    let batch = try DecodedBatch(
                        decoding: bytes.extracting(position..<(position + header.byteCount)), bound: Self.batchBytesMax)
                    append(batch, key, from: offset, to: &haul.records)
                }
                offset = next
            }
        } catch {
            throw KafkaClientError(
                .malformedResponse,
                "topic \"\(key.topic)\", partition \(key.partition), after offset \(offset): \(error)")
        }
        positions[key]?.offset = offset
    }

    /// Copies the records of a batch out of it: this client is for the command and for tests, and its callers keep
    /// records beyond the batch.
    private func append(
        _ batch: DecodedBatch, _ key: TopicPartition, from first: Int64, to records: inout [ConsumedRecord]
    ) {
        for index in batch.records.indices {
            let offset = batch.header.baseOffset &+ Int64(batch.records[index].offsetDelta)
            guard offset >= first else { continue }
            let record = batch.record(at: index)
            records.append(
                ConsumedRecord(
                    topic: key.topic, partition: key.partition, offset: offset, timestamp: record.timestamp,
                    key: record.key, value: record.value, headers: record.headers))
        }
    }

    private func request(
        _ keys: [TopicPartition], _ connection: KafkaConnection
    ) throws(KafkaClientError) -> FetchRequest {
        var request = FetchRequest()
        request.maxWaitMs = configuration.maxWaitMs
        request.minBytes = 1
        request.maxBytes = configuration.maxBytes
        // Not in a session: each request says all.
        request.sessionId = 0
        request.sessionEpoch = -1
        for key in keys {
            guard let topic = topics[key.topic], let position = positions[key] else { continue }
            var partition = FetchRequest.FetchPartition()
            partition.partition = key.partition
            partition.currentLeaderEpoch = -1
            partition.fetchOffset = position.offset
            partition.partitionMaxBytes = configuration.partitionBytesMax
            if request.topics.last?.topic != key.topic {
                var entry = FetchRequest.FetchTopic()
                entry.topic = topic.name
                entry.topicId = topic.id
                request.topics.append(entry)
            }
            request.topics[request.topics.count - 1].partitions.append(partition)
        }
        try addTags(to: &request, connection)
        return request
    }

    private func addTags(to request: inout FetchRequest, _ connection: KafkaConnection) throws(KafkaClientError) {
        let tags = configuration.tags
        guard connection.features.isSluice, try connection.version(of: FetchRequest.self) >= 12 else {
            // A broker that doesn't know the module would send what the module is there to change.
            if tags.adhocModule != nil {
                throw KafkaClientError(.unsupported, "\(connection.address) is no Sluice broker: it can't run a module")
            }
            return
        }
        request.group = tags.group
        if let module = tags.adhocModule {
            request.adhocModule = ByteBuffer(bytes: module)
            request.adhocParams = tags.adhocParameters.map { pair in
                var parameter = FetchRequest.AdhocParameter()
                parameter.name = pair.name
                parameter.value = pair.value
                return parameter
            }
        }
    }

    private func metadata(of key: TopicPartition) -> ClusterMetadata.Partition? {
        topics[key.topic]?.partitions.first { $0.index == key.partition }
    }

    private func name(of topic: FetchResponse.FetchableTopicResponse) -> String? {
        if !topic.topic.isEmpty { return topic.topic }
        return topics.values.first { $0.id == topic.topicId }?.name
    }
}
