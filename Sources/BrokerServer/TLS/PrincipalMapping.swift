/// How the name in a client's certificate becomes the name of a user: Kafka's `ssl.principal.mapping.rules`.
///
///     RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/,RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/L,DEFAULT
///
/// The first rule whose pattern matches the whole name decides; `DEFAULT` is the name itself. Differences from Apache
/// Kafka: patterns are matched in linear time, without look-around and back-references (`RulePattern`); what a rule gives
/// is its replacement, also where Java would go on and replace an empty match behind the first; a replacement that names
/// a group which its pattern doesn't have is refused at the start instead of taken literally.
struct PrincipalMapping: Sendable {
    enum Case: Sendable {
        case kept
        case lower
        case upper
    }

    struct Rule: Sendable {
        /// nil: DEFAULT.
        var pattern: RulePattern?
        var replacement: [RuleReplacement.Part] = []
        var letters = Case.kept
    }

    private static let rulesMax = 64
    private static let textBytesMax = 64 * 1024

    /// `DEFAULT`.
    static let standard = PrincipalMapping(rules: [Rule(pattern: nil)])

    let rules: [Rule]

    private init(rules: [Rule]) {
        self.rules = rules
    }

    init(parsing text: String) throws(ServerError) {
        func refuse(_ reason: String) -> ServerError {
            ServerError(.tls, "ssl.principal.mapping.rules: \(reason)")
        }
        guard text.utf8.count <= Self.textBytesMax else { throw refuse("longer than \(Self.textBytesMax) bytes") }
        var rules: [Rule] = []
        var rest = text[...]
        while true {
            // Kafka ignores empty rules.
            rest = rest.drop { $0.isWhitespace || $0 == "," }
            guard !rest.isEmpty else { break }
            guard rules.count < Self.rulesMax else { throw refuse("more than \(Self.rulesMax) rules") }
            let start = rest
            func rule() -> String { Self.shown(start) }
            do throws(RuleMistake) {
                rules.append(try Self.rule(&rest))
            } catch {
                throw refuse("\(rule()): \(error.text)")
            }
            rest = rest.drop { $0.isWhitespace }
            guard rest.isEmpty || rest.first == "," else {
                throw refuse(
                    "\(rule()): a rule is RULE:pattern/replacement/ with L, U or nothing behind it, or DEFAULT")
            }
        }
        guard !rules.isEmpty else { throw refuse("names no rule; DEFAULT takes the certificate's name as it is") }
        self.rules = rules
    }

    /// nil: no rule matches.
    func user(of name: DistinguishedName) -> String? {
        let text = name.description
        for rule in rules {
            guard let pattern = rule.pattern else { return text }
            guard let groups = pattern.groups(in: text) else { continue }
            let user = RuleReplacement.text(rule.replacement, groups)
            return switch rule.letters {
            case .kept: user
            case .lower: user.lowercased()
            case .upper: user.uppercased()
            }
        }
        return nil
    }

    private static func rule(_ rest: inout Substring) throws(RuleMistake) -> Rule {
        if take("DEFAULT", from: &rest) { return Rule(pattern: nil) }
        guard take("RULE:", from: &rest) else {
            throw RuleMistake("a rule is DEFAULT or RULE:pattern/replacement/[LU]")
        }
        guard let pattern = field(&rest) else { throw RuleMistake("no / ends its pattern") }
        guard let replacement = field(&rest) else { throw RuleMistake("no / ends its replacement") }
        var rule = Rule(pattern: try RulePattern(parsing: pattern))
        rule.replacement = try RuleReplacement.parse(replacement, groupCount: rule.pattern?.groupCount ?? 0)
        if take("L", from: &rest) {
            rule.letters = .lower
        } else if take("U", from: &rest) {
            rule.letters = .upper
        }
        return rule
    }

    private static func take(_ word: String, from rest: inout Substring) -> Bool {
        guard rest.hasPrefix(word) else { return false }
        rest = rest.dropFirst(word.count)
        return true
    }

    /// Up to a slash that no backslash escapes; nil if there is none. Escapes stay as they are.
    private static func field(_ rest: inout Substring) -> Substring? {
        var isEscaped = false
        guard
            let end = rest.firstIndex(where: { character in
                defer { isEscaped = character == "\\" && !isEscaped }
                return character == "/" && !isEscaped
            })
        else { return nil }
        defer { rest = rest[rest.index(after: end)...] }
        return rest[..<end]
    }

    /// The beginning of a rule, for messages.
    private static func shown(_ text: Substring) -> String {
        let head = text.prefix(80)
        return head.endIndex == text.endIndex ? "\"\(head)\"" : "\"\(head)…\""
    }
}

/// What is wrong with a rule.
struct RuleMistake: Error {
    var text: String

    init(_ text: String) {
        self.text = text
    }
}

/// The right side of a rule, in Java's syntax: `$1` is a group, a backslash takes the next character as it is.
enum RuleReplacement {
    enum Part: Sendable, Equatable {
        case text(String)
        case group(Int)
    }

    static func parse(_ source: Substring, groupCount: Int) throws(RuleMistake) -> [Part] {
        var parts: [Part] = []
        var text = ""
        var rest = source
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let next = rest.popFirst() else { throw RuleMistake("its replacement ends with a backslash") }
                text.append(next)
            case "$":
                guard let first = rest.first.flatMap(digit) else {
                    throw RuleMistake("a number of a group comes behind $ in a replacement; \\$ is the character")
                }
                rest.removeFirst()
                var number = first
                // As in Java: as many digits as still name a group.
                while let next = rest.first.flatMap(digit), number * 10 + next <= groupCount {
                    number = number * 10 + next
                    rest.removeFirst()
                }
                guard number <= groupCount else {
                    throw RuleMistake("its replacement names $\(number), its pattern has \(groupCount) groups")
                }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.group(number))
            default:
                text.append(character)
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        return parts
    }

    /// `groups`: the whole match, then the groups; a group that took no part is empty.
    static func text(_ parts: [Part], _ groups: [Substring]) -> String {
        parts.reduce(into: "") { result, part in
            switch part {
            case .text(let text): result += text
            case .group(let number): result += groups[number]
            }
        }
    }

    private static func digit(_ character: Character) -> Int? {
        character.isASCII ? character.wholeNumberValue : nil
    }
}
