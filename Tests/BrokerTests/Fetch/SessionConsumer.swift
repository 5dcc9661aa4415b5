import KafkaMessages
import NIOCore

@testable import Broker

/// A consumer that keeps a fetch session on one connection, as Java's FetchSessionHandler does.
struct SessionConsumer {
    struct Place: Hashable {
        var topic: String
        var partition: Int32
    }

    let connection: TestConnection
    var version: Int16 = 11
    /// Topic ids by name, from Fetch 13 on.
    var ids: [String: Uuid] = [:]
    private(set) var sessionId: Int32 = 0
    private(set) var epoch: Int32 = 0
    var wants: [Place: Int64] = [:]
    private var inSession: [Place: Int64] = [:]
    private var idsInSession: [String: Uuid] = [:]
    /// What it knows of each partition; records are those of the last answer.
    private(set) var picture: [Place: FetchResponse.PartitionData] = [:]

    init(_ connection: TestConnection) {
        self.connection = connection
    }

    /// Fetches once and takes the answer in. Returns it.
    mutating func fetch(maxWaitMs: Int32 = 0) async throws -> FetchResponse {
        let request = request(maxWaitMs: maxWaitMs)
        let response = try await connection.send(request, version: version)
        guard response.errorCode == .none else {
            if response.errorCode == .fetchSessionIdNotFound { sessionId = 0 }
            epoch = 0
            return response
        }
        if epoch == 0 { picture = [:] }
        sessionId = response.sessionId
        epoch = sessionId == 0 ? 0 : FetchSession.epoch(after: epoch)
        inSession = sessionId == 0 ? [:] : wants
        idsInSession = ids
        for place in picture.keys {
            if wants[place] == nil { picture[place] = nil } else { picture[place]?.records = .empty }
        }
        for topic in response.responses {
            let name = version >= 13 ? ids.first { $0.value == topic.topicId }?.key ?? "" : topic.topic
            for data in topic.partitions { picture[Place(topic: name, partition: data.partitionIndex)] = data }
        }
        return response
    }

    func request(maxWaitMs: Int32 = 0) -> FetchRequest {
        var request = FetchRequest()
        (request.maxWaitMs, request.minBytes, request.maxBytes) = (maxWaitMs, 1, 1 << 20)
        (request.sessionId, request.sessionEpoch) = (sessionId, epoch)
        for (place, offset) in wants {
            let isKnown = inSession[place] == offset && idsInSession[place.topic] == ids[place.topic]
            if epoch > 0 && isKnown { continue }
            var entry = FetchRequest.FetchTopic()
            entry.topic = place.topic
            entry.topicId = ids[place.topic] ?? .zero
            var partition = FetchRequest.FetchPartition()
            (partition.partition, partition.fetchOffset) = (place.partition, offset)
            partition.partitionMaxBytes = 1 << 20
            entry.partitions = [partition]
            request.topics.append(entry)
        }
        guard epoch > 0 else { return request }
        for place in inSession.keys where wants[place] == nil || idsInSession[place.topic] != ids[place.topic] {
            var entry = FetchRequest.ForgottenTopic()
            entry.topic = place.topic
            entry.topicId = idsInSession[place.topic] ?? .zero
            entry.partitions = [place.partition]
            request.forgottenTopicsData.append(entry)
        }
        return request
    }

    /// The same client on another connection, which ends the old session as real ones do.
    func reconnected(_ connection: TestConnection) -> SessionConsumer {
        var consumer = SessionConsumer(connection)
        (consumer.version, consumer.ids, consumer.wants, consumer.sessionId) = (version, ids, wants, sessionId)
        return consumer
    }
}

/// Which partitions an answer speaks of.
func places(_ response: FetchResponse) -> [String] {
    response.responses.flatMap { topic in topic.partitions.map { "\(topic.topic)-\($0.partitionIndex)" } }.sorted()
}
