import ArgumentParser
import KafkaClient

struct TopicDeleteRecords: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete-records", abstract: "Delete a topic's oldest records.",
        discussion: """
            Nobody reads what lies before the offset from then on; the bytes go when whole segments have gone. It can't be \
            undone. A time is ISO 8601, in UTC unless it says otherwise.

            Examples:
              sluice topic delete-records accounts --before 4711 --partition 0
              sluice topic delete-records accounts --before 2026-05-01T08:30:00Z --dry-run
              sluice topic delete-records accounts --before end --yes
            """)

    @Argument(help: "Name of the topic.", completion: Completions.topics)
    var topic: String

    @Option(name: .long, help: "Delete what lies before: an offset, a time such as 2026-05-01T08:30:00Z, or end.")
    var before: String

    @Option(name: .shortAndLong, help: "Only this partition; may be given again.")
    var partition: [Int32] = []

    @Flag(name: .long, help: "Show what would be done; do nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Don't ask.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    enum Limit: Equatable {
        case offset(Int64)
        case time(Int64)
        case end

        init?(_ text: String) {
            if text == "end" {
                self = .end
            } else if let offset = Int64(text) {
                guard offset >= 0 else { return nil }
                self = .offset(offset)
            } else if let ms = Timestamp.milliseconds(iso8601: text) {
                self = .time(ms)
            } else {
                return nil
            }
        }
    }

    func validate() throws {
        guard Limit(before) != nil else {
            throw ValidationError("--before takes an offset, a time such as 2026-05-01T08:30:00Z, or end.")
        }
    }

    func run() async throws {
        guard let limit = Limit(before) else { return }
        let changes = try await connection.withCluster { cluster in
            let found = try await cluster.topic(topic)
            var changes = try await plan(limit, found, cluster)
            let count = changes.reduce(0) { $0 + ($1.after - ($1.before ?? 0)) }
            guard !dryRun, count > 0 else { return changes }
            guard yes || Terminal.confirms("Delete \(count) offsets of topic \(topic)?") else {
                throw CommandFailure(.refused, "nothing was deleted", hint: "--yes agrees beforehand")
            }
            let offsets = Dictionary(
                changes.map { ($0.partition.partition, $0.after) }, uniquingKeysWith: { _, last in last })
            let kept = try await AdminClient(cluster).deleteRecords(of: found, before: offsets)
            for index in changes.indices {
                changes[index].after = kept[changes[index].partition.partition] ?? changes[index].after
            }
            return changes
        }
        try Output.show(output.output, json: json(changes)) { table(changes) }
    }

    private func plan(
        _ limit: Limit, _ found: ClusterMetadata.Topic, _ cluster: Cluster
    ) async throws -> [OffsetChange] {
        let ranges = try await AdminClient(cluster).offsets(of: found)
        for index in partition where ranges[index] == nil {
            throw CommandFailure(.notFound, "topic \(topic) has no partition \(index)")
        }
        var times: [Int32: Int64] = [:]
        if case .time(let ms) = limit { times = try await GroupAdmin(cluster).offsets(of: found, sinceMs: ms) }
        return ranges.sorted { $0.key < $1.key }.filter { partition.isEmpty || partition.contains($0.key) }.map {
            index, range in
            let wanted =
                switch limit {
                case .offset(let offset): offset
                case .time: times[index] ?? range.end
                case .end: range.end
                }
            return OffsetChange(
                partition: TopicPartition(topic, index), before: range.start,
                after: max(range.start, min(wanted, range.end)))
        }
    }

    private func json(_ changes: [OffsetChange]) -> JSON {
        let list = changes.map { change -> JSON in
            [
                "partition": JSON(change.partition.partition), "before": change.before.map { JSON($0) } ?? .null,
                "after": JSON(change.after),
            ]
        }
        return ["topic": .string(topic), "dry_run": .bool(dryRun), "partitions": .array(list)]
    }

    private func table(_ changes: [OffsetChange]) -> String {
        var table = Table(">PARTITION", ">FIRST", ">FIRST AFTER", ">DELETED")
        for change in changes {
            let before = change.before ?? 0
            table.add(
                String(change.partition.partition), String(before), String(change.after),
                String(change.after - before))
        }
        return table.text + (dryRun ? "nothing was deleted (--dry-run)\n" : "")
    }
}
