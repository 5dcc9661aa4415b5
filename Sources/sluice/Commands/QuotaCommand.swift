import ArgumentParser
import KafkaClient

struct QuotaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota", abstract: "Bound what clients may use.",
        subcommands: [QuotaSet.self, QuotaList.self, QuotaUnset.self])

    static let keys = ["connection_creation_rate", "consumer_byte_rate", "producer_byte_rate", "request_percentage"]

    /// A key that nobody knows is most often a typo.
    static func check(_ key: String) throws(ValidationError) {
        guard !keys.contains(key) else { return }
        let hint =
            Suggestion.nearest(to: key, among: keys).map { "did you mean \($0)?" }
            ?? "there are \(keys.joined(separator: ", "))."
        throw ValidationError("There is no quota \(Table.printable(key)); \(hint)")
    }
}

/// Whom a quota is for.
struct QuotaOptions: ParsableArguments {
    @Option(name: .long, help: "A user, as in alice.", completion: Completions.users)
    var user: String?

    @Flag(name: .long, help: "Each user without a quota of its own.")
    var defaultUser = false

    @Option(name: .long, help: "A client id.")
    var clientId: String?

    @Flag(name: .long, help: "Each client id without a quota of its own.")
    var defaultClientId = false

    @Option(name: .long, help: "An address.")
    var ip: String?

    @Flag(name: .long, help: "Each address without a quota of its own.")
    var defaultIp = false

    func validate() throws {
        for (name, isDefault, option) in [
            (user, defaultUser, "user"), (clientId, defaultClientId, "client-id"), (ip, defaultIp, "ip"),
        ] {
            guard name == nil || !isDefault else {
                throw ValidationError("--\(option) and --default-\(option) are two quotas; give one.")
            }
            guard name != "" else { throw ValidationError("--\(option) takes a name.") }
        }
        let hasClient = user != nil || defaultUser || clientId != nil || defaultClientId
        let hasAddress = ip != nil || defaultIp
        guard hasClient != hasAddress else {
            throw ValidationError(
                "A quota is for a --user, a --client-id, both together, or an --ip; --default-user and its like are for the others."
            )
        }
    }

    var entity: QuotaEntity {
        var parts: [QuotaEntity.Part] = []
        if user != nil || defaultUser { parts.append(QuotaEntity.Part(type: "user", name: user)) }
        if clientId != nil || defaultClientId { parts.append(QuotaEntity.Part(type: "client-id", name: clientId)) }
        if ip != nil || defaultIp { parts.append(QuotaEntity.Part(type: "ip", name: ip)) }
        return QuotaEntity(parts)
    }
}

enum QuotaText {
    static func name(_ entity: QuotaEntity) -> String {
        entity.parts.map { "\($0.type) \($0.name.map(Table.printable) ?? "(default)")" }.joined(separator: ", ")
    }

    /// 1048576, 12.5: without a fraction that is none.
    static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? value.description
    }

    static func json(_ entity: QuotaEntity, _ limits: [String: Double?]) -> JSON {
        let parts = entity.parts.map { part -> JSON in ["name": JSON(part.name), "type": .string(part.type)] }
        return [
            "entity": .array(parts), "limits": .object(limits.mapValues { JSON($0.map(number)) }),
        ]
    }
}

struct QuotaSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set quotas of a user, a client id or an address.",
        discussion: """
            producer_byte_rate and consumer_byte_rate are bytes of records a second, request_percentage is percent of one \
            thread, connection_creation_rate is connections a second from an address. They hold from the next request on. The \
            most precise one holds: user and client id together before the user before the client id, a name before the default.

            Examples:
              sluice quota set --user alice producer_byte_rate=1048576
              sluice quota set --default-client-id consumer_byte_rate=10485760
              sluice quota set --user alice --client-id batch request_percentage=50
              sluice quota set --default-ip connection_creation_rate=20
            """)

    @OptionGroup var options: QuotaOptions

    @Argument(
        help: "Quotas as KEY=NUMBER.", completion: .list(QuotaCommand.keys.map { "\($0)=" }))
    var limits: [KeyValueArgument]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for limit in limits {
            try QuotaCommand.check(limit.name)
            guard Double(limit.value)?.isFinite == true else {
                throw ValidationError("\(limit.name) takes a number, not \(Table.printable(limit.value)).")
            }
        }
        guard Set(limits.map(\.name)).count == limits.count else { throw ValidationError("A quota is named twice.") }
    }

    func run() async throws {
        let values: [String: Double?] = Dictionary(limits.map { ($0.name, Double($0.value)) }) { $1 }
        let entity = options.entity
        try await connection.withCluster { cluster in
            try await AdminClient(cluster).alterQuotas(of: entity, values)
        }
        try Output.show(output.output, json: QuotaText.json(entity, values)) {
            let texts = limits.map { "\($0.name)=\(Table.printable($0.value))" }
            return "set \(texts.joined(separator: ", ")) for \(QuotaText.name(entity))\n"
        }
    }
}

struct QuotaList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List quotas.",
        discussion: """
            Examples:
              sluice quota list
              sluice quota list --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let quotas = try await connection.withCluster { cluster in try await AdminClient(cluster).quotas() }
        let json = quotas.map { QuotaText.json($0.entity, $0.limits.mapValues { $0 }) }
        try Output.show(output.output, json: ["quotas": .array(json)]) {
            var table = Table("FOR", "QUOTA", ">LIMIT")
            for quota in quotas {
                for (key, limit) in quota.limits.sorted(by: { $0.key < $1.key }) {
                    table.add(QuotaText.name(quota.entity), key, QuotaText.number(limit))
                }
            }
            return table.isEmpty ? "no quotas; `sluice quota set` makes some\n" : table.text
        }
    }
}

struct QuotaUnset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset", abstract: "Remove quotas: those that are named, or all that are set there.",
        discussion: """
            Examples:
              sluice quota unset --user alice
              sluice quota unset --default-client-id consumer_byte_rate
            """)

    @OptionGroup var options: QuotaOptions

    @Argument(help: "Which; all, if none is named.", completion: .list(QuotaCommand.keys))
    var keys: [String] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for key in keys { try QuotaCommand.check(key) }
    }

    func run() async throws {
        let entity = options.entity
        let removed = try await connection.withCluster { cluster in
            let admin = AdminClient(cluster)
            let stored = try await admin.quotas().first { Set($0.entity.parts) == Set(entity.parts) }
            let there = Set(stored?.limits.keys.map { $0 } ?? [])
            let wanted = keys.isEmpty ? there : there.intersection(keys)
            guard !wanted.isEmpty else {
                throw CommandFailure(
                    .notFound, "no such quota is set for \(QuotaText.name(entity))",
                    hint: "`sluice quota list` shows what there is")
            }
            try await admin.alterQuotas(of: entity, Dictionary(wanted.map { ($0, nil) }) { $1 })
            return wanted.sorted()
        }
        let json: JSON = [
            "entity": .array(entity.parts.map { ["name": JSON($0.name), "type": .string($0.type)] }),
            "removed": .array(removed.map { .string($0) }),
        ]
        try Output.show(output.output, json: json) {
            "removed \(removed.joined(separator: ", ")) of \(QuotaText.name(entity))\n"
        }
    }
}
