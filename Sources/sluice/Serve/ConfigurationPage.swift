import Broker

/// The tables of Docs/configuration.md, from the settings as the code has them.
enum ConfigurationPage {
    static func markdown() -> String {
        [
            "## The command's own\n\n" + table(ServeConfiguration.own, changes: false),
            "## Brokers\n\n" + table(BrokerConfiguration.table.definitions, changes: true)
                + refusals(BrokerConfiguration.table.refused),
            "## Topics\n\n" + table(TopicConfiguration.table.definitions, changes: false)
                + refusals(TopicConfiguration.table.refused),
        ].joined(separator: "\n")
    }

    private static func table(_ definitions: [ConfigDefinition], changes: Bool) -> String {
        var lines = ["| Setting | Values | Default |\(changes ? " Live |" : "") What it does |"]
        lines.append("|---|---|---|\(changes ? "---|" : "")---|")
        for definition in definitions {
            let isReloaded = BrokerConfiguration.isReloadable(definition.name)
            let live = changes ? (definition.isLive ? " yes |" : isReloaded ? " reload |" : " |") : ""
            lines.append(
                "| `\(definition.name)` | \(values(definition)) | \(fallback(definition, isBroker: changes)) |\(live) \(text(definition)) |"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func values(_ definition: ConfigDefinition) -> String {
        switch definition.kind {
        case .boolean: "`true`, `false`"
        case .int(let range), .long(let range):
            self.range(range.lowerBound, range.upperBound, isOpen: range.upperBound == .max)
        case .double(let range): self.range(range.lowerBound, range.upperBound, isOpen: false)
        case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .list(let words): "list of " + words.map { "`\($0)`" }.joined(separator: ", ")
        case .text: "text"
        }
    }

    private static func range<Number>(_ lower: Number, _ upper: Number, isOpen: Bool) -> String {
        isOpen ? "\(lower) or more" : "\(lower) to \(upper)"
    }

    /// The default, or the broker's settings that it comes from.
    private static func fallback(_ definition: ConfigDefinition, isBroker: Bool) -> String {
        let own = definition.defaultValue.map { $0.isEmpty ? "empty" : $0 == "\(Int64.max)" ? "no bound" : "`\($0)`" }
        guard !definition.fallbacks.isEmpty else { return own ?? "not set" }
        let names = definition.fallbacks.map { "`\($0.name)`" }.joined(separator: ", ")
        return isBroker ? names : "the broker's \(names)"
    }

    private static func text(_ definition: ConfigDefinition) -> String {
        let text = definition.documentation
        return definition.hasEffect ? text : "*No effect.* \(text)"
    }

    private static func refusals(_ refused: [String: String]) -> String {
        "\nRefused, with the reason:\n\n"
            + refused.sorted { $0.key < $1.key }.map { "- `\($0.key)`: \($0.value)\n" }.joined()
    }
}
