import KafkaClient
import KafkaMessages
import Views

/// Who would read what before and after a change: the broker's own functions, run here on what it has stored.
struct PolicyPreview {
    /// A group that reads a topic now, and whose outcome changes.
    struct Effect: Equatable {
        var group: String
        var topic: String
        var before: String
        var after: String

        var isLoss: Bool { after == "deny" && before != "deny" }
        var text: String { "group \(group) on \(topic): \(before) → \(after)" }
    }

    private(set) var effects: [Effect] = []
    /// Topics that nobody without a binding may read any more.
    private(set) var closedTopics: [String] = []

    /// - Throws: what the broker will say, too, if it refuses the change.
    init(
        _ state: PolicyState, _ change: PolicyRecord, on pattern: TopicPattern, topics: [ClusterMetadata.Topic],
        readers: PresentReaders, now: Int64
    ) throws(PolicyRefusal) {
        let own = topics.filter { !$0.isInternal && $0.error == .none }.map { topic in
            TopicRef(id: (topic.id.high, topic.id.low), name: topic.name)
        }
        let plan = try state.planViews(
            [change], author: PolicyAuthor(principal: .admin, timestamp: now), topics: own.map { TopicFact(ref: $0) })
        var changed = state
        for record in plan.records { changed.applyView(record, offset: changed.number.views) }
        let before = state.snapshot()
        let after = changed.snapshot()
        for topic in own where pattern.matches(topic.name) {
            for group in readers.groupsOfTopic[topic.name.string] ?? [] {
                let effect = Effect(
                    group: group, topic: topic.name.string, before: Self.outcome(before, topic, group),
                    after: Self.outcome(after, topic, group))
                if effect.before != effect.after { effects.append(effect) }
            }
            if Self.outcome(after, topic, nil) == "deny", Self.outcome(before, topic, nil) != "deny" {
                closedTopics.append(topic.name.string)
            }
        }
    }

    /// What an unproven reader gets that names the group, or none.
    private static func outcome(_ snapshot: PolicySnapshot, _ topic: TopicRef, _ group: String?) -> String {
        var evidence = Evidence()
        evidence.requestGroup = group.map { Name($0) }
        return Resolution.resolve(
            snapshot, Reader(principal: .anonymous), topic: topic, evidence: evidence, now: 0, waitMs: 0,
            mayReadGroup: { _ in true }
        ).outcome.name
    }
}
