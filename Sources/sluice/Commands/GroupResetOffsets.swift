import ArgumentParser
import KafkaClient
import KafkaMessages

struct GroupResetOffsets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-offsets", abstract: "Set where a group goes on reading.",
        discussion: """
            The group must have no members. An offset that isn't kept (any more) becomes the nearest one that is.
            A time is ISO 8601, in UTC unless it says otherwise; the group goes on with the first record from then.

            Examples:
              sluice group reset-offsets email-app --topic accounts --to-earliest
              sluice group reset-offsets email-app --topic accounts --shift-by -10
              sluice group reset-offsets app --all-topics --to-latest --dry-run
              sluice group reset-offsets app --topic t --to-datetime 2026-05-01T08:30:00Z
              sluice group reset-offsets app --topic t --by-duration PT2H
            """)

    @Argument(help: "Name of the group.", completion: Completions.groups)
    var group: String

    @Option(name: .long, help: "A topic; may be given again.")
    var topic: [String] = []

    @Flag(name: .long, help: "Every topic that the group has committed offsets of.")
    var allTopics = false

    @Option(name: .shortAndLong, help: "Only this partition of the topic; may be given again.")
    var partition: [Int32] = []

    @Flag(name: .long, help: "To the first record that is kept.")
    var toEarliest = false

    @Flag(name: .long, help: "To the end: only records that come from now on.")
    var toLatest = false

    @Option(name: .long, help: "To this offset.")
    var toOffset: Int64?

    @Option(name: .long, help: "To the first record of this time or later, as in 2026-05-01T08:30:00Z.")
    var toDatetime: String?

    @Option(
        name: .long, help: "To the first record that is at most so old, as an ISO 8601 duration: PT1H30M, P7D.")
    var byDuration: String?

    @Option(name: .long, parsing: .unconditional, help: "Forwards, or backwards if negative, by so many offsets.")
    var shiftBy: Int64?

    @Flag(name: .long, help: "Show what would be done; do nothing.")
    var dryRun = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard topic.isEmpty == allTopics else { throw ValidationError("Give --topic or --all-topics.") }
        guard partition.isEmpty || topic.count == 1 else { throw ValidationError("--partition needs one --topic.") }
        guard partition.allSatisfy({ $0 >= 0 }) else { throw ValidationError("--partition takes 0 or more.") }
        if let toOffset, toOffset < 0 { throw ValidationError("--to-offset takes 0 or more.") }
        _ = try target()
    }

    /// What the flags say; exactly one of them.
    func target() throws -> OffsetTarget {
        var targets: [OffsetTarget] = []
        if toEarliest { targets.append(.earliest) }
        if toLatest { targets.append(.latest) }
        if let toOffset { targets.append(.offset(toOffset)) }
        if let shiftBy { targets.append(.shift(shiftBy)) }
        if let toDatetime {
            guard let ms = Timestamp.milliseconds(iso8601: toDatetime) else {
                throw ValidationError("\"\(toDatetime)\" is no time such as 2026-05-01T08:30:00Z.")
            }
            targets.append(.time(ms))
        }
        if let byDuration {
            guard let ms = Timestamp.milliseconds(duration: byDuration) else {
                throw ValidationError("\"\(byDuration)\" is no duration such as PT1H30M or P7D.")
            }
            targets.append(.time(max(0, WallClock.milliseconds() - ms)))
        }
        guard targets.count == 1 else {
            throw ValidationError(
                "Give one of --to-earliest, --to-latest, --to-offset, --to-datetime, --by-duration and --shift-by.")
        }
        return targets[0]
    }

    func run() async throws {
        let target = try target()
        let changes = try await connection.withCluster { cluster in
            let admin = GroupAdmin(cluster)
            let found = try await admin.describe(group)
            guard !found.hasMembers else {
                let count = found.members.count
                throw CommandFailure(
                    .refused,
                    "group \(group) is \(found.state) with \(Quantity.plural(count, "member")), which would overwrite the offsets",
                    hint: "stop them first, then try again; `sluice group describe \(group)` shows them")
            }
            let topics = try await cluster.metadata(topics: nil).topics
            let changes = try await plan(target, topics, cluster)
            if !dryRun {
                let offsets = Dictionary(
                    changes.map { ($0.partition, $0.after) }, uniquingKeysWith: { _, last in last })
                try await admin.commit(offsets, for: group, in: topics)
            }
            return changes
        }
        try Output.show(output.output, json: json(changes)) { table(changes) }
    }

    private func plan(
        _ target: OffsetTarget, _ topics: [ClusterMetadata.Topic], _ cluster: Cluster
    ) async throws -> [OffsetChange] {
        let admin = GroupAdmin(cluster)
        let committed = try await admin.committedOffsets(of: group, in: topics)
        let names = allTopics ? Set(committed.keys.map(\.topic)).sorted() : topic
        var changes: [OffsetChange] = []
        for name in names {
            guard let found = topics.first(where: { $0.name == name }) else {
                throw KafkaClientError.broker(
                    .unknownTopicOrPartition, "it doesn't exist", while: "use topic \"\(name)\"")
            }
            let ranges = try await AdminClient(cluster).offsets(of: found)
            for index in partition where ranges[index] == nil {
                throw CommandFailure(.notFound, "topic \(name) has no partition \(index)")
            }
            var times: [Int32: Int64] = [:]
            if case .time(let ms) = target { times = try await admin.offsets(of: found, sinceMs: ms) }
            for (index, range) in ranges.sorted(by: { $0.key < $1.key }) {
                let key = TopicPartition(name, index)
                // With --all-topics, only what the group reads.
                guard partition.isEmpty ? !allTopics || committed[key] != nil : partition.contains(index) else {
                    continue
                }
                let after = try target.resolved(
                    key, committed: committed[key], start: range.start, end: range.end, atTime: times[index])
                changes.append(OffsetChange(partition: key, before: committed[key], after: after))
            }
        }
        return changes
    }

    private func json(_ changes: [OffsetChange]) -> JSON {
        let list = changes.map { change -> JSON in
            [
                "topic": .string(change.partition.topic), "partition": JSON(change.partition.partition),
                "before": change.before.map { JSON($0) } ?? .null, "after": JSON(change.after),
            ]
        }
        return ["group": .string(group), "dry_run": .bool(dryRun), "partitions": .array(list)]
    }

    private func table(_ changes: [OffsetChange]) -> String {
        var table = Table("TOPIC", ">PARTITION", ">BEFORE", ">AFTER")
        for change in changes {
            table.add(
                change.partition.topic, String(change.partition.partition), change.before.map { String($0) } ?? "-",
                String(change.after))
        }
        if table.isEmpty { return "group \(Table.printable(group)) has no offsets there\n" }
        return table.text + (dryRun ? "nothing was changed (--dry-run)\n" : "")
    }
}

