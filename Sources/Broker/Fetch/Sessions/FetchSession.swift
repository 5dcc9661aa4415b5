import KafkaMessages

/// Fetch sessions (KIP-227): the broker keeps which partitions a consumer reads and what it was told of each, so that a
/// request names only what changes and an answer only what is new.
enum FetchSession {
    /// A topic as requests name it: by name up to Fetch 12, by id from 13 on. A session never mixes them.
    enum Topic: Sendable, Hashable {
        case name(String)
        case id(Uuid)

        /// Bytes that it takes beside its partitions.
        var nameByteCount: Int {
            switch self {
            case .name(let name): name.utf8.count
            case .id: 0
            }
        }
    }

    /// What a consumer asks of one partition.
    struct Wanted: Sendable, Equatable {
        var index: Int32
        var fetchOffset: Int64
        var bytesMax: Int32
        /// The leader epoch that the consumer knows; -1: not to be checked.
        var currentLeaderEpoch: Int32

        init(index: Int32, fetchOffset: Int64, bytesMax: Int32, currentLeaderEpoch: Int32 = -1) {
            self.index = index
            self.fetchOffset = fetchOffset
            self.bytesMax = bytesMax
            self.currentLeaderEpoch = currentLeaderEpoch
        }

        init(_ request: FetchRequest.FetchPartition) {
            self.init(
                index: request.partition, fetchOffset: request.fetchOffset, bytesMax: request.partitionMaxBytes,
                currentLeaderEpoch: request.currentLeaderEpoch)
        }
    }

    /// What an answer says of a partition beside its records, and where they would come from.
    struct Told: Sendable, Equatable {
        var errorCode: ErrorCode
        var highWatermark: Int64
        var lastStableOffset: Int64
        var logStartOffset: Int64
        /// Stands for the topic and for what the reader gets of it: another view, or another topic of the name, is news.
        var source: Int
    }

    /// What a session may take. A client whose session would be larger fetches without one.
    enum Limit {
        static let partitions = 100_000
        /// Kafka's bound for names of topics: longer ones name none.
        static let nameBytes = 249
        /// What a partition and a topic take in memory at most, with arrays and tables that have just grown.
        static let bytesPerPartition = 208
        static let bytesPerTopic = 160
    }

    /// What comes of a request that goes on with a session.
    enum Action: Equatable {
        /// All partitions of the session are looked at.
        case fetch
        /// The request is refused; the session stays as it was.
        case refuse(ErrorCode)
        /// Nothing is left in it, so it ends, and the request is answered as one without a session.
        case emptied
        /// It would outgrow its bound and ends: the client is told that it isn't there (70), and asks for everything.
        case outgrown
    }

    /// The epoch that follows; 0 begins a session and never comes again (KIP-227).
    static func epoch(after epoch: Int32) -> Int32 { epoch == .max ? 1 : epoch + 1 }
}

extension FetchRequest {
    /// A full request: epoch 0 asks for a session, -1 for none, and both end the one that is named.
    var isFull: Bool { sessionEpoch == 0 || sessionEpoch == -1 }
}

extension FetchRequest.FetchTopic {
    func key(byId: Bool) -> FetchSession.Topic { byId ? .id(topicId) : .name(topic) }
}
