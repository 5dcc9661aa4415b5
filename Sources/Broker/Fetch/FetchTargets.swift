import KafkaMessages

/// The partitions of a fetch in the order in which they are read, and their topics.
struct FetchTargets: Sendable {
    struct Named: Sendable {
        let key: FetchSession.Topic
        var topic: Topic?
    }

    private struct PartitionKey: Hashable {
        let topicNumber: Int
        let index: Int32
    }

    private(set) var topics: [Named] = []
    var items: [FetchTarget] = []
    private let isFollower: Bool

    /// What a request asks for, as it asks for it.
    init(_ request: FetchRequest, byId: Bool, _ table: TopicTable) {
        isFollower = request.isOfFollower
        let count = request.topics.reduce(0) { $0 + $1.partitions.count }
        items.reserveCapacity(count)
        topics.reserveCapacity(request.topics.count)
        var numbers: [FetchSession.Topic: Int] = [:]
        var seen = Set<PartitionKey>()
        for topicRequest in request.topics {
            let key = topicRequest.key(byId: byId)
            let number = numbers[key] ?? topics.count
            if number == topics.count {
                topics.append(Named(key: key, topic: table[key]))
                if request.topics.count > 1 { numbers[key] = number }
            }
            for partition in topicRequest.partitions {
                add(FetchSession.Wanted(partition), topicNumber: number, slot: items.count)
                if count == 1 { continue }
                if !seen.insert(PartitionKey(topicNumber: number, index: partition.partition)).inserted {
                    // Asked twice: one answer is enough, and a request can't be made large by it.
                    items[items.count - 1].refusal = .invalidRequest
                }
            }
        }
    }

    /// All that a session holds.
    init(_ handle: FetchSessions.Handle, isFollower: Bool, _ table: TopicTable) {
        self.isFollower = isFollower
        let wanted = handle.withSession { session in
            var wanted: [(slot: Int, topicNumber: Int, wanted: FetchSession.Wanted)] = []
            wanted.reserveCapacity(session.partitionCount)
            session.forEach { wanted.append(($0, $1, $2)) }
            return (session.topics, wanted)
        }
        topics = wanted.0.map { Named(key: $0, topic: table[$0]) }
        items.reserveCapacity(wanted.1.count)
        for one in wanted.1 { add(one.wanted, topicNumber: one.topicNumber, slot: one.slot) }
    }

    /// Looks the topics up again, since a fetch may be parked while one is deleted, made again or given more partitions.
    mutating func refresh(_ table: TopicTable) {
        var changed = false
        for number in topics.indices {
            let topic = table[topics[number].key]
            if topic === topics[number].topic { continue }
            topics[number].topic = topic
            changed = true
        }
        if !changed { return }
        let old = items
        items.removeAll(keepingCapacity: true)
        for target in old {
            add(target.wanted, topicNumber: target.topicNumber, slot: target.slot)
            if target.refusal == .invalidRequest { items[items.count - 1].refusal = .invalidRequest }
        }
    }

    func topic(of target: FetchTarget) -> Topic? { topics[target.topicNumber].topic }

    private mutating func add(_ wanted: FetchSession.Wanted, topicNumber: Int, slot: Int) {
        let named = topics[topicNumber]
        let partition = named.topic?.partition(wanted.index)
        var refusal: ErrorCode?
        if isFollower {
            refusal = .topicAuthorizationFailed
        } else if partition == nil {
            if case .id = named.key, named.topic == nil {
                refusal = .unknownTopicId
            } else {
                refusal = .unknownTopicOrPartition
            }
        } else if wanted.currentLeaderEpoch > 0 {
            refusal = .unknownLeaderEpoch
        } else if wanted.currentLeaderEpoch < -1 {
            refusal = .fencedLeaderEpoch
        }
        items.append(
            FetchTarget(
                wanted: wanted, topicNumber: topicNumber, slot: slot, partition: partition, refusal: refusal))
    }
}

extension TopicTable {
    subscript(key: FetchSession.Topic) -> Topic? {
        switch key {
        case .name(let name): self[name]
        case .id(let id): self[id]
        }
    }
}

extension FetchRequest {
    /// No consumer has a replica id; who has one gets no records.
    var isOfFollower: Bool { replicaId != -1 || replicaState.replicaId != -1 }
}
