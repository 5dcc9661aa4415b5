import ArgumentParser
import KafkaClient
import KafkaMessages

struct GroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: "List, describe, delete and rewind consumer groups.",
        subcommands: [
            GroupList.self, GroupDescribe.self, GroupDelete.self, GroupResetOffsets.self, GroupDeleteOffsets.self,
        ])
}

struct GroupList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List consumer groups.",
        discussion: """
            Examples:
              sluice group list
              sluice group list --state Stable --state PreparingRebalance
              sluice group list --output json
            """)

    @Option(name: .long, help: "Only groups in this state; may be given again.")
    var state: [GroupState] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let groups = try await connection.withCluster { cluster in
            try await GroupAdmin(cluster).list(states: state.map(\.rawValue))
        }
        try Output.show(output.output, json: GroupText.json(groups)) { GroupText.table(groups) }
    }
}

/// The states that a group of the classic protocol can be in, in Kafka's words.
enum GroupState: String, ExpressibleByArgument, CaseIterable, Sendable {
    case empty = "Empty"
    case preparingRebalance = "PreparingRebalance"
    case completingRebalance = "CompletingRebalance"
    case stable = "Stable"
    case dead = "Dead"

    init?(argument: String) {
        guard let state = Self.allCases.first(where: { $0.rawValue.lowercased() == argument.lowercased() }) else {
            return nil
        }
        self = state
    }
}

struct GroupDescribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show a group's members, its offsets and how far it lags.",
        discussion: """
            The lag is the end offset less the committed one: records that are stored and not yet committed.

            Examples:
              sluice group describe email-app
              sluice group describe email-app --output json
            """)

    @Argument(help: "Name of the group.", completion: Completions.groups)
    var group: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = try await connection.withCluster { cluster in try await GroupReport(group, cluster) }
        try Output.show(output.output, json: report.json) { report.table }
    }
}

struct GroupDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a group that has no members, with its offsets.",
        discussion: """
            Views and bindings that name the group stay.

            Examples:
              sluice group delete email-app          # asks
              sluice group delete email-app --yes
            """)

    @Argument(help: "Name of the group.", completion: Completions.groups)
    var group: String

    @Flag(name: .long, help: "Don't ask.")
    var yes = false

    @Flag(name: .long, help: "Succeed if there is no such group.")
    var ifExists = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard yes || Terminal.confirms("Delete group \(group) and all of its offsets?") else {
            throw CommandFailure(.refused, "group \(group) was not deleted", hint: "--yes deletes without asking")
        }
        let deleted = try await connection.withCluster { cluster in
            do {
                try await GroupAdmin(cluster).delete(group)
                return true
            } catch let error as KafkaClientError where ifExists && error.errorCode == .groupIdNotFound {
                return false
            }
        }
        try Output.show(output.output, json: ["group": .string(group), "deleted": .bool(deleted)]) {
            deleted ? "deleted group \(group)\n" : "there is no group \(group)\n"
        }
    }
}
