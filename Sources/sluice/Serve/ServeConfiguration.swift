import Broker

/// What `sluice serve` runs with: the flags, then the environment, then the file, then the defaults.
struct ServeConfiguration: Sendable, Equatable {
    /// The folder that everything is kept in.
    var dataFolder = DataFolder.standardPath
    /// `NAME://host:port[?…]`; empty for the standard listener.
    var listeners: [String] = []
    /// The broker's settings that were given, by their names.
    var settings: [String: String] = [:]
    /// Where each of them stands, for messages.
    private(set) var sources: [String: String] = [:]
    var logLevel = LogLevelSetting()
    /// nil: text on a terminal, else logfmt.
    var logFormat: LogFormat?
    /// `host:port` of metrics and health; empty: none.
    var adminListener = ""

    /// What is settled here and is no setting of the broker.
    static let own = [
        ConfigDefinition(
            "listeners", .text, default: "PLAIN://localhost:9092",
            "Where to listen: a list of `NAME://HOST:PORT[?group=…&views=…&advertise=HOST:PORT&sasl=…]`, with TLS "
                + "`&tls=CERT.pem&key=KEY.pem[&client-ca=CA.pem&client-auth=required]`. Also `--listener`."),
        ConfigDefinition(
            "admin.listener", .text, default: nil,
            "HOST:PORT of metrics and health over HTTP, for loopback or a network of its own. Not set: none. Also `--admin-listener`."
        ),
        ConfigDefinition(
            "log.dir", .text, default: "./sluice-data",
            "The folder that everything is kept in. Also `--data`, `SLUICE_DATA`."
        ),
        ConfigDefinition(
            "log.level", .text, default: LogLevel.info.rawValue,
            "Log this and what is worse; `info,groups=debug` sets single loggers, too. Also `--log-level`."),
        ConfigDefinition(
            "log.format", .word(LogFormat.allCases.map(\.rawValue)), default: nil,
            "How log lines look. Not set: text on a terminal, else logfmt. Also `--log-format`."),
    ]

    static let ownNames = own.map(\.name)

    /// Takes one named value from the file, the environment or `--set`.
    /// - Parameters:
    ///   - source: where it stands, for messages.
    ///   - knownNames: the names of the broker's settings.
    mutating func set(
        _ name: String, _ values: [String], source: String, knownNames: [String]
    ) throws(CommandFailure) {
        func single() throws(CommandFailure) -> String {
            guard values.count == 1 else {
                throw CommandFailure(.usage, "\(source): \(name) takes one value, not \(values.count)")
            }
            return values[0]
        }
        switch name {
        case "listeners":
            // Kafka's form of the list is one string with commas.
            listeners = values.flatMap { $0.split(separator: ",") }.map(Self.trimmed).filter { !$0.isEmpty }
        case "log.dir": dataFolder = try single()
        case "log.level":
            do throws(CommandFailure) {
                logLevel = try LogLevelSetting(parsing: single())
            } catch {
                throw CommandFailure(.usage, "\(source): log.level: \(error.message)", hint: error.hint)
            }
        case "admin.listener": adminListener = try single()
        case "log.format": logFormat = try Self.word(single(), name, source)
        default:
            guard knownNames.contains(name) else { throw Self.unknown(name, source: source, knownNames) }
            // A list is one text with commas to Kafka.
            if case .list? = BrokerConfiguration.table[name]?.kind {
                settings[name] = values.joined(separator: ",")
            } else {
                settings[name] = try single()
            }
            sources[name] = source
        }
    }

    /// The broker's settings, checked: one that can't be is named with the place where it stands.
    func brokerConfiguration() throws(CommandFailure) -> BrokerConfiguration {
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            do throws(ConfigError) {
                try BrokerConfiguration.table.check(name, value)
            } catch {
                throw CommandFailure(.usage, "\(sources[name].map { "\($0): " } ?? "")\(Table.printable("\(error)"))")
            }
        }
        do throws(ConfigError) {
            return try BrokerConfiguration(settings)
        } catch {
            throw CommandFailure(.usage, error.description)
        }
    }

    static func unknown(_ name: String, source: String, _ knownNames: [String]) -> CommandFailure {
        if let reason = BrokerConfiguration.table.refused[name] {
            return CommandFailure(.usage, "\(source): \(name): \(reason)")
        }
        let near = Suggestion.nearest(to: name, among: ownNames + knownNames)
        return CommandFailure(
            .usage, "\(source): no setting is called \(Table.printable(name))",
            hint: near.map { "did you mean \($0)?" } ?? "`sluice serve --settings` lists them all")
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ name: String, _ source: String
    ) throws(CommandFailure) -> Word {
        if let word = Word(rawValue: text) { return word }
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw CommandFailure(.usage, "\(source): \(name) is \(Table.printable(text)); it takes one of \(words)")
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
