import ArgumentParser
import KafkaClient

struct AclCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acl", abstract: "Say which user may do what.",
        subcommands: [AclAdd.self, AclList.self, AclRemove.self])
}

/// A code of ACLs on the command line.
struct AclArgument<Code: AclCode>: ExpressibleByArgument, Sendable {
    let code: Code

    init(_ code: Code) {
        self.code = code
    }

    init?(argument: String) {
        guard let code = Code(name: argument) else { return nil }
        self.code = code
    }

    static var allValueStrings: [String] { Code.names.map(\.name) }
    var defaultValueDescription: String { code.description }
}

/// What ACLs are about.
struct AclResourceOptions: ParsableArguments {
    @Option(name: .long, help: "A topic, or * for all; may be given again.", completion: Completions.topics)
    var topic: [String] = []

    @Option(name: .long, help: "A consumer group, or * for all; may be given again.", completion: Completions.groups)
    var group: [String] = []

    @Option(name: .long, help: "A transactional id, or * for all; may be given again.")
    var transactionalId: [String] = []

    @Flag(name: .long, help: "The cluster.")
    var cluster = false

    func validate() throws {
        guard !(topic + group + transactionalId).contains("") else { throw ValidationError("A name isn't empty.") }
    }
}

/// Whom ACLs are for, and what they are about.
struct AclOptions: ParsableArguments {
    @Option(name: .long, help: "Allow this user, as in User:alice; User:* for everybody; may be given again.")
    var allowPrincipal: [String] = []

    @Option(name: .long, help: "Deny this user, whatever else allows it; may be given again.")
    var denyPrincipal: [String] = []

    @Option(name: .long, help: "From this address only; may be given again.")
    var allowHost: [String] = []

    @Option(name: .long, help: "From this address only; may be given again.")
    var denyHost: [String] = []

    @Option(name: .long, help: "read, write, create, delete, alter, describe, … or all; may be given again.")
    var operation: [AclArgument<AclOperation>] = []

    @OptionGroup var resources: AclResourceOptions

    @Flag(
        name: .long,
        help: "What a producer needs: write, describe and create on --topic; write and describe on --transactional-id.")
    var producer = false

    @Flag(name: .long, help: "What a consumer needs: read and describe on --topic, read on --group.")
    var consumer = false

    @Flag(name: .long, help: "With --producer: idempotent-write on the cluster, too.")
    var idempotent = false

    func plan(_ pattern: AclPattern) -> AclPlan {
        var plan = AclPlan()
        plan.topics = resources.topic
        plan.groups = resources.group
        plan.transactionalIds = resources.transactionalId
        plan.isCluster = resources.cluster
        plan.pattern = pattern
        plan.allowed = allowPrincipal
        plan.denied = denyPrincipal
        plan.allowedHosts = allowHost
        plan.deniedHosts = denyHost
        plan.operations = operation.map(\.code)
        plan.isProducer = producer
        plan.isConsumer = consumer
        plan.isIdempotent = idempotent
        return plan
    }
}

extension AclPlan.Malformed {
    var validationError: ValidationError { ValidationError("\(reason).") }
}

struct AclAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Allow users something, or deny it.",
        discussion: """
            With authorizer = acl, what no ACL allows is denied, a deny outweighs every allow, and it holds from the next \
            request on. The shapes are those of kafka-acls.

            Examples:
              sluice acl add --allow-principal User:alice --producer --topic accounts
              sluice acl add --allow-principal User:bob --consumer --topic accounts \\
                --group email-app
              sluice acl add --allow-principal User:ops --operation all --cluster
              sluice acl add --allow-principal User:carol --operation read \\
                --topic pii. --resource-pattern-type prefixed
              sluice acl add --deny-principal User:eve --operation all --topic '*'
            """)

    @OptionGroup var options: AclOptions

    @Option(name: .long, help: "literal, or prefixed: every name that begins so.")
    var resourcePatternType = AclArgument(AclPattern.literal)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        do throws(AclPlan.Malformed) {
            _ = try options.plan(resourcePatternType.code).bindings()
        } catch {
            throw error.validationError
        }
    }

    func run() async throws {
        let bindings = try options.plan(resourcePatternType.code).bindings()
        let isIdle = try await connection.withCluster { cluster in
            try await AdminClient(cluster).createAcls(bindings)
            return await Self.isIdle(cluster)
        }
        try Output.show(output.output, json: ["added": AclText.json(bindings)]) {
            "added \(Quantity.plural(bindings.count, "ACL"))\n\n" + AclText.table(bindings)
        }
        // Who relies on what nobody asks is worse off than without.
        if isIdle {
            Output.note("note: the broker keeps ACLs and doesn't ask them: its authorizer is none; set authorizer=acl")
        }
    }

    /// Whether a Sluice broker says that it has no authorizer. A broker that doesn't tell has one, or is another's.
    private static func isIdle(_ cluster: Cluster) async -> Bool {
        guard let id = try? await cluster.metadata(topics: []).controllerId,
            let configs = try? await AdminClient(cluster).describeConfigs(.broker(id))
        else { return false }
        return configs.first { $0.name == "authorizer" }?.value == "none"
    }
}

