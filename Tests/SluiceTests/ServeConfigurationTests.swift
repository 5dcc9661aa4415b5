import SystemPackage
import Testing

@testable import sluice

private let names = ["log.retention.ms", "log.segment.bytes", "num.partitions"]

@Suite struct ServeConfigurationTests {
    private func command(_ arguments: [String]) throws -> ServeCommand {
        try #require(try Sluice.parseAsRoot(["serve"] + arguments) as? ServeCommand)
    }

    private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/sluice.yaml"
        try folder.write(Array(text.utf8), to: "sluice.yaml")
        return try body(path)
    }

    @Test func defaultsAreEmpty() throws {
        let configuration = try command([]).configuration(environment: [:], knownNames: names)
        #expect(configuration == ServeConfiguration())
        #expect(configuration.dataFolder == "./sluice-data")
    }

    @Test func readsTheFile() throws {
        let text = """
            # a comment
            log.dir: /var/lib/sluice
            listeners:
              - PLAIN://0.0.0.0:9092
              - EMAIL://localhost:9192?group=email-app
            log.retention.ms: 604800000
            num.partitions: "3"
            log.level: debug
            """
        try withFile(text) { path in
            let configuration = try command(["--config", path]).configuration(environment: [:], knownNames: names)
            #expect(configuration.dataFolder == "/var/lib/sluice")
            #expect(configuration.listeners == ["PLAIN://0.0.0.0:9092", "EMAIL://localhost:9192?group=email-app"])
            #expect(configuration.settings == ["log.retention.ms": "604800000", "num.partitions": "3"])
            #expect(configuration.logLevel.base == .debug)
        }
    }

    @Test func flagsBeatEnvironmentBeatsFile() throws {
        try withFile("num.partitions: 1\nlog.retention.ms: 1\nlog.segment.bytes: 1\nlog.dir: file") { path in
            let environment = [
                "SLUICE_NUM_PARTITIONS": "2", "SLUICE_LOG_RETENTION_MS": "2", "SLUICE_DATA": "environment",
                "SLUICE_LISTENERS": "A://h:1, B://h:2", "SLUICE_CONFIG": path, "HOME": "/", "SLUICE_BOOTSTRAP": "h:1",
            ]
            let flags = ["--set", "num.partitions=3", "--log-format", "json"]
            let configuration = try command(flags).configuration(environment: environment, knownNames: names)
            #expect(
                configuration.settings == ["num.partitions": "3", "log.retention.ms": "2", "log.segment.bytes": "1"])
            #expect(configuration.dataFolder == "environment")
            #expect(configuration.listeners == ["A://h:1", "B://h:2"])
            #expect(configuration.logFormat == .json)
            let own = try command(["--data", "flag", "--listener", "C://h:3"])
                .configuration(environment: environment, knownNames: names)
            #expect(own.dataFolder == "flag")
            #expect(own.listeners == ["C://h:3"])
        }
    }

    @Test func unknownNamesSayWhereAndWhatWasMeant() throws {
        try withFile("num.partitions: 1\nlog.retentoin.ms: 1\n") { path in
            let error = #expect(throws: CommandFailure.self) {
                try command(["--config", path]).configuration(environment: [:], knownNames: names)
            }
            #expect(error?.status == .usage)
            #expect(
                error.map { "\($0)" }
                    == "\(path):2: no setting is called log.retentoin.ms; did you mean log.retention.ms?")
        }
        let flag = #expect(throws: CommandFailure.self) {
            try command(["--set", "listener=A://h:1"]).configuration(environment: [:], knownNames: names)
        }
        #expect(flag.map { "\($0)" } == "--set: no setting is called listener; did you mean listeners?")
        let far = #expect(throws: CommandFailure.self) {
            try command([]).configuration(environment: ["SLUICE_ZOOKEEPER": "x"], knownNames: names)
        }
        #expect(
            far.map { "\($0)" }
                == "SLUICE_ZOOKEEPER: no setting is called zookeeper; `sluice serve --settings` lists them all")
    }

    @Test(arguments: [
        ("num.partitions: 0\n", "FILE:1: num.partitions = 0: must be between 1 and 10000"),
        (
            "log.segment.bytes: 1\nlog.flush: os\n",
            "FILE:1: log.segment.bytes = 1: must be between 1048576 and 2147483647"
        ),
        ("log.flush: yes\n", "FILE:1: log.flush = yes: must be one of commit, os"),
        (
            "log.cleanup.policy: [delete, archive]\n",
            "FILE:1: log.cleanup.policy = delete,archive: must be a list of delete, compact"
        ),
        (
            "group.min.session.timeout.ms: 9\ngroup.max.session.timeout.ms: 8\n",
            "group.min.session.timeout.ms = 9: must be at most group.max.session.timeout.ms, which is 8"
        ),
        ("broker.id: 3\n", "FILE:1: broker.id: write node.id"),
        (
            "advertised.listeners: PLAINTEXT://h:1\n",
            "FILE:1: advertised.listeners: a listener says it itself: NAME://HOST:PORT?advertise=HOST:PORT"
        ),
    ])
    func valuesThatCanNotBeSayWhere(text: String, message: String) throws {
        try withFile(text) { path in
            let error = #expect(throws: CommandFailure.self) {
                _ = try command(["--config", path]).configuration(environment: [:], knownNames: ServeSettings.names)
                    .brokerConfiguration()
            }
            #expect(error.map { "\($0)" } == message.replacing("FILE", with: path))
            #expect(error?.status == .usage)
        }
    }

    @Test func theStrongestSourceIsNamed() throws {
        let flags = ["--set", "num.partitions=0"]
        let error = #expect(throws: CommandFailure.self) {
            _ = try command(flags).configuration(
                environment: ["SLUICE_NUM_PARTITIONS": "-1"], knownNames: ServeSettings.names
            ).brokerConfiguration()
        }
        #expect(error.map { "\($0)" } == "--set: num.partitions = 0: must be between 1 and 10000")
    }

    @Test func listsAndNumbersOfTheFile() throws {
        try withFile("log.cleanup.policy: [delete]\nlog.retention.hours: 2\n") { path in
            let broker = try command(["--config", path]).configuration(
                environment: [:], knownNames: ServeSettings.names
            ).brokerConfiguration()
            #expect(broker.text("log.cleanup.policy") == "delete")
            #expect(broker.number("log.retention.hours") == 2)
        }
    }

    @Test func whatKubernetesInjectsIsNoSetting() throws {
        let environment = [
            "SLUICE_PORT": "tcp://10.0.0.1:9092", "SLUICE_SERVICE_HOST": "10.0.0.1", "SLUICE_SERVICE_PORT": "9092",
            "SLUICE_SERVICE_PORT_KAFKA": "9092", "SLUICE_PORT_9092_TCP_ADDR": "10.0.0.1",
        ]
        #expect(try command([]).configuration(environment: environment, knownNames: names) == ServeConfiguration())
    }

    @Test(arguments: [
        (
            "log:\n  retention:\n    ms: 1\n",
            "FILE:1: log has settings below it; write names in full, as in log.retention.ms: 604800000"
        ),
        ("num.partitions: [1, 2]\n", "FILE:1: num.partitions takes one value, not 2"),
        (
            "log.level: loud\n",
            "FILE:1: log.level: loud is no log level; there are trace, debug, info, notice, warning, error, critical"
        ),
        ("- a\n- b\n", "FILE: a file of settings is `name: value` lines"),
        ("just text", "FILE: a file of settings is `name: value` lines"),
    ])
    func badFilesSayWhere(text: String, message: String) throws {
        try withFile(text) { path in
            let error = #expect(throws: CommandFailure.self) {
                try command(["--config", path]).configuration(environment: [:], knownNames: names)
            }
            #expect(error.map { "\($0)" } == message.replacing("FILE", with: path))
            #expect(error?.status == .usage)
        }
    }

    @Test(arguments: ["a: b: c\n", "num.partitions: 1\nnum.partitions: 2\n", "\"unclosed\n", "a: *missing\n"])
    func brokenYamlIsUsage(text: String) throws {
        try withFile(text) { path in
            let error = #expect(throws: CommandFailure.self) {
                try command(["--config", path]).configuration(environment: [:], knownNames: names)
            }
            #expect(error?.status == .usage)
            #expect(error?.message.hasPrefix(path) == true)
        }
    }

    @Test func anEmptyFileSaysNothing() throws {
        for text in ["", "# only a comment\n", "---\n"] {
            try withFile(text) { path in
                let configuration = try command(["--config", path]).configuration(environment: [:], knownNames: names)
                #expect(configuration == ServeConfiguration())
            }
        }
    }

    @Test func aMissingFileIsNotFound() throws {
        let error = #expect(throws: CommandFailure.self) {
            try command(["--config", "/nonexistent.yaml"]).configuration(environment: [:], knownNames: names)
        }
        #expect(error?.status == .notFound)
    }

    @Test(arguments: [
        ("retention", "retentoin", 1), ("", "abc", 3), ("kitten", "sitting", 3), ("A", "a", 0), ("ab", "ba", 1),
    ])
    func distances(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(left, right) == distance)
        #expect(Suggestion.distance(right, left) == distance)
    }
}
