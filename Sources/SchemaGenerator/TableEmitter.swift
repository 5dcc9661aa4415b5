/// Writes what is about all messages at once.
enum TableEmitter {
    /// `SupportedApis.all`, by API key.
    static func apis(_ messages: [Message]) -> String {
        var text = SwiftText()
        text.line("// Generated from SchemaGenerator/Messages by Scripts/generate-messages. Do not edit.")
        text.line()
        text.block("extension SupportedApis") { text in
            text.line("/// Every API that this package speaks, by rising key.")
            text.line("public static let all: [SupportedApi] = [")
            for message in messages.filter({ $0.kind == .request }).sorted(by: { $0.apiKey ?? 0 < $1.apiKey ?? 0 }) {
                let flexible = message.flexible.isEmpty ? "nil" : "\(message.flexible.lower)"
                text.line("    SupportedApi(")
                text.line("        apiKey: .\(message.name.lowerCamel), name: \"\(message.name)\",")
                text.line(
                    "        versions: \(range(message.versions)), advertised: \(range(message.advertised)), "
                        + "flexibleFrom: \(flexible)),")
            }
            text.line("]")
        }
        return text.text
    }

    /// One test case for each message and version.
    static func cases(_ messages: [Message]) -> String {
        var text = SwiftText()
        text.line("// Generated from SchemaGenerator/Messages by Scripts/generate-messages. Do not edit.")
        text.line()
        text.line("@testable import KafkaMessages")
        text.line()
        text.block("extension MessageCase") { text in
            text.line("/// Every message in every version.")
            text.line("static let all: [MessageCase] = [")
            for message in messages {
                text.line("    cases(of: \(message.typeName).self, \"\(message.typeName)\"),")
            }
            text.line("].flatMap { $0 }")
        }
        return text.text
    }

    private static func range(_ versions: VersionRange) -> String { "\(versions.lower)...\(versions.upper)" }
}
