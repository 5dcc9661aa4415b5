import KafkaMessages

/// A group with how far it is behind, for an overview of many.
public struct GroupLag: Sendable, Equatable {
    public var id: String
    public var state: String
    public var memberCount: Int
    /// Records that are stored and not committed, over the partitions whose end is known; nil: of none.
    public var lag: Int64?

    public init(id: String, state: String, memberCount: Int, lag: Int64?) {
        self.id = id
        self.state = state
        self.memberCount = memberCount
        self.lag = lag
    }
}

extension GroupAdmin {
    /// Groups in order of their names, the first `limit` of them.
    ///
    /// - Parameters:
    ///   - topics: every topic of the cluster.
    ///   - ends: end offsets, as far as this connection may see them.
    /// - Returns: the groups, and how many there are in all.
    public func lags(
        in topics: [ClusterMetadata.Topic], ends: [TopicPartition: Int64], limit: Int
    ) async throws(KafkaClientError) -> (groups: [GroupLag], count: Int) {
        let listed = try await list()
        var groups: [GroupLag] = []
        for entry in listed.prefix(limit) {
            do throws(KafkaClientError) {
                let found = try await describe(entry.id)
                let committed = try await committedOffsets(of: entry.id, in: topics)
                let known = committed.compactMap { key, offset in ends[key].map { max(0, $0 - offset) } }
                groups.append(
                    GroupLag(
                        id: entry.id, state: found.state, memberCount: found.members.count,
                        lag: known.isEmpty ? nil : known.reduce(0, +)))
            } catch {
                // A group that is gone since it was listed is none.
                guard error.errorCode == .groupIdNotFound else { throw error }
            }
        }
        return (groups, listed.count)
    }
}
