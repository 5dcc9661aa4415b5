import ArgumentParser
import KafkaClient
import KafkaMessages

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show and change the settings of topics, brokers, their loggers, and groups.",
        subcommands: [ConfigDescribe.self, ConfigSet.self, ConfigUnset.self])
}

enum ConfigKind: String, ExpressibleByArgument, CaseIterable, Sendable {
    case topic, broker, logger, group
}

/// Whose settings a command is about.
struct ConfigTarget: ParsableArguments {
    @Argument(help: "topic, broker, logger or group.")
    var kind: ConfigKind

    @Argument(help: "Name of the topic or group, or id of the broker, also for its loggers.")
    var name: String

    func validate() throws {
        if kind == .broker || kind == .logger, Int32(name).map({ $0 < 0 }) ?? true {
            throw ValidationError("A broker is named by its id; `sluice status` shows it.")
        }
        guard !name.isEmpty else { throw ValidationError("A name isn't empty.") }
    }

    var resource: AdminClient.Resource {
        switch kind {
        case .topic: .topic(name)
        case .broker: .broker(Int32(name) ?? -1)
        case .logger: .brokerLogger(Int32(name) ?? -1)
        case .group: .group(name)
        }
    }

    var text: String { "\(kind.rawValue) \(Table.printable(name))" }

    /// What the broker says, with the setting that may have been meant.
    func failure(_ error: KafkaClientError, _ names: [String], _ cluster: Cluster) async -> any Error {
        guard error.errorCode == .invalidConfig || error.errorCode == .invalidRequest else { return error }
        var failure = CommandFailure(error)
        // Without the list the broker's own words have to do.
        let known = (try? await AdminClient(cluster).describeConfigs(resource).map(\.name)) ?? []
        for name in names where !known.contains(name) {
            if let near = Suggestion.nearest(to: name, among: known) {
                failure.hint = "did you mean \(near)?"
                break
            }
            failure.hint = "`sluice config describe \(kind.rawValue) \(self.name) --all` lists the settings"
        }
        return failure
    }
}

struct ConfigDescribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show settings with where their values come from.",
        discussion: """
            Without names, those that aren't defaults.

            Examples:
              sluice config describe topic accounts
              sluice config describe broker 1 --all --documentation
              sluice config describe topic accounts retention.ms
            """)

    @OptionGroup var target: ConfigTarget

    @Argument(help: "Names of settings. Default: all that aren't defaults.")
    var names: [String] = []

    @Flag(name: .long, help: "Also those that have their default.")
    var all = false

    @Flag(name: .long, help: "Say what each is for, where the broker does.")
    var documentation = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let configs = try await connection.withCluster { cluster in
            // Kafka answers for a topic that isn't there, too.
            if target.kind == .topic { _ = try await cluster.topic(target.name) }
            return try await AdminClient(cluster).describeConfigs(target.resource)
        }
        for name in names where !configs.contains(where: { $0.name == name }) {
            let near = Suggestion.nearest(to: name, among: configs.map(\.name))
            throw CommandFailure(
                .notFound, "\(target.text) has no setting \(Table.printable(name))",
                hint: near.map { "did you mean \($0)?" } ?? "--all lists the settings")
        }
        let shown = configs.filter { config in
            names.isEmpty ? all || config.source != "DEFAULT_CONFIG" : names.contains(config.name)
        }
        let json: JSON = [
            "resource": .string(target.kind.rawValue), "name": .string(target.name),
            "configs": .array(shown.map(Self.json)),
        ]
        try Output.show(output.output, json: json) { table(shown) }
    }

    private static func json(_ config: AdminClient.ConfigEntry) -> JSON {
        [
            "name": .string(config.name), "value": JSON(config.value), "source": .string(config.source),
            "read_only": .bool(config.isReadOnly), "sensitive": .bool(config.isSensitive),
            "documentation": JSON(config.documentation),
        ]
    }

    private func table(_ configs: [AdminClient.ConfigEntry]) -> String {
        guard !configs.isEmpty else { return "\(target.text): every setting has its default; --all lists them\n" }
        var table = Table("SETTING", "VALUE", "SOURCE", "")
        for config in configs {
            table.add(
                config.name, config.isSensitive ? "(hidden)" : config.value ?? "-", config.source,
                config.isReadOnly ? "read-only" : "")
        }
        guard documentation else { return table.text }
        // A line behind each row.
        let lines = table.text.split(separator: "\n", omittingEmptySubsequences: false)
        var text = "\(lines[0])\n"
        for (config, line) in zip(configs, lines.dropFirst()) {
            text += "\(line)\n"
            if let words = config.documentation, !words.isEmpty { text += "    \(Table.printable(words))\n" }
        }
        return text
    }
}

