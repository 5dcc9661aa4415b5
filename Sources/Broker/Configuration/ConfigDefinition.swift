/// One setting: its name, type, default, range and documentation. Names, types and defaults are Kafka's where Kafka has
/// the setting.
public struct ConfigDefinition: Sendable {
    public enum Kind: Sendable {
        case boolean
        case int(ClosedRange<Int64>)
        case long(ClosedRange<Int64>)
        /// One of the words.
        case word([String])
        /// At least one of the words, separated by commas.
        case list([String])
        case text
    }

    public let name: String
    public let kind: Kind
    public let defaultValue: String
    public let documentation: String

    public init(_ name: String, _ kind: Kind, default defaultValue: String, _ documentation: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.documentation = documentation
    }

    /// Refuses a value of the wrong type or out of range, in words that say what would be right.
    public func check(_ value: String) throws(ConfigError) {
        switch kind {
        case .boolean:
            guard value == "true" || value == "false" else { throw error(value, "must be true or false") }
        case .int(let range), .long(let range):
            guard let number = Int64(value) else { throw error(value, "must be a whole number") }
            guard range.contains(number) else {
                throw error(value, "must be between \(range.lowerBound) and \(range.upperBound)")
            }
        case .word(let words):
            guard words.contains(value) else { throw error(value, "must be one of \(words.joined(separator: ", "))") }
        case .list(let words):
            let named = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard named.allSatisfy(words.contains), Set(named).count == named.count else {
                throw error(value, "must be a list of \(words.joined(separator: ", "))")
            }
        case .text:
            guard value.utf8.count <= 4096 else { throw error("(long text)", "must be at most 4096 bytes") }
        }
    }

    private func error(_ value: String, _ rule: String) -> ConfigError {
        ConfigError("\(name) = \(value.prefix(100)): \(rule)")
    }
}

/// A setting that can't be: names it, its value and what would be right.
public struct ConfigError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// A set of settings that are known by name.
public struct ConfigTable: Sendable {
    public let definitions: [ConfigDefinition]
    private let byName: [String: ConfigDefinition]

    init(_ definitions: [ConfigDefinition]) {
        self.definitions = definitions
        byName = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in first }
    }

    public subscript(name: String) -> ConfigDefinition? { byName[name] }

    /// Checks every name and value of `values`.
    public func check(_ values: [String: String]) throws(ConfigError) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let definition = byName[name] else { throw unknown(name) }
            try definition.check(value)
        }
    }

    private func unknown(_ name: String) -> ConfigError {
        let near = definitions.map { ($0.name, editDistance($0.name, name)) }.min { $0.1 < $1.1 }
        guard let near, near.1 <= max(2, name.utf8.count / 4) else {
            return ConfigError("unknown setting \(name.prefix(100))")
        }
        return ConfigError("unknown setting \(name.prefix(100)) (\(near.0)?)")
    }
}

/// Levenshtein's distance in bytes, for "did you mean".
func editDistance(_ one: String, _ other: String) -> Int {
    let other = Array(other.utf8.prefix(200))
    var row = Array(0...other.count)
    for (i, byte) in one.utf8.prefix(200).enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in other.indices {
            let substitution = diagonal + (byte == other[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[other.count]
}
