import ArgumentParser
import KafkaClient
import KafkaMessages

struct TopicCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topic", abstract: "Create, list, describe, alter and delete topics.",
        subcommands: [
            TopicCreate.self, TopicList.self, TopicDescribe.self, TopicAlter.self, TopicDelete.self,
            TopicDeleteRecords.self,
        ])
}

struct TopicCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a topic.",
        discussion: """
            Examples:
              sluice topic create accounts
              sluice topic create events --partitions 6 --config retention.ms=604800000
              sluice topic create pii.users --config view.default=deny   # born protected
            """)

    @Argument(help: "Name of the topic.")
    var topic: String

    @Option(name: .shortAndLong, help: "Number of partitions. Default: the broker's num.partitions.")
    var partitions: Int32?

    @Option(name: .long, help: "A setting of the topic, NAME=VALUE; may be given again.")
    var config: [KeyValueArgument] = []

    @Flag(name: .long, help: "Succeed if the topic exists already, whatever its settings are.")
    var ifNotExists = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let partitions, partitions < 1 { throw ValidationError("--partitions takes 1 or more.") }
    }

    func run() async throws {
        let created = try await connection.withCluster { cluster in
            do {
                try await AdminClient(cluster).createTopic(
                    topic, partitions: partitions ?? -1, configs: config.map { ($0.name, $0.value) })
                return true
            } catch let error as KafkaClientError where ifNotExists && error.errorCode == .topicAlreadyExists {
                return false
            }
        }
        try Output.show(output.output, json: ["topic": .string(topic), "created": .bool(created)]) {
            created ? "created topic \(topic)\n" : "topic \(topic) exists\n"
        }
    }
}

struct TopicList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List topics.",
        discussion: """
            Examples:
              sluice topic list
              sluice topic list --internal --output json
            """)

    @Flag(name: .long, help: "Also the topics that the broker keeps for itself.")
    var `internal` = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let topics = try await connection.withCluster { cluster in
            try await cluster.metadata(topics: nil).topics
        }.filter { self.internal || !$0.isInternal }
        try Output.show(output.output, json: TopicText.json(topics)) { TopicText.table(topics) }
    }
}

struct TopicDescribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show a topic's partitions, offsets and settings.",
        discussion: """
            Examples:
              sluice topic describe accounts
              sluice topic describe accounts --configs
              sluice topic describe accounts --output json
            """)

    @Argument(help: "Name of the topic.", completion: Completions.topics)
    var topic: String

    @Flag(name: .long, help: "Only the settings; in JSON, too.")
    var configs = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let description = try await connection.withCluster { cluster in
            let found = try await cluster.topic(topic)
            let admin = AdminClient(cluster)
            return TopicDescription(
                topic: found, offsets: try await admin.offsets(of: found),
                configs: try await admin.describeConfigs(.topic(topic)))
        }
        try Output.show(output.output, json: configs ? description.configJSON : description.json) {
            configs ? description.configTable : description.table
        }
    }
}

struct TopicDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a topic and all of its records.",
        discussion: """
            Views and bindings of the name stay: a topic that is created again under it is protected as before.

            Examples:
              sluice topic delete accounts           # asks
              sluice topic delete accounts --yes
            """)

    @Argument(help: "Name of the topic.", completion: Completions.topics)
    var topic: String

    @Flag(name: .long, help: "Don't ask.")
    var yes = false

    @Flag(name: .long, help: "Succeed if there is no such topic.")
    var ifExists = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard yes || Terminal.confirms("Delete topic \(topic) and all of its records?") else {
            throw CommandFailure(.refused, "topic \(topic) was not deleted", hint: "--yes deletes without asking")
        }
        let deleted = try await connection.withCluster { cluster in
            do {
                try await AdminClient(cluster).deleteTopic(topic)
                return true
            } catch let error as KafkaClientError where ifExists && error.errorCode == .unknownTopicOrPartition {
                return false
            }
        }
        try Output.show(output.output, json: ["topic": .string(topic), "deleted": .bool(deleted)]) {
            deleted ? "deleted topic \(topic)\n" : "there is no topic \(topic)\n"
        }
    }
}
