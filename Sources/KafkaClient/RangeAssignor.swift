/// Kafka's `range` assignment: for each topic the members that want it, in order of their ids, get consecutive
/// partitions; the first ones get one more where the count doesn't divide.
public enum RangeAssignor {
    public static let name = "range"

    public struct Member: Sendable {
        public var id: String
        /// Static member id; orders before the member id where there is one, as in Kafka.
        public var instanceId: String?
        public var topics: [String]

        public init(id: String, instanceId: String? = nil, topics: [String]) {
            self.id = id
            self.instanceId = instanceId
            self.topics = topics
        }
    }

    /// - Parameter partitionCounts: partitions of each topic that exists; a topic that isn't in it is left out.
    /// - Returns: for each member id its partitions by topic; every member has an entry.
    public static func assign(
        _ members: [Member], partitionCounts: [String: Int32]
    ) -> [String: [String: [Int32]]] {
        var result = Dictionary(members.map { ($0.id, [String: [Int32]]()) }, uniquingKeysWith: { first, _ in first })
        var membersOfTopic: [String: [Member]] = [:]
        for member in members {
            for topic in Set(member.topics) { membersOfTopic[topic, default: []].append(member) }
        }
        for (topic, interested) in membersOfTopic {
            guard let count = partitionCounts[topic], count > 0 else { continue }
            let ordered = interested.sorted(by: precedes)
            let share = count / Int32(ordered.count)
            let larger = count % Int32(ordered.count)
            var next: Int32 = 0
            for (index, member) in ordered.enumerated() {
                let size = share + (Int32(index) < larger ? 1 : 0)
                if size > 0 { result[member.id]?[topic] = Array(next..<(next + size)) }
                next += size
            }
        }
        return result
    }

    /// Members with a static id come first, by that id; the others by member id.
    private static func precedes(_ left: Member, _ right: Member) -> Bool {
        switch (left.instanceId, right.instanceId) {
        case (let a?, let b?): a < b
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): left.id < right.id
        }
    }
}
