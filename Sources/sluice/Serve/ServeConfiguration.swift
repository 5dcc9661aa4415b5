/// What `sluice serve` runs with: the flags, then the environment, then the file, then the defaults.
struct ServeConfiguration: Sendable, Equatable {
    /// The folder that everything is kept in.
    var dataFolder = DataFolder.standardPath
    /// `NAME://host:port[?…]`; empty for the standard listener.
    var listeners: [String] = []
    /// The broker's settings that were given, by their names.
    var settings: [String: String] = [:]
    var logLevel = LogLevel.info
    var logFormat = LogFormat.text

    /// Names that are settled here and are no settings of the broker.
    static let ownNames = ["listeners", "log.dir", "log.level", "log.format"]

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
        case "log.level": logLevel = try Self.word(single(), name, source)
        case "log.format": logFormat = try Self.word(single(), name, source)
        default:
            guard knownNames.contains(name) else { throw Self.unknown(name, source: source, knownNames) }
            settings[name] = try single()
        }
    }

    static func unknown(_ name: String, source: String, _ knownNames: [String]) -> CommandFailure {
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
