import ArgumentParser
import Broker
import KafkaClient
import KafkaMessages
import Views

struct ViewExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show what a reader gets, and by which rules.",
        discussion: """
            Runs the broker's own decision on its stored policy, for the claims that the flags give. A live connection \
            may show the broker more than these.

            Examples:
              sluice view explain --topic accounts --group email-app
              sluice view explain --topic accounts --as User:auditor --group audit
              sluice view explain --topic accounts --client-id consumer-email-app-1
            """)

    @Option(name: .long, help: "Topic that is read.")
    var topic: String

    @Option(name: .long, help: "Consumer group that the reader's requests name.")
    var group: String?

    @Option(name: .customLong("as"), help: "Proven identity, User:NAME or Admin:local. Default: nobody.")
    var principal: String?

    @Option(name: .long, help: "Numeric address that the reader comes from, where ACLs name hosts.")
    var host = "*"

    @Option(name: .long, help: "client.id of the reader.")
    var clientId: String?

    @Option(name: .long, help: "Group that the listener is pinned to.")
    var pinnedGroup: String?

    @Option(name: .long, help: "The listener's own bound, its option views: no-raw or deny.")
    var listenerViews: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let principal, Principal(name: principal) == nil {
            throw ValidationError("--as takes User:NAME or Admin:local.")
        }
        if let listenerViews, cap == .none || cap.rawValue != listenerViews {
            throw ValidationError("--listener-views takes no-raw or deny.")
        }
    }

    func run() async throws {
        let explanation = try await connection.withCluster { cluster in
            let state = try await StoredPolicy.read(cluster)
            return self.explanation(state, try await cluster.topic(topic), try await Self.rights(cluster))
        }
        try Output.show(output.output, json: explanation.json) { explanation.text }
    }

    private var cap: ListenerRule.Cap { listenerViews.flatMap(ListenerRule.Cap.init(rawValue:)) ?? .none }

    /// What the broker's ACLs allow; nil where it asks none.
    private static func rights(_ cluster: Cluster) async throws -> ReadRights? {
        let admin = AdminClient(cluster)
        let configs = try await admin.describeConfigs(.broker(try await cluster.metadata(topics: []).controllerId))
        let settings = Dictionary(configs.map { ($0.name, $0.value ?? "") }) { first, _ in first }
        guard settings["authorizer"] == "acl" else { return nil }
        let entries = try await admin.acls(AclFilter()).map { acl in
            ReadRights.Entry(
                resourceType: acl.resource.rawValue, name: acl.name, patternType: acl.pattern.rawValue,
                principal: acl.principal, host: acl.host, operation: acl.operation.rawValue,
                permissionType: acl.permission.rawValue)
        }
        return ReadRights(settings: settings, entries: entries)
    }

    func explanation(
        _ state: PolicyState, _ found: ClusterMetadata.Topic, _ rights: ReadRights? = nil
    ) -> Explanation {
        var evidence = Evidence()
        evidence.connectionGroups = group.map { [Name($0)] } ?? []
        evidence.clientId = Name(clientId ?? "")
        let principal = principal.flatMap(Principal.init(name:)) ?? .anonymous
        let topicName = Name(found.name)
        let reader = Reader(
            principal: principal, listener: ListenerRule(pinnedGroup: pinnedGroup, cap: cap),
            mayReadTopic: rights?.mayRead(topic: topicName, principal, host: host) ?? true)
        let (decision, steps) = Resolution.explain(
            state.snapshot(), reader, topic: TopicRef(id: (found.id.high, found.id.low), name: found.name),
            evidence: evidence, now: 0, waitMs: 0,
            mayReadGroup: { rights?.mayRead(group: $0, principal, host: host) ?? true })
        return Explanation(topic: found.name, decision: decision, steps: steps)
    }
}

/// An outcome with its reasons.
struct Explanation {
    var topic: String
    var decision: Decision
    var steps: [String]

    private var view: ViewTarget? {
        if case .view(let view) = decision.outcome { view } else { nil }
    }

    var json: JSON {
        [
            "topic": .string(topic), "outcome": .string(decision.outcome.name),
            "digest": JSON(view.map { "\($0.digest)" }),
            "steps": .array(steps.map { .string($0) }),
        ]
    }

    var text: String {
        let numbered = steps.enumerated().map { "\($0 + 1). \(Table.printable($1))\n" }.joined()
        let digest = view.map { "  (digest \($0.digest))" } ?? ""
        return "\(numbered)\n→ \(decision.outcome.name)\(digest)\n"
    }
}