/// One partition's committed offset before and after.
struct OffsetChange: Sendable, Equatable {
    var partition: TopicPartition
    /// nil: none.
    var before: Int64?
    var after: Int64
}

/// Where a group is to go on.
enum OffsetTarget: Sendable, Equatable {
    case earliest
    case latest
    case offset(Int64)
    /// Milliseconds since 1970.
    case time(Int64)
    case shift(Int64)

    /// - Parameters:
    ///   - start: the first offset that is kept; `end`: the one that the next record gets.
    ///   - atTime: for `time`, the offset that the broker found.
    /// - Returns: an offset within the range.
    func resolved(
        _ partition: TopicPartition, committed: Int64?, start: Int64, end: Int64, atTime: Int64?
    ) throws(CommandFailure) -> Int64 {
        let wanted: Int64
        switch self {
        case .earliest: wanted = start
        case .latest: wanted = end
        case .offset(let offset): wanted = offset
        case .time: wanted = atTime ?? end
        case .shift(let count):
            guard let committed else {
                throw CommandFailure(
                    .refused, "the group has no offset of \(partition) to shift",
                    hint: "--to-earliest or another target sets one")
            }
            let (sum, overflows) = committed.addingReportingOverflow(count)
            wanted = overflows ? (count < 0 ? .min : .max) : sum
        }
        return max(start, min(wanted, end))
    }
}
