import KafkaClient

/// `sasl.jaas.config`: `MODULE required username="…" password="…";` as Kafka's clients have it. Not printed.
struct JaasConfig: CustomReflectable {
    /// Why it isn't one; without any of its text, since a password may be in it.
    struct Malformed: Error, Equatable {
        var reason: String
    }

    private static let plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    private static let scram = "org.apache.kafka.common.security.scram.ScramLoginModule"

    let isScram: Bool
    let user: String?
    let password: String?

    init(parsing text: String) throws(Malformed) {
        var tokens = try Self.tokens(text)[...]
        guard case .text(let module)? = tokens.popFirst() else { throw Malformed(reason: "it has no login module") }
        let names = [Self.plain, Self.scram]
        guard let known = names.first(where: { $0 == module || $0.hasSuffix(".\(module)") }) else {
            throw Malformed(reason: "its login module is neither PlainLoginModule nor ScramLoginModule")
        }
        isScram = known == Self.scram
        guard case .text(let flag)? = tokens.popFirst(), Self.flags.contains(flag.lowercased()) else {
            throw Malformed(reason: "behind the login module stands `required`")
        }
        guard tokens.popLast() == .symbol(";") else { throw Malformed(reason: "it ends with a semicolon") }
        var options: [String: String] = [:]
        while let name = tokens.popFirst() {
            guard case .text(let name) = name, tokens.popFirst() == .symbol("="),
                case .text(let value)? = tokens.popFirst()
            else { throw Malformed(reason: "its options are NAME=\"VALUE\"") }
            options[name] = value
        }
        guard options["tokenauth"] != "true" else {
            throw Malformed(reason: "delegation tokens (tokenauth) aren't supported")
        }
        user = options["username"]
        password = options["password"]
    }

    var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }

    private static let flags = ["required", "requisite", "sufficient", "optional"]

    private enum Token: Equatable {
        case text(String)
        /// `=` or `;`.
        case symbol(Character)
    }

    /// Words as they stand, quoted ones without their quotes and with `\` standing for what is behind it.
    private static func tokens(_ text: String) throws(Malformed) -> [Token] {
        var tokens: [Token] = []
        var rest = Array(text)[...]
        while let character = rest.popFirst() {
            switch character {
            case "=", ";": tokens.append(.symbol(character))
            case "\"", "'": tokens.append(.text(try quoted(&rest, by: character)))
            case let character where character.isWhitespace: continue
            default:
                var word = String(character)
                while let next = rest.first, !next.isWhitespace, !"=;\"'".contains(next) {
                    word.append(next)
                    rest.removeFirst()
                }
                tokens.append(.text(word))
            }
        }
        return tokens
    }

    private static func quoted(_ rest: inout ArraySlice<Character>, by mark: Character) throws(Malformed) -> String {
        var word = ""
        while let character = rest.popFirst() {
            if character == mark { return word }
            guard character == "\\" else {
                word.append(character)
                continue
            }
            guard let escaped = rest.popFirst() else { break }
            word.append(escaped)
        }
        throw Malformed(reason: "a quotation mark isn't closed")
    }
}