struct ConfigSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set one or more settings: all of them or none.",
        discussion: """
            They hold at once. view.… keys set policy as `sluice view` does, without its preview.

            Examples:
              sluice config set topic accounts retention.ms=604800000 segment.ms=3600000
              sluice config set topic accounts retention.ms=1000 --validate-only
              sluice config set logger 1 readers=DEBUG
            """)

    @OptionGroup var target: ConfigTarget

    @Argument(help: "NAME=VALUE.")
    var settings: [KeyValueArgument]

    @Flag(name: .long, help: "Ask the broker whether it would do; change nothing.")
    var validateOnly = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let twice = settings.first(where: { setting in settings.count { $0.name == setting.name } > 1 }) {
            throw ValidationError("\(twice.name) is given more than once.")
        }
    }

    func run() async throws {
        try await connection.withCluster { cluster in
            do throws(KafkaClientError) {
                try await AdminClient(cluster).alterConfigs(
                    target.resource, set: settings.map { ($0.name, $0.value) }, validateOnly: validateOnly)
            } catch {
                throw await target.failure(error, settings.map(\.name), cluster)
            }
        }
        let set = settings.sorted { $0.name < $1.name }
        let json: JSON = [
            "resource": .string(target.kind.rawValue), "name": .string(target.name),
            "set": .array(set.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "validate_only": .bool(validateOnly),
        ]
        try Output.show(output.output, json: json) {
            let what = set.map { "\(Table.printable($0.name)) = \(Table.printable($0.value))\n" }.joined()
            return validateOnly ? "\(target.text) would take:\n\(what)" : "\(target.text)\n\(what)"
        }
    }
}

struct ConfigUnset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset", abstract: "Take settings back to their defaults.",
        discussion: """
            Examples:
              sluice config unset topic accounts retention.ms
            """)

    @OptionGroup var target: ConfigTarget

    @Argument(help: "Names of settings.")
    var names: [String]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withCluster { cluster in
            let admin = AdminClient(cluster)
            // A broker takes any name here, as Apache Kafka does; a misspelt one would look as if it had been done.
            let known = try await admin.describeConfigs(target.resource).map(\.name)
            for name in names where !known.contains(name) && !name.hasPrefix("view.") {
                let near = Suggestion.nearest(to: name, among: known)
                throw CommandFailure(
                    .notFound, "\(target.text) has no setting \(Table.printable(name))",
                    hint: near.map { "did you mean \($0)?" }
                        ?? "`sluice config describe \(target.kind.rawValue) \(target.name) --all` lists the settings")
            }
            do throws(KafkaClientError) {
                try await admin.alterConfigs(target.resource, set: [], delete: names)
            } catch {
                throw await target.failure(error, names, cluster)
            }
        }
        let json: JSON = [
            "resource": .string(target.kind.rawValue), "name": .string(target.name),
            "unset": .array(names.sorted().map { .string($0) }),
        ]
        try Output.show(output.output, json: json) {
            "\(target.text)\n" + names.sorted().map { "\(Table.printable($0)) = (default)\n" }.joined()
        }
    }
}
