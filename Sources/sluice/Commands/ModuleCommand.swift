import ArgumentParser
import KafkaClient
import KafkaRecords
import Views

struct ModuleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "module", abstract: "Make, try, deploy, list and delete Wasm modules.",
        subcommands: [
            ModuleNew.self, ModuleTest.self, ModuleDeploy.self, ModuleList.self, ModuleDescribe.self, ModuleDelete.self,
        ])
}

enum ModuleFile {
    /// More than any broker takes (`module.bytes.max`); the broker says what its own limit is.
    static let bytesMax = 11 * 1024 * 1024
}

struct ModuleDeploy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Store a Wasm module under a name.",
        discussion: """
            The broker checks and compiles the module before it answers. Each new content gets the next version; the \
            same bytes give the same one. Deploying changes nothing that anybody sees: views and bindings keep the \
            version that they were set with.

            Examples:
              sluice module deploy scrub-ssn scrub-ssn.wasm
              sluice view set --group email-app --topic accounts scrub-ssn  # use it
            """)

    @Argument(help: "Name of the module: a-z, 0-9, '.', '_' and '-'.")
    var name: String

    @Argument(help: "The Wasm binary.", completion: .file(extensions: ["wasm"]))
    var file: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let bytes = try FileReader.read(file, bytesMax: ModuleFile.bytesMax)
        guard bytes.starts(with: [0x00, 0x61, 0x73, 0x6d]) else {
            throw CommandFailure(
                .failed, "\(file) is no Wasm binary", hint: "it has to begin with \\0asm; compile it first")
        }
        let sha256 = Digest(hashing: bytes).description
        let record = Record(
            key: Array(name.utf8), value: bytes, headers: [(key: "sha256", value: Array(sha256.utf8))],
            timestamp: WallClock.milliseconds())
        let answer = try await connection.withCluster { cluster in
            do throws(KafkaClientError) {
                return try await PolicyWriter(cluster).write([record], to: PolicyWriter.modulesTopic)
            } catch {
                throw error.restated("can't deploy module \(name)")
            }
        }
        let assigned = answer.first?.name
        let json: JSON = [
            "module": JSON(assigned), "name": .string(name), "sha256": .string(sha256),
            "bytes": JSON(bytes.count),
        ]
        try Output.show(output.output, json: json) {
            "deployed \(assigned ?? name)  \(bytes.count) bytes  sha256 \(sha256)\n"
        }
    }
}

struct ModuleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the modules and their versions.",
        discussion: """
            Only the admin may read them: use the admin socket of the data folder.

            Examples:
              sluice module list
              sluice module list --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let state = try await connection.withCluster { cluster in try await StoredPolicy.read(cluster) }
        let listing = ModuleListing(state)
        try Output.show(output.output, json: listing.json) { listing.table }
    }
}

/// Every module and version, for people and scripts.
struct ModuleListing {
    private let modules: [ModuleVersion]

    init(_ state: PolicyState) {
        modules = state.modules.values.flatMap(\.values).sorted { $0.name < $1.name }
    }

    var json: JSON {
        let list = modules.map { module -> JSON in
            [
                "module": .string("\(module.name)"), "name": .string("\(module.name.name)"),
                "version": JSON(module.name.version), "sha256": .string("\(module.sha256)"), "abi": .string(module.abi),
                "bytes": JSON(module.byteCount), "created_by": .string(module.createdBy),
                "created_at": .string(module.createdAt), "deleted": .bool(module.isDeleted),
                "damaged": .bool(!module.isDeleted && !module.isLoaded),
            ]
        }
        return ["modules": .array(list)]
    }

    var table: String {
        var table = Table("MODULE", "ABI", ">BYTES", "SHA256", "CREATED", "BY")
        for module in modules {
            let abi = module.isDeleted ? "(deleted)" : module.isLoaded ? module.abi : "(damaged, so denied)"
            table.add(
                "\(module.name)", abi, String(module.byteCount), String("\(module.sha256)".prefix(12)),
                module.createdAt,
                module.createdBy)
        }
        return table.isEmpty ? "no modules; `sluice module deploy NAME FILE` stores one\n" : table.text
    }
}
