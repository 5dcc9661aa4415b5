import ArgumentParser
import KafkaClient
import Testing

@testable import sluice

private func parse<Command: ParsableCommand>(_ line: String, as type: Command.Type) throws -> Command {
    let command = try Sluice.parseAsRoot(line.split(separator: " ").map(String.init))
    return try #require(command as? Command)
}

@Suite struct ArgumentTests {
    @Test func topicCommands() throws {
        let create = try parse("topic create events -p 6 --config a=b --config c=d=e", as: TopicCreate.self)
        #expect(create.topic == "events")
        #expect(create.partitions == 6)
        #expect(create.config.map(\.name) == ["a", "c"])
        #expect(create.config.map(\.value) == ["b", "d=e"])
        #expect(try parse("topic list --internal --output json", as: TopicList.self).internal)
        #expect(try parse("topic describe t -b broker:1", as: TopicDescribe.self).connection.bootstrap == "broker:1")
        let alter = try parse("topic alter t --config a=b --delete-config c -p 9", as: TopicAlter.self)
        #expect(alter.config.map(\.value) == ["b"])
        #expect(alter.deleteConfig == ["c"])
        #expect(alter.partitions == 9)
        #expect(try parse("topic delete t --yes --if-exists", as: TopicDelete.self).ifExists)
    }

    @Test func produceAndConsume() throws {
        let produce = try parse(
            "produce t --file f --key-separator : --codec zstd --header h=1", as: ProduceCommand.self)
        #expect(produce.keySeparator == ":")
        #expect(produce.codec == .zstd)
        let consume = try parse(
            "consume t -B -e --group g --map m.wasm --map-param mask=x -n 3", as: ConsumeCommand.self)
        #expect(consume.start == .beginning)
        #expect(consume.exitAtEnd)
        #expect(consume.group == "g")
        #expect(consume.map == "m.wasm")
        #expect(consume.count == 3)
        #expect(consume.effectiveFormat == .value)
        #expect(try parse("consume t --last 5", as: ConsumeCommand.self).start == .last(5))
        #expect(try parse("consume t --offset 5 -p 0 -p 2", as: ConsumeCommand.self).partition == [0, 2])
        #expect(try parse("consume t --since 99", as: ConsumeCommand.self).start == .timestamp(99))
        #expect(try parse("consume t", as: ConsumeCommand.self).start == .end)
        #expect(try parse("consume t --output json", as: ConsumeCommand.self).effectiveFormat == .json)
        let mixed = try parse("consume t --output json --format key-value", as: ConsumeCommand.self)
        #expect(mixed.effectiveFormat == .keyValue)
    }

    @Test func policyCommands() throws {
        let deploy = try parse("module deploy scrub scrub.wasm", as: ModuleDeploy.self)
        #expect(deploy.name == "scrub")
        #expect(deploy.file == "scrub.wasm")
        _ = try parse("module list", as: ModuleList.self)
        let set = try parse("view set --group g --principal User:a --topic t scrub@3 --yes", as: ViewSet.self)
        #expect(PolicyText.text(set.readers.key(on: set.topics.pattern)) == "group g as User:a on t")
        #expect(set.target == "scrub@3")
        let prefixed = try parse("view set --group-prefix g- --topic-prefix t- raw", as: ViewSet.self)
        #expect(PolicyText.text(prefixed.readers.key(on: prefixed.topics.pattern)) == "group g-* on t-*")
        _ = try parse("view unset --principal Admin:local --topic t", as: ViewUnset.self)
        #expect(try parse("view default --topic t deny", as: ViewDefault.self).target == "deny")
        #expect(try parse("view default --topic t --unset", as: ViewDefault.self).unset)
        let create = try parse(
            "view create v --module a --module b@2 --param 2:k=x=y --limit call_ms=50 --headers 1:keep --on-error drop",
            as: ViewCreate.self)
        #expect(create.module == ["a", "b@2"])
        #expect(create.param == [StepArgument(argument: "2:k=x=y")] && create.param[0].value == "x=y")
        #expect(create.headers == [HeadersArgument(argument: "1:keep")] && create.onError == .drop)
        #expect(try parse("view delete v@1 --dry-run", as: ViewDelete.self).dryRun)
        _ = try parse("view list --output json", as: ViewList.self)
        #expect(try parse("view explain --topic t --as User:a --client-id c", as: ViewExplain.self).clientId == "c")
    }

