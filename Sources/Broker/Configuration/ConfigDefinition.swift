/// One setting: its name, type, default, range and documentation. Names, types and defaults are Kafka's where Kafka has
/// the setting.
public struct ConfigDefinition: Sendable {
    public enum Kind: Sendable {
        case boolean
        case int(ClosedRange<Int64>)
        case long(ClosedRange<Int64>)
        case double(ClosedRange<Double>)
        /// One of the words.
        case word([String])
        /// At least one of the words, separated by commas.
        case list([String])
        case text
    }

    /// A broker's setting that counts where this one isn't set: its value times `factor`.
    public struct Fallback: Sendable {
        public let name: String
        public let factor: Int64
    }

    public let name: String
    public let kind: Kind
    /// As text; nil: not set, and then the fallbacks count.
    public let defaultValue: String?
    public let documentation: String
    /// The first that is set counts.
    public let fallbacks: [Fallback]
    /// Of a broker's setting: it can be changed by request, and holds at once. A topic's always can.
    public let isLive: Bool
    /// Its value is shown to nobody.
    public let isSensitive: Bool
    /// False for what is taken, so that Kafka's tools and files work, and changes nothing.
    public let hasEffect: Bool

    public init(
        _ name: String, _ kind: Kind, default defaultValue: String?, _ documentation: String,
        fallbacks: KeyValuePairs<String, Int64> = [:], isLive: Bool = false, isSensitive: Bool = false,
        hasEffect: Bool = true
    ) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.documentation = documentation
        self.fallbacks = fallbacks.map { Fallback(name: $0.key, factor: $0.value) }
        self.isLive = isLive
        self.isSensitive = isSensitive
        self.hasEffect = hasEffect
    }

    /// Number of Kafka's ConfigType.
    public var typeNumber: Int8 {
        switch kind {
        case .boolean: 1
        case .text, .word: 2
        case .int: 3
        case .long: 5
        case .double: 6
        case .list: 7
        }
    }

    /// What values are taken, in words that go behind the setting's name.
    public var rule: String {
        switch kind {
        case .boolean: "must be true or false"
        case .int(let range), .long(let range):
            range.upperBound == .max
                ? "must be at least \(range.lowerBound)"
                : "must be between \(range.lowerBound) and \(range.upperBound)"
        case .double(let range): "must be between \(range.lowerBound) and \(range.upperBound)"
        case .word(let words):
            words.count == 1 ? "must be \(words[0])" : "must be one of \(words.joined(separator: ", "))"
        case .list(let words): "must be a list of \(words.joined(separator: ", "))"
        case .text: "must be at most 4096 bytes without control characters"
        }
    }

    /// Refuses a value of the wrong type or out of range, in words that say what would be right. Returns the value as it is
    /// kept: without space around it, `true` and `false` in small letters, as Kafka reads them.
    @discardableResult
    public func check(_ value: String) throws(ConfigError) -> String {
        let value = value.trimmed
        switch kind {
        case .boolean:
            let word = value.lowercased()
            guard word == "true" || word == "false" else { throw error(value) }
            return word
        case .int(let range), .long(let range):
            guard let number = Int64(value) else {
                let bounds = range.upperBound == .max ? "of at least \(range.lowerBound)" : String(rule.dropFirst(8))
                throw error(value, "must be a whole number \(bounds)")
            }
            guard range.contains(number) else { throw error(value) }
            return String(number)
        case .double(let range):
            guard let number = Double(value), range.contains(number) else { throw error(value) }
            return value
        case .word(let words):
            guard words.contains(value) else { throw error(value) }
            return value
        case .list(let words):
            let named = value.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
            guard named.allSatisfy(words.contains), Set(named).count == named.count else { throw error(value) }
            return named.joined(separator: ",")
        case .text:
            guard value.utf8.count <= 4096, value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
            else { throw error("(a text)") }
            return value
        }
    }

    private func error(_ value: String, _ rule: String? = nil) -> ConfigError {
        ConfigError("\(name) = \(isSensitive ? "(not shown)" : value.prefix(100)): \(rule ?? self.rule)")
    }
}

/// A setting that can't be: names it, its value and what would be right.
public struct ConfigError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

extension String {
    /// Without spaces and tabs at its ends.
    var trimmed: String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
