import ArgumentParser
import KafkaClient
import KafkaMessages

struct TopicAlter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alter", abstract: "Change a topic's settings, or give it more partitions.",
        discussion: """
            Settings hold at once. A topic never gets fewer partitions; with more, the same key may go to another one.

            Examples:
              sluice topic alter accounts --config retention.ms=604800000
              sluice topic alter accounts --delete-config retention.ms   # the default
              sluice topic alter events --partitions 12
            """)

    @Argument(help: "Name of the topic.", completion: Completions.topics)
    var topic: String

    @Option(name: .long, help: "A setting of the topic, NAME=VALUE; may be given again.")
    var config: [KeyValueArgument] = []

    @Option(name: .long, help: "A setting that goes back to its default; may be given again.")
    var deleteConfig: [String] = []

    @Option(name: .shortAndLong, help: "Number of partitions from now on.")
    var partitions: Int32?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let partitions, partitions < 1 { throw ValidationError("--partitions takes 1 or more.") }
        if config.isEmpty, deleteConfig.isEmpty, partitions == nil {
            throw ValidationError("Give --config, --delete-config or --partitions.")
        }
        let names = config.map(\.name) + deleteConfig
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ValidationError("\(twice) is given more than once.")
        }
    }

    func run() async throws {
        try await connection.withCluster { cluster in
            let admin = AdminClient(cluster)
            if !deleteConfig.isEmpty { try checkDeleted(try await admin.describeConfigs(.topic(topic)).map(\.name)) }
            if !config.isEmpty || !deleteConfig.isEmpty {
                // Neither is done if the other can't be.
                if let partitions { try await admin.createPartitions(topic, count: partitions, validateOnly: true) }
                try await admin.alterConfigs(
                    .topic(topic), set: config.map { ($0.name, $0.value) }, delete: deleteConfig)
            }
            if let partitions { try await admin.createPartitions(topic, count: partitions) }
        }
        try Output.show(output.output, json: json) { text }
    }

    /// A broker takes any name here, as Apache Kafka does; a misspelt one would look as if it had been done.
    private func checkDeleted(_ known: [String]) throws {
        for name in deleteConfig where !known.contains(name) && !name.hasPrefix("view.") {
            let near = Suggestion.nearest(to: name, among: known)
            throw CommandFailure(
                .notFound, "topic \(topic) has no setting \(name)",
                hint: near.map { "did you mean \($0)?" } ?? "`sluice topic describe \(topic)` shows its settings")
        }
    }

    private var json: JSON {
        let set = config.sorted { $0.name < $1.name }.map { entry -> JSON in
            ["name": .string(entry.name), "value": .string(entry.value)]
        }
        return [
            "configs": .array(set), "deleted": .array(deleteConfig.sorted().map { .string($0) }),
            "partitions": partitions.map { JSON($0) } ?? .null, "topic": .string(topic),
        ]
    }

    private var text: String {
        var table = Table("SETTING", "VALUE")
        for entry in config { table.add(entry.name, entry.value) }
        for name in deleteConfig { table.add(name, "(default)") }
        if let partitions { table.add("partitions", String(partitions)) }
        return "altered topic \(Table.printable(topic))\n\n\(table.text)"
    }
}
