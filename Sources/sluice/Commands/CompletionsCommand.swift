import ArgumentParser
import KafkaClient
import Views

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print a completion script for a shell.",
        discussion: """
            Completes commands, flags, files, and the names of topics, groups, modules, views and users: those of the broker \
            of ./sluice-data, $SLUICE_DATA or $SLUICE_BOOTSTRAP.

            Examples:
              sluice completions bash > /etc/bash_completion.d/sluice
              sluice completions zsh > "${fpath[1]}/_sluice"
              sluice completions fish > ~/.config/fish/completions/sluice.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable, Sendable {
        case bash, zsh, fish

        var shell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        try Output.line(Sluice.completionScript(for: shell.shell))
    }
}

/// Names for the completion scripts, one a line. Not for people: it is quiet about everything that goes wrong.
struct CompleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete", abstract: "Print names for completion scripts.",
        discussion: """
            Examples:
              sluice complete topics
            """, shouldDisplay: false)

    enum Kind: String, ExpressibleByArgument, CaseIterable, Sendable {
        case topics, groups, modules, views, users
    }

    @Argument var kind: Kind

    func run() async throws {
        let connection = try ConnectionOptions.parse(["--timeout", "1"])
        let names = (try? await connection.withCluster(mayAsk: false) { cluster in try await found(cluster) }) ?? []
        // A name with a line feed would be two to the shell.
        try Output.write(names.sorted().filter { !$0.contains { $0.isNewline } }.map { "\($0)\n" }.joined())
    }

    private func found(_ cluster: Cluster) async throws -> [String] {
        switch kind {
        case .topics:
            return try await cluster.metadata(topics: nil).topics.filter { !$0.isInternal }.map(\.name)
        case .groups: return try await GroupAdmin(cluster).list().map(\.id)
        case .modules:
            let modules = try await StoredPolicy.read(cluster).modules
            return modules.filter { $0.value.values.contains { !$0.isDeleted } }.keys.map(\.string)
        case .users: return Array(Set(try await AdminClient(cluster).userCredentials().map(\.user)))
        case .views: return ViewLookup.names(try await StoredPolicy.read(cluster))
        }
    }
}
