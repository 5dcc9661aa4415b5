import KafkaClient
import Testing

@testable import sluice

@Suite struct AclPlanTests {
    private static func plan(_ line: String) throws -> AclPlan {
        let add = try #require(
            try Sluice.parseAsRoot(["acl", "add"] + line.split(separator: " ").map(String.init)) as? AclAdd)
        return add.options.plan(add.resourcePatternType.code)
    }

    private static func text(_ acl: AclBinding) -> String {
        "\(acl.permission) \(acl.principal) \(acl.operation) \(acl.resource) \(acl.name) \(acl.pattern) \(acl.host)"
    }

    /// The entries that `kafka-acls` makes of the same flags (Kafka documentation, "Command Line Interface" of ACLs).
    @Test(
        arguments: [
            ("--allow-principal User:a --operation read --topic t", ["allow User:a read topic t literal *"]),
            ("--allow-principal User:a --topic t", ["allow User:a all topic t literal *"]),
            (
                "--allow-principal User:a --producer --topic t",
                [
                    "allow User:a write topic t literal *", "allow User:a describe topic t literal *",
                    "allow User:a create topic t literal *",
                ]
            ),
            (
                "--allow-principal User:a --producer --idempotent --topic t --transactional-id x",
                [
                    "allow User:a write topic t literal *", "allow User:a describe topic t literal *",
                    "allow User:a create topic t literal *", "allow User:a write transactional-id x literal *",
                    "allow User:a describe transactional-id x literal *",
                    "allow User:a idempotent-write cluster kafka-cluster literal *",
                ]
            ),
            (
                "--allow-principal User:a --consumer --topic t- --group g --resource-pattern-type prefixed",
                [
                    "allow User:a read topic t- prefixed *", "allow User:a describe topic t- prefixed *",
                    "allow User:a read group g prefixed *",
                ]
            ),
            (
                "--allow-principal User:a --producer --consumer --topic t --group g",
                [
                    "allow User:a write topic t literal *", "allow User:a describe topic t literal *",
                    "allow User:a create topic t literal *", "allow User:a read topic t literal *",
                    "allow User:a read group g literal *",
                ]
            ),
            (
                "--allow-principal User:a --allow-principal User:b --allow-host 10.0.0.1 --deny-principal User:* --operation DescribeConfigs --cluster",
                [
                    "allow User:a describe-configs cluster kafka-cluster literal 10.0.0.1",
                    "allow User:b describe-configs cluster kafka-cluster literal 10.0.0.1",
                    "deny User:* describe-configs cluster kafka-cluster literal *",
                ]
            ),
        ] as [(String, [String])])
    func whatFlagsComeTo(line: String, wanted: [String]) throws {
        #expect(try Self.plan(line).bindings().map(Self.text) == wanted)
    }

    @Test(
        arguments: [
            ("--topic t --operation read", "give --allow-principal"), ("--allow-principal User:a", "give --topic"),
            ("--allow-principal alice --topic t", "User:alice?"), ("--allow-principal Group:a --topic t", "User:NAME"),
            ("--allow-principal User: --topic t", "User:NAME"),
            ("--allow-principal User:a --topic t --operation idempotent-write", "no operation on a topic"),
            ("--allow-principal User:a --group g --operation write", "no operation on a group"),
            ("--allow-principal User:a --topic t --deny-host h", "--deny-host belongs to"),
            ("--deny-principal User:a --topic t --allow-host h", "--allow-host belongs to"),
            ("--allow-principal User:a --producer", "--producer needs --topic"),
            ("--allow-principal User:a --consumer --topic t", "--consumer needs --group"),
            ("--allow-principal User:a --producer --topic t --group g", "--group belongs to --consumer"),
            ("--allow-principal User:a --producer --topic t --operation read", "without --operation"),
            ("--allow-principal User:a --deny-principal User:b --producer --topic t", "--deny-principal"),
            ("--allow-principal User:a --consumer --topic t --group g --idempotent", "belong to --producer"),
            ("--allow-principal User:a --topic t --idempotent", "--idempotent belongs to"),
            ("--allow-principal User:a --topic t --resource-pattern-type match", "literal or prefixed"),
            ("--allow-principal User:a --producer --topic t --cluster", "without --cluster"),
        ] as [(String, String)])
    func whatIsWrongIsSaid(line: String, words: String) async {
        let capture = OutputCapture()
        let status = await Output.$capture.withValue(capture) {
            await Sluice.run(["acl", "add"] + line.split(separator: " ").map(String.init))
        }
        #expect(status == .usage)
        #expect(capture.notes.first?.contains(words) == true, "\(capture.notes)")
    }

    @Test func whatIsNotNamedIsAny() throws {
        var plan = AclPlan()
        #expect(try plan.filters() == [AclFilter()])
        plan.topics = ["t"]
        plan.pattern = .match
        #expect(try plan.filters() == [AclFilter(resource: .topic, name: "t", pattern: .match)])
        plan.allowed = ["User:a"]
        plan.denied = ["User:b"]
        plan.operations = [.read]
        #expect(
            try plan.filters() == [
                AclFilter(
                    resource: .topic, name: "t", pattern: .match, principal: "User:a", operation: .read,
                    permission: .allow),
                AclFilter(
                    resource: .topic, name: "t", pattern: .match, principal: "User:b", operation: .read,
                    permission: .deny),
            ])
        plan = AclPlan()
        (plan.topics, plan.groups, plan.allowed, plan.isConsumer) = (["t"], ["g"], ["User:a"], true)
        #expect(try plan.filters().map(\.operation) == [.read, .describe, .read])
        #expect(try plan.filters().allSatisfy { $0.host == nil && $0.permission == .allow })
    }

    @Test(arguments: ["DescribeConfigs", "describe-configs", "DESCRIBE_CONFIGS", "describeconfigs"])
    func operationsAreReadAsAnybodyWritesThem(text: String) {
        #expect(AclOperation(name: text) == .describeConfigs)
        #expect("\(AclOperation.describeConfigs)" == "describe-configs")
    }

    @Test func whatANewerBrokerHasIsShown() {
        #expect("\(AclOperation(rawValue: 99))" == "code-99")
        #expect(AclOperation(name: "nonsense") == nil)
    }
}
