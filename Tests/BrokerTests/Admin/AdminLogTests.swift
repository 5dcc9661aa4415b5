import KafkaMessages
import Logging
import Synchronization
import Testing

@testable import Broker

/// What the log says of changes: who and what, never a value.
@Suite struct AdminLogTests {
    private final class Lines: Sendable {
        let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        @Sendable func logger(_ name: String) -> Logger {
            Logger(label: name) { _ in Handler(name: name, lines: self) }
        }
    }

    private struct Handler: LogHandler {
        let name: String
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let hidden: Set = ["connection", "correlation_id", "peer", "client_id"]
            let fields = (event.metadata ?? [:]).filter { !hidden.contains($0.key) }
                .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            lines.lines.withLock { $0.append("\(name): \(event.message)\(fields)") }
        }
    }

    @Test func changesOfTopicsAndSettings() async throws {
        let lines = Lines()
        let test = try await TestBroker(loggers: lines.logger)
        try await test.createTopic("accounts", configs: ["retention.ms": "1000"])
        let client = test.connect()
        #expect(try await client.alter("accounts", [.set("segment.ms", "7000")]).errorCode == .none)
        #expect(try await client.alter("accounts", [.set("segment.ms", "8000")], validateOnly: true).errorCode == .none)
        #expect(try await client.alter("accounts", [.set("segment.ms", "-8")]).errorCode == .invalidConfig)
        var grow = CreatePartitionsRequest()
        var wanted = CreatePartitionsRequest.CreatePartitionsTopic()
        (wanted.name, wanted.count, wanted.assignments) = ("accounts", 3, nil)
        grow.topics = [wanted]
        #expect(try await client.send(grow, version: 2).results[0].errorCode == .none)
        var delete = DeleteTopicsRequest()
        delete.topicNames = ["accounts"]
        #expect(try await client.send(delete, version: 4).responses[0].errorCode == .none)
        #expect(
            lines.all == [
                "admin: a topic was made partitions=1 principal=Admin:local topic=accounts",
                "admin: settings were changed resource=topic accounts settings=segment.ms",
                "admin: a topic got more partitions partitions=3 topic=accounts",
                "admin: a topic was deleted topic=accounts",
            ])
    }

    @Test func changesOfPolicyNameTheirKeysAndNoParameters() async throws {
        let lines = Lines()
        let test = try await TestBroker(loggers: lines.logger)
        try await test.createTopic("accounts")
        let admin = test.connect(isAdmin: true)
        _ = try await admin.deploy("mask", try ReaderFixture.guest())
        let view = #"{"steps":[{"headers":"keep","module":"mask@1","with":{}}],"v":1}"#
        #expect(try await admin.setPolicy(#"["view","salted",0]"#, value: view).errorCode == .none)
        try await admin.bind(group: "email-app", topic: "accounts", to: "salted")
        let policy = lines.all.filter { $0.hasPrefix("policy: ") }
        #expect(
            policy == [
                "policy: the policy was changed by=Admin:local keys=mask@1 policy=1.0",
                #"policy: the policy was changed by=Admin:local keys=["view","salted",1] policy=1.1"#,
                #"policy: the policy was changed by=Admin:local keys=["binding",["exact","email-app"],["any"],["exact","accounts"]] policy=1.2"#,
            ])
    }

    /// Whoever may connect may make topics: the lines have a bound, and say what was left out.
    @Test func aFloodIsAFewLines() {
        let lines = Lines()
        let clock = ManualBrokerClock()
        let log = AdminLog(logger: lines.logger("admin"), clock: clock)
        for number in 0..<20 { log.note("a topic was made", [:], ["topic": "t\(number)"]) }
        #expect(lines.all.count == 5)
        clock.advance(1000)
        log.note("a topic was made", [:], ["topic": "last"])
        #expect(lines.all.last == "admin: a topic was made suppressed=15 topic=last")
    }
}
