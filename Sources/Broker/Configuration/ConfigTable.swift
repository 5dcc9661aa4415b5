/// A set of settings that are known by name.
public struct ConfigTable: Sendable {
    public let definitions: [ConfigDefinition]
    /// Settings of Kafka's that are refused, with the reason.
    public let refused: [String: String]
    private let byName: [String: ConfigDefinition]

    init(_ definitions: [ConfigDefinition], refused: [String: String] = [:]) {
        self.definitions = definitions
        self.refused = refused
        byName = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in first }
    }

    public subscript(name: String) -> ConfigDefinition? { byName[name] }

    /// Checks every name and value; returns the values as they are kept.
    @discardableResult
    public func check(_ values: [String: String]) throws(ConfigError) -> [String: String] {
        var checked: [String: String] = [:]
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            checked[name] = try check(name, value)
        }
        return checked
    }

    @discardableResult
    public func check(_ name: String, _ value: String) throws(ConfigError) -> String {
        guard let definition = byName[name] else { throw unknown(name) }
        return try definition.check(value)
    }

    /// That there is no such setting, and which one was meant.
    public func unknown(_ name: String) -> ConfigError {
        if let reason = refused[name] { return ConfigError("\(name): \(reason)") }
        let near = definitions.map { ($0.name, editDistance($0.name, name)) }.min { $0.1 < $1.1 }
        guard let near, near.1 <= max(2, name.utf8.count / 4) else {
            return ConfigError("unknown setting \(name.prefix(100))")
        }
        return ConfigError("unknown setting \(name.prefix(100)) (\(near.0)?)")
    }
}

/// Where a value comes from: numbers of Kafka's ConfigSource.
public enum ConfigSource: Int8, Sendable {
    case topic = 1
    case dynamicBroker = 2
    case dynamicDefaultBroker = 3
    case staticBroker = 4
    case defaultValue = 5
    case dynamicLogger = 6
    case group = 8
}

/// A value that a setting has in one place. The first of a list is the one that counts.
public struct ConfigLayer: Sendable, Equatable {
    /// The setting that has the value: the one asked for, or one that it falls back to.
    public var name: String
    public var value: String
    public var source: ConfigSource
    /// What the value is to be multiplied with.
    var factor: Int64 = 1

    /// The value in the unit of the setting asked for. A negative time is without bound, as in Kafka.
    var scaledValue: String {
        guard factor != 1, let number = Int64(value) else { return value }
        if number < 0 { return "-1" }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return String(overflow ? .max : product)
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
