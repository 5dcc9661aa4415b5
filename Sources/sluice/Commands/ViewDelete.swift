import ArgumentParser
import KafkaClient
import KafkaRecords
import Views

struct ViewDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a view, or one version of it.",
        discussion: """
            Refused while a binding or default names it. The version is never given again. A module's one-step view goes \
            with the module: `sluice module delete`.

            Examples:
              sluice view delete masked@1
              sluice view delete masked --yes     # every version
            """)

    @Argument(help: "NAME@VERSION, or NAME for every version.", completion: Completions.views)
    var view: String

    @Flag(name: .long, help: "Don't ask.")
    var yes = false

    @Flag(name: .long, help: "Say what would be deleted, and change nothing.")
    var dryRun = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let versions = try await connection.withCluster { cluster in
            let versions = try Self.versions(view, try await StoredPolicy.read(cluster))
            if dryRun { return versions }
            let names = versions.map(\.description).joined(separator: ", ")
            guard yes || Terminal.confirms("Delete \(names)?") else {
                throw CommandFailure(.refused, "nothing was deleted", hint: "--yes agrees beforehand")
            }
            do throws(KafkaClientError) {
                // One batch: all of them, or none.
                let records = versions.map { version in
                    Record(
                        key: PolicyKey.view(version.name, version.version).bytes, value: nil,
                        timestamp: WallClock.milliseconds())
                }
                _ = try await PolicyWriter(cluster).write(records, to: PolicyWriter.viewsTopic)
            } catch {
                throw error.restated("can't delete \(names)")
            }
            return versions
        }
        let json: JSON = [
            "deleted": .array(versions.map { .string($0.description) }), "dry_run": .bool(dryRun),
        ]
        try Output.show(output.output, json: json) {
            "\(dryRun ? "would delete" : "deleted") \(versions.map(\.description).joined(separator: ", "))\n"
        }
    }

    /// The versions that are meant, none of which anything names.
    static func versions(_ text: String, _ state: PolicyState) throws(CommandFailure) -> [VersionedName] {
        let versioned = VersionedName(text)
        let name = versioned?.name ?? Name(text)
        if state.modules[name] != nil {
            throw CommandFailure(
                .refused, "\(Table.printable(name.string)) is a module, and its view goes with it",
                hint: "`sluice module delete` deletes both")
        }
        let known = state.views.filter { $0.key.name == name && !$0.value.isDeleted }.keys.sorted()
        guard !known.isEmpty else {
            let names = Set(state.views.filter { !$0.value.isDeleted }.keys.map(\.name)).subtracting(state.modules.keys)
            let near = Suggestion.nearest(to: name.string, among: names.map(\.string).sorted())
            throw CommandFailure(
                .notFound, "there is no view \(Table.printable(name.string))",
                hint: near.map { "did you mean \($0)?" } ?? "`sluice view list` shows what there is")
        }
        let versions = known.filter { versioned == nil || $0 == versioned }
        guard !versions.isEmpty else {
            throw CommandFailure(
                .notFound, "view \(name) has no version \(versioned?.version ?? 0)",
                hint: "there is \(known.map { "\($0.version)" }.joined(separator: ", "))")
        }
        let rules = PolicyText.rules(naming: versions.contains, state)
        guard rules.isEmpty else {
            let subject = versions.map(\.description).joined(separator: ", ")
            throw CommandFailure(
                .refused, "\(subject) is used by \(Table.printable(rules.joined(separator: " and ")))",
                hint: "set or unset those first")
        }
        return versions
    }
}
