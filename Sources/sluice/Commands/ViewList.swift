import ArgumentParser
import KafkaClient
import Views

struct ViewList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List defaults, bindings and views.",
        discussion: """
            Only the admin may read them: use the admin socket of the data folder. Parameters of views are not shown.

            Examples:
              sluice view list
              sluice view list --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let state = try await connection.withCluster { cluster in try await StoredPolicy.read(cluster) }
        let listing = PolicyListing(state)
        try Output.show(output.output, json: listing.json) { listing.table }
    }
}

/// All of the policy, for people and scripts.
struct PolicyListing {
    private let state: PolicyState
    private let defaults: [(key: TopicPattern, value: PolicyState.StoredTarget)]
    private let bindings: [(key: BindingKey, value: PolicyState.StoredTarget)]
    private let views: [(key: VersionedName, value: PolicyState.StoredView)]
    private let quarantines: [PolicyState.StoredQuarantine]

    init(_ state: PolicyState) {
        self.state = state
        defaults = state.defaults.sorted { PolicyText.text($0.key) < PolicyText.text($1.key) }
        bindings = state.bindings.sorted { PolicyText.text($0.key) < PolicyText.text($1.key) }
        views = state.views.filter { !$0.value.isDeleted }.sorted { $0.key < $1.key }
        quarantines = state.quarantines.values.sorted { $0.offset < $1.offset }
    }

    private var paused: [String] { state.pauses.keys.map(\.string).sorted() }

    var json: JSON {
        [
            "defaults": .array(defaults.map { Self.rule(PolicyText.json($0.key), $0.value) }),
            "bindings": .array(bindings.map { Self.rule(PolicyText.json($0.key), $0.value) }),
            "views": .array(
                views.map { name, view in
                    [
                        "view": .string("\(name)"), "digest": .string("\(view.target.digest)"),
                        "on_error": .string(view.target.definition.onError.name),
                        "usable": .bool(state.isUsable(view.target)),
                        "steps": .array(view.target.definition.steps.map { .string("\($0.module)") }),
                    ]
                }),
            "paused": .array(paused.map { .string($0) }),
            "quarantined": .array(
                quarantines.map { stored in
                    [
                        "topic_id": .string(stored.quarantine.topicId.text),
                        "partition": JSON(stored.quarantine.partition), "offset": .integer(stored.quarantine.offset),
                        "digest": .string("\(stored.quarantine.digest)"),
                        "class": .string("\(stored.quarantine.errorClass)"),
                    ]
                }),
            "unreadable": JSON(state.unreadableCount),
        ]
    }

    private static func rule(_ subject: [String: JSON], _ stored: PolicyState.StoredTarget) -> JSON {
        var members = subject
        members["target"] = .string("\(stored.target)")
        members["rev"] = JSON(stored.meta.rev)
        members["by"] = .string(stored.meta.by)
        members["at"] = .string(stored.meta.at)
        return .object(members)
    }

    var table: String {
        var sections = [defaultTable, bindingTable, viewTable, quarantineTable].filter { !$0.isEmpty }.map(\.text)
        if !paused.isEmpty { sections.append("paused, so denied: \(paused.joined(separator: ", "))\n") }
        if state.unreadableCount > 0 {
            sections.append("\(state.unreadableCount) records can't be read; what they name is denied\n")
        }
        return sections.isEmpty
            ? "no policy: every topic is raw for whoever may read it\n" : sections.joined(separator: "\n")
    }

    private var defaultTable: Table {
        var table = Table("TOPIC", "DEFAULT", "SET", "BY")
        for (topic, stored) in defaults {
            table.add(PolicyText.text(topic), "\(stored.target)", stored.meta.at, stored.meta.by)
        }
        return table
    }

    private var bindingTable: Table {
        var table = Table("GROUP", "PRINCIPAL", "TOPIC", "VIEW", "SET", "BY")
        for (key, stored) in bindings {
            table.add(
                PolicyText.text(key.group), PolicyText.text(key.principal), PolicyText.text(key.topic),
                "\(stored.target)", stored.meta.at, stored.meta.by)
        }
        return table
    }

    private var viewTable: Table {
        var table = Table("VIEW", "STEPS", "ON ERROR", "STATE", "DIGEST")
        for (name, view) in views {
            let definition = view.target.definition
            table.add(
                "\(name)", definition.steps.map { "\($0.module)" }.joined(separator: " → "), definition.onError.name,
                state.isUsable(view.target) ? "ready" : "can't be used, so denied",
                String("\(view.target.digest)".prefix(12)))
        }
        return table
    }

    private var quarantineTable: Table {
        var table = Table("TOPIC ID", ">PARTITION", ">OFFSET", "CLASS", "VIEW DIGEST")
        for stored in quarantines.map(\.quarantine) {
            table.add(
                stored.topicId.text, String(stored.partition), String(stored.offset), "\(stored.errorClass)",
                String("\(stored.digest)".prefix(12)))
        }
        return table
    }
}