struct AclList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List ACLs.",
        discussion: """
            Of a named topic, group or transactional id it lists all that applies to it: also those of * and of prefixes. \
            --resource-pattern-type literal or prefixed takes the name as it is written, in such an ACL only; any in either.

            Examples:
              sluice acl list
              sluice acl list --topic accounts
              sluice acl list --principal User:alice --output json
            """)

    @OptionGroup var resources: AclResourceOptions

    @Option(name: .long, help: "Only of this user, as in User:alice; may be given again.")
    var principal: [String] = []

    @Option(name: .long, help: "match, literal, prefixed or any.")
    var resourcePatternType = AclArgument(AclPattern.match)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    private var filters: [AclFilter] {
        get throws(AclPlan.Malformed) {
            var plan = AclPlan()
            plan.topics = resources.topic
            plan.groups = resources.group
            plan.transactionalIds = resources.transactionalId
            plan.isCluster = resources.cluster
            plan.pattern = resourcePatternType.code
            plan.allowed = principal
            return try plan.filters().map { filter in
                var filter = filter
                filter.permission = nil
                return filter
            }
        }
    }

    func validate() throws {
        do throws(AclPlan.Malformed) { _ = try filters } catch { throw error.validationError }
    }

    func run() async throws {
        let filters = try filters
        let acls = try await connection.withCluster { cluster in
            try await AclSearch.acls(filters, AdminClient(cluster))
        }
        try Output.show(output.output, json: ["acls": AclText.json(acls)]) {
            acls.isEmpty ? "no ACLs; `sluice acl add` makes some\n" : AclText.table(acls)
        }
    }
}

struct AclRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove ACLs.",
        discussion: """
            What isn't named is any: without --operation all operations, without a principal everybody's. The ACLs are listed \
            and asked for before they go; exactly those go.

            Examples:
              sluice acl remove --allow-principal User:bob --consumer --topic accounts \\
                --group email-app
              sluice acl remove --topic accounts            # all of them; asks
              sluice acl remove --allow-principal User:carol --yes
            """)

    @OptionGroup var options: AclOptions

    @Option(name: .long, help: "literal, prefixed, any (both) or match (all that applies to the name).")
    var resourcePatternType = AclArgument(AclPattern.literal)

    @Flag(name: [.long, .customLong("force")], help: "Don't ask.")
    var yes = false

    @Flag(name: .long, help: "Succeed if there are none.")
    var ifExists = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    private var filters: [AclFilter] {
        get throws(AclPlan.Malformed) {
            let plan = options.plan(resourcePatternType.code)
            guard !plan.resources.isEmpty || !plan.allowed.isEmpty || !plan.denied.isEmpty else {
                throw AclPlan.Malformed(
                    reason:
                        "give --topic, --group, --transactional-id, --cluster, --allow-principal or --deny-principal")
            }
            return try plan.filters()
        }
    }

    func validate() throws {
        do throws(AclPlan.Malformed) { _ = try filters } catch { throw error.validationError }
    }

    func run() async throws {
        let filters = try filters
        let removed = try await connection.withCluster { cluster in
            let admin = AdminClient(cluster)
            let found = try await AclSearch.acls(filters, admin)
            guard !found.isEmpty else {
                guard !ifExists else { return found }
                throw CommandFailure(.notFound, "there are no such ACLs", hint: "`sluice acl list` shows what there is")
            }
            if !yes {
                Output.note(AclText.table(found))
                guard Terminal.confirms("Remove \(Quantity.plural(found.count, "ACL"))?") else {
                    throw CommandFailure(.refused, "nothing was removed", hint: "--yes removes without asking")
                }
            }
            return try await admin.deleteAcls(found.map { AclFilter($0) })
        }
        try Output.show(output.output, json: ["removed": AclText.json(removed)]) {
            removed.isEmpty
                ? "there are no such ACLs\n"
                : "removed \(Quantity.plural(removed.count, "ACL"))\n\n" + AclText.table(removed)
        }
    }
}

/// What several filters find together, each entry once.
enum AclSearch {
    static func acls(_ filters: [AclFilter], _ admin: AdminClient) async throws(KafkaClientError) -> [AclBinding] {
        var seen: Set<AclBinding> = []
        var found: [AclBinding] = []
        for filter in filters {
            for acl in try await admin.acls(filter) where seen.insert(acl).inserted { found.append(acl) }
        }
        return found
    }
}
