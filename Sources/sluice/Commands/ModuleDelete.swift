import ArgumentParser
import KafkaClient
import KafkaRecords
import Views

struct ModuleDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a module, or one version of it.",
        discussion: """
            Refused while a binding or default uses it, or a view with other steps does. Its own one-step view goes with \
            it. The version is never given again: the same bytes get a new one.

            Examples:
              sluice module delete scrub-ssn@1
              sluice module delete scrub-ssn --yes     # every version
            """)

    @Argument(help: "NAME@VERSION, or NAME for every version.", completion: Completions.modules)
    var module: String

    @Flag(name: .long, help: "Don't ask.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let deleted = try await connection.withCluster { cluster in
            let state = try await StoredPolicy.read(cluster)
            let versions = try ModuleLookup.versions(module, state).map(\.name)
            let views = try Self.viewsToDelete(versions, state)
            let names = versions.map(\.description).joined(separator: ", ")
            guard yes || Terminal.confirms("Delete \(names)?") else {
                throw CommandFailure(.refused, "nothing was deleted", hint: "--yes agrees beforehand")
            }
            do throws(KafkaClientError) {
                let writer = PolicyWriter(cluster)
                if !views.isEmpty {
                    _ = try await writer.write(views.map { Self.removal(of: $0) }, to: PolicyWriter.viewsTopic)
                }
                for version in versions {
                    let record = Record(
                        key: Array("\(version)".utf8), value: nil, timestamp: WallClock.milliseconds())
                    _ = try await writer.write([record], to: PolicyWriter.modulesTopic)
                }
            } catch {
                throw error.restated("can't delete \(names)")
            }
            return versions.map(\.description)
        }
        let json: JSON = ["deleted": .array(deleted.map { .string($0) })]
        try Output.show(output.output, json: json) { "deleted \(deleted.joined(separator: ", "))\n" }
    }

    /// The one-step views of the versions themselves.
    static func viewsToDelete(
        _ versions: [VersionedName], _ state: PolicyState
    ) throws(CommandFailure) -> [VersionedName] {
        var views: [VersionedName] = []
        for version in versions {
            let use = ModuleUse(of: version, state)
            guard use.rules.isEmpty else {
                throw CommandFailure(
                    .refused, "\(version) is used by \(use.rules.joined(separator: " and "))",
                    hint: "set or unset those first")
            }
            let others = use.views.filter { view in
                state.views[view].map { $0.target.definition.steps.count != 1 || view.name != version.name } ?? false
            }
            guard others.isEmpty else {
                let names = others.map(\.description).joined(separator: ", ")
                throw CommandFailure(
                    .refused, "\(version) is a step of view \(names)", hint: "`sluice view delete` deletes it")
            }
            views += use.views
        }
        return views
    }

    private static func removal(of view: VersionedName) -> Record {
        Record(
            key: PolicyKey.view(view.name, view.version).bytes, value: nil, timestamp: WallClock.milliseconds())
    }
}
