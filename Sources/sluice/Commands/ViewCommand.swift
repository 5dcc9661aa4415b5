import ArgumentParser
import KafkaClient
import Views

struct ViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view", abstract: "Say which reader of a topic sees what, and see why.",
        subcommands: [
            ViewSet.self, ViewUnset.self, ViewDefault.self, ViewCreate.self, ViewDelete.self, ViewList.self,
            ViewExplain.self, ViewPreview.self,
        ])
}

/// The topics that a rule is for.
struct TopicPatternOptions: ParsableArguments {
    @Option(name: .long, help: "Topic that the rule is for.")
    var topic: String?

    @Option(name: .long, help: "Every topic whose name begins so, in place of --topic.")
    var topicPrefix: String?

    func validate() throws {
        guard (topic == nil) != (topicPrefix == nil) else { throw ValidationError("Give --topic or --topic-prefix.") }
        guard topicPrefix != "", topic != "" else { throw ValidationError("A topic name isn't empty.") }
    }

    var pattern: TopicPattern {
        if let topic { .exact(Name(topic)) } else { .prefix(Name(topicPrefix ?? "")) }
    }

    var text: String { PolicyText.text(pattern) }
}

/// The readers that a binding is for.
struct ReaderPatternOptions: ParsableArguments {
    @Option(name: .long, help: "Consumer group that the binding is for.")
    var group: String?

    @Option(name: .long, help: "Every group whose name begins so, in place of --group.")
    var groupPrefix: String?

    @Option(name: .long, help: "Proven identity that the binding is for, as in User:alice.")
    var principal: String?

    func validate() throws {
        guard group == nil || groupPrefix == nil else {
            throw ValidationError("Give --group or --group-prefix, not both.")
        }
        guard group != nil || groupPrefix != nil || principal != nil else {
            throw ValidationError(
                "A binding names a group or a principal; what everybody else gets is set by `sluice view default`.")
        }
        if let principal, Principal(name: principal) == nil {
            throw ValidationError("--principal takes User:NAME (and not ANONYMOUS, who is nobody), or Admin:local.")
        }
    }

    func key(on topic: TopicPattern) -> BindingKey {
        let groups: GroupPattern =
            if let group { .exact(Name(group)) } else if let groupPrefix { .prefix(Name(groupPrefix)) } else { .any }
        let principals = principal.flatMap(Principal.init(name:)).map { PrincipalPattern.exact($0) } ?? .any
        return BindingKey(group: groups, principal: principals, topic: topic)
    }
}

struct ViewSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Bind readers of a topic to a view, to raw, or to deny.",
        discussion: """
            TARGET is a module (its one-step view), a view, one version of either (scrub-ssn@3), raw, or deny. A name \
            without a version stands for the highest one now. It holds from the next fetch on, for old records too.

            A group is a claim: whoever names it may have what it is bound to. Where that isn't enough, add --principal. \
            Once any binding names a topic, readers without one are denied unless `sluice view default` says otherwise.

            Examples:
              sluice view set --group email-app --topic accounts scrub-ssn
              sluice view set --group audit --principal User:auditor --topic accounts raw
              sluice view set --group-prefix test- --topic-prefix pii. deny
            """)

    @OptionGroup var readers: ReaderPatternOptions
    @OptionGroup var topics: TopicPatternOptions

    @Argument(help: "A module, a view, NAME@VERSION, raw, or deny.")
    var target: String

    @Flag(name: .long, help: "Don't ask, even if present readers lose what they read now.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let key = readers.key(on: topics.pattern)
        let subject = PolicyText.text(key)
        let assigned = try await connection.withCluster { cluster in
            let change = try await PolicyChange(cluster, .binding(key), on: topics.pattern, target: target)
            try change.confirm(isAgreed: yes)
            let assigned = try await change.write(while: "bind \(subject)")
            change.note()
            return assigned
        }
        var members = PolicyText.json(key)
        members["target"] = .string(assigned)
        try Output.show(output.output, json: .object(members)) { "\(subject) → \(assigned)\n" }
        // Nobody has to prove anything to claim a group.
        if key.principal == .any, assigned != "deny" {
            Output.note(
                "note: a group is a claim: whoever names \(PolicyText.text(key.group)) gets \(assigned) of "
                    + "\(topics.text); --principal User:NAME asks for proof")
        }
    }
}

struct ViewUnset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset", abstract: "Remove a binding.",
        discussion: """
            The readers that it named get the topic's default then. A removal that would open a protected topic to \
            everybody is refused: write `sluice view default --topic TOPIC raw` if that is what you want.

            Examples:
              sluice view unset --group email-app --topic accounts
            """)

    @OptionGroup var readers: ReaderPatternOptions
    @OptionGroup var topics: TopicPatternOptions

    @Flag(name: .long, help: "Don't ask, even if present readers lose what they read now.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let key = readers.key(on: topics.pattern)
        let subject = PolicyText.text(key)
        try await connection.withCluster { cluster in
            let change = try await PolicyChange(cluster, .binding(key), on: topics.pattern, target: nil)
            guard change.mayBeStored else {
                throw CommandFailure(
                    .notFound, "there is no binding of \(subject)", hint: "`sluice view list` shows what there is")
            }
            try change.confirm(isAgreed: yes)
            _ = try await change.write(while: "remove the binding of \(subject)")
            change.note()
        }
        var members = PolicyText.json(key)
        members["target"] = .null
        try Output.show(output.output, json: .object(members)) { "removed the binding of \(subject)\n" }
    }
}

struct ViewDefault: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "default", abstract: "Set what a topic's readers get to whom no binding applies.",
        discussion: """
            A topic whose default isn't raw is protected. A default for a prefix protects topics before they exist.

            Examples:
              sluice view default --topic accounts deny
              sluice view default --topic accounts raw      # open it again
              sluice view default --topic-prefix pii. deny  # topics are born protected
              sluice view default --topic accounts --unset
            """)

    @OptionGroup var topics: TopicPatternOptions

    @Argument(help: "A module, a view, NAME@VERSION, raw, or deny.")
    var target: String?

    @Flag(name: .long, help: "Remove what is written.")
    var unset = false

    @Flag(name: .long, help: "Don't ask, even if present readers lose what they read now.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (target == nil) == unset else { throw ValidationError("Give a target or --unset.") }
    }

    func run() async throws {
        let assigned = try await connection.withCluster { cluster in
            let change = try await PolicyChange(
                cluster, .topicDefault(topics.pattern), on: topics.pattern, target: target)
            if unset, !change.mayBeStored {
                throw CommandFailure(
                    .notFound, "\(topics.text) has no default", hint: "`sluice view list` shows what there is")
            }
            try change.confirm(isAgreed: yes)
            let assigned = try await change.write(while: "set the default of \(topics.text)")
            change.note()
            return assigned
        }
        var members = PolicyText.json(topics.pattern)
        members["target"] = unset ? .null : .string(assigned)
        try Output.show(output.output, json: .object(members)) {
            unset ? "removed the default of \(topics.text)\n" : "\(topics.text) → \(assigned)\n"
        }
    }
}
