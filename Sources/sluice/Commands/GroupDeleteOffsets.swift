import ArgumentParser
import KafkaClient
import KafkaMessages

struct GroupDeleteOffsets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete-offsets", abstract: "Forget what a group has committed for a topic.",
        discussion: """
            A reader of the group then begins where its own settings say. Refused for a topic that a member reads.

            Examples:
              sluice group delete-offsets email-app --topic accounts
              sluice group delete-offsets email-app --topic accounts --partition 3 --yes
            """)

    @Argument(help: "Name of the group.", completion: Completions.groups)
    var group: String

    @Option(name: .long, help: "The topic.", completion: Completions.topics)
    var topic: String

    @Option(name: .shortAndLong, help: "Only this partition; may be given again.")
    var partition: [Int32] = []

    @Flag(name: .long, help: "Show what would be done; do nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Don't ask.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let deleted = try await connection.withCluster { cluster in
            let admin = GroupAdmin(cluster)
            _ = try await admin.describe(group)
            let committed = try await admin.committedOffsets(
                of: group, in: try await cluster.metadata(topics: nil).topics)
            let keys = committed.keys.filter {
                $0.topic == topic && (partition.isEmpty || partition.contains($0.partition))
            }.sorted()
            guard !keys.isEmpty else {
                throw CommandFailure(
                    .notFound, "group \(group) has no offsets of topic \(topic)",
                    hint: "`sluice group describe \(group)` shows what it has")
            }
            let deleted = keys.map { (partition: $0.partition, offset: committed[$0] ?? -1) }
            guard !dryRun else { return deleted }
            guard yes || Terminal.confirms("Forget \(Quantity.plural(keys.count, "offset")) of group \(group)?") else {
                throw CommandFailure(.refused, "nothing was deleted", hint: "--yes agrees beforehand")
            }
            do throws(KafkaClientError) {
                try await admin.deleteOffsets(of: group, keys)
            } catch {
                guard error.errorCode == .groupSubscribedToTopic else { throw error }
                throw CommandFailure(
                    .refused, "a member of group \(group) reads topic \(topic)",
                    hint: "stop it first; `sluice group describe \(group)` shows the members")
            }
            return deleted
        }
        let list = deleted.map { entry -> JSON in
            ["partition": JSON(entry.partition), "offset": JSON(entry.offset)]
        }
        let json: JSON = [
            "group": .string(group), "topic": .string(topic), "dry_run": .bool(dryRun), "deleted": .array(list),
        ]
        try Output.show(output.output, json: json) {
            var table = Table(">PARTITION", ">COMMITTED")
            for entry in deleted { table.add(String(entry.partition), String(entry.offset)) }
            return table.text + (dryRun ? "nothing was deleted (--dry-run)\n" : "deleted\n")
        }
    }
}