    @Test func theRest() throws {
        let serve = try parse(
            "serve --listener A://h:1 --listener B://h:2 --data d --config c --set a=b --log-level debug",
            as: ServeCommand.self)
        #expect(serve.listener == ["A://h:1", "B://h:2"])
        #expect(serve.assignments.map(\.name) == ["a"])
        #expect(serve.logLevel == LogLevelSetting(argument: "debug"))
        #expect(try parse("log dump path --records", as: LogDump.self).records)
        #expect(try parse("status --internal", as: StatusCommand.self).internal)
    }

    @Test(arguments: [
        "topic", "topic lst", "topic create", "topic create t -p 0", "topic create t --config novalue",
        "topic alter t", "topic alter t -p 0", "topic alter t --config a",
        "topic alter t --config a=1 --delete-config a",
        "topic list --output yaml", "consume t -B --last 3", "consume t --group g -p 0", "consume t --group g --last 1",
        "consume t -n 0", "consume t --map-param a=b", "produce t --key-separator", "produce t -p -1",
        "view set --topic t v",
        "view set --group g --topic t", "view set --group g v", "view set --group g --group-prefix g --topic t v",
        "view set --group g --topic t --topic-prefix t v", "view set --principal alice --topic t v",
        "view set --principal User:ANONYMOUS --topic t v", "view default --topic t",
        "view default --topic t deny --unset",
        "view create v", "view create v --module m --param novalue", "view create v --module m --headers all",
        "view create v --module m --param 2:a=b", "view create v --module m --module n --param a=b",
        "view create v --module m --param a=b --param a=c", "view create v --module m --limit call_mss=5",
        "view create v --module m --limit call_ms=-5", "view create v --module m --limit call_ms=soon",
        "view create v --module m --limit call_ms=5 --limit call_ms=6", "view create v --module m --on-error pass",
        "view delete",
        "view explain --topic t --as alice", "topic list --data d -b h:1", "topic list -b :1", "topic list --timeout 0",
        "serve --log-level loud", "nonsense",
    ])
    func wrongUsageEndsWith2(line: String) async {
        let arguments = line.split(separator: " ").map(String.init)
        // `topic` alone shows its help, which is what was asked for.
        #expect(await Sluice.run(arguments) == (line == "topic" ? .done : .usage))
    }

    @Test func usageIsOneLineThatHelps() {
        let unknown = UsageText.failure("Unexpected argument 'lst'", ["topic", "lst"])
        #expect("\(unknown)" == "sluice topic has no command lst; did you mean list?")
        let missing = UsageText.failure("Missing expected argument '<topic>'.", ["topic", "create"])
        #expect("\(missing)" == "Missing expected argument '<topic>'; `sluice topic create --help` shows how")
    }

    @Test func everyCommandHasExamples() {
        func check(_ command: any ParsableCommand.Type) {
            let configuration = command.configuration
            #expect(!configuration.abstract.isEmpty)
            if configuration.subcommands.isEmpty {
                #expect(configuration.discussion.contains("Examples:"), "\(command)")
                for line in configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                    #expect(line.count <= 80, "would be wrapped: \(line)")
                }
            }
            configuration.subcommands.forEach(check)
        }
        Sluice.configuration.subcommands.forEach(check)
    }

    @Test func addressesComeFromFlagsThenEnvironmentThenFolder() throws {
        func address(_ line: String, _ environment: [String: String]) throws -> BrokerAddress {
            try parse(line, as: TopicList.self).connection.address { environment[$0] }
        }
        #expect(try address("topic list", [:]) == .unix(path: "./sluice-data/admin.sock"))
        #expect(try address("topic list", ["SLUICE_DATA": "/d"]) == .unix(path: "/d/admin.sock"))
        #expect(try address("topic list", ["SLUICE_BOOTSTRAP": "h:1"]) == .tcp(host: "h", port: 1))
        #expect(try address("topic list --data x", ["SLUICE_BOOTSTRAP": "h:1"]) == .unix(path: "x/admin.sock"))
        #expect(try address("topic list -b g:2", ["SLUICE_BOOTSTRAP": "h:1"]) == .tcp(host: "g", port: 2))
        #expect(throws: CommandFailure.self) { try address("topic list", ["SLUICE_BOOTSTRAP": "h:x"]) }
    }
}
