import KafkaClient
import KafkaMessages
import NIOCore

/// The groups that read topics now, as `__consumer_offsets` shows them: they have members that subscribe, or committed an
/// offset within the last hour. Readers without a group leave no trace.
struct PresentReaders {
    private static let topic = "__consumer_offsets"
    private static let recentMs: Int64 = 3_600_000

    /// In order of the names.
    private(set) var groupsOfTopic: [String: [String]] = [:]

    /// - Returns: nobody, if this connection may not read them or nobody ever committed.
    static func read(_ cluster: Cluster, now: Int64) async throws -> PresentReaders {
        do {
            return PresentReaders(try await TopicReader.latest(topic, cluster) ?? [], now: now)
        } catch let error as KafkaClientError {
            guard error.errorCode == .topicAuthorizationFailed else { throw error }
            return PresentReaders([], now: now)
        }
    }

    init(_ records: [ConsumedRecord], now: Int64) {
        var found: [String: Set<String>] = [:]
        for record in records {
            let key = ByteBuffer(bytes: record.key ?? [])
            let value = ByteBuffer(bytes: record.value ?? [])
            // A record that can't be read is a group that isn't listed; the broker says so in its own log.
            if let commit = try? OffsetCommitKey(decoding: key) {
                guard let offset = try? OffsetCommitValue(decoding: value), offset.commitTimestamp > now - Self.recentMs
                else { continue }
                found[commit.topic, default: []].insert(commit.group)
            } else if let group = try? GroupMetadataKey(decoding: key) {
                for member in (try? GroupMetadataValue(decoding: value))?.members ?? [] {
                    let subscription = try? ConsumerProtocolSubscription(decoding: member.subscription)
                    for topic in subscription?.topics ?? [] { found[topic, default: []].insert(group.group) }
                }
            }
        }
        groupsOfTopic = found.mapValues { $0.sorted() }
    }
}
