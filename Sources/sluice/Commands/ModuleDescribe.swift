import ArgumentParser
import KafkaClient
import Views
import WasmRuntime

struct ModuleDescribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show a module's versions, what it imports and exports, and who uses it.",
        discussion: """
            Only the admin may read them: use the admin socket of the data folder.

            Examples:
              sluice module describe scrub-ssn
              sluice module describe scrub-ssn@2 --output json
            """)

    @Argument(help: "NAME for every version, or NAME@VERSION.", completion: Completions.modules)
    var module: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reports = try await connection.withCluster { cluster in
            let state = try await StoredPolicy.read(cluster)
            var reports: [ModuleReport] = []
            for version in try ModuleLookup.versions(module, state) {
                let bytes = try await StoredPolicy.module(version.name, cluster)
                reports.append(ModuleReport(version, ModuleUse(of: version.name, state), bytes))
            }
            return reports
        }
        let json: JSON = ["name": JSON(reports.first?.name), "versions": .array(reports.map(\.json))]
        try Output.show(output.output, json: json) { reports.map(\.text).joined(separator: "\n") }
    }
}

/// One version of a module.
struct ModuleReport: Sendable {
    private let version: ModuleVersion
    private let use: ModuleUse
    /// nil: the bytes aren't there or can't be read.
    private let summary: ModuleSummary?

    init(_ version: ModuleVersion, _ use: ModuleUse, _ bytes: [UInt8]?) {
        self.version = version
        self.use = use
        summary = bytes.flatMap { try? ModuleSummary($0) }
    }

    var name: String { version.name.name.string }

    var json: JSON {
        var members: [String: JSON] = [
            "module": .string("\(version.name)"), "version": JSON(version.name.version),
            "sha256": .string("\(version.sha256)"), "abi": .string(version.abi), "bytes": JSON(version.byteCount),
            "created_at": .string(version.createdAt), "created_by": .string(version.createdBy),
            "damaged": .bool(!version.isLoaded),
            "memory_bytes": summary.map { JSON($0.memoryByteCount) } ?? .null,
            "imports": .array((summary?.imports ?? []).map { .string($0) }),
            "exports": .array((summary?.exports ?? []).map { .string($0) }),
        ]
        members.merge(use.json) { first, _ in first }
        return .object(members)
    }

    var text: String {
        var lines = [
            Paint.bold("\(version.name)") + (version.isLoaded ? "" : Paint.red("  damaged, so denied")),
            "  sha256   \(version.sha256)",
            "  kind     \(version.abi)",
            "  size     \(version.byteCount) bytes",
            "  created  \(Table.printable("\(version.createdAt) by \(version.createdBy)"))",
        ]
        if let summary {
            lines.append("  memory   \(summary.memoryByteCount) bytes at the start")
            lines.append("  imports  \(summary.imports.isEmpty ? "nothing" : summary.imports.joined(separator: ", "))")
            lines += summary.exports.enumerated().map { "\($0 == 0 ? "  exports  " : "           ")\($1)" }
        }
        let users = use.views.map { "view \($0)" } + use.rules
        lines +=
            users.isEmpty
            ? ["  used by  nobody"]
            : users.enumerated().map { "\($0 == 0 ? "  used by  " : "           ")\(Table.printable($1))" }
        return lines.joined(separator: "\n") + "\n"
    }
}
