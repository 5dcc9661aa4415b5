/// What a metric is called and what it says: the one place from which the text, and the table in Docs, are made.
public struct MetricDefinition: Sendable {
    public enum Kind: String, Sendable {
        /// Only grows while the process lives; its name ends in `_total`.
        case counter
        case gauge
        case histogram
    }

    /// In base units, as Prometheus wants it: `sluice_request_seconds`.
    public let name: String
    public let kind: Kind
    /// The names of its labels. Each value comes from a set with a bound.
    public let labels: [String]
    public let help: String

    private init(_ name: String, _ kind: Kind, _ labels: [String], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }

    public static func counter(_ name: String, labels: [String] = [], _ help: String) -> MetricDefinition {
        precondition(name.hasSuffix("_total"), "a counter's name ends in _total: \(name)")
        return MetricDefinition(name, .counter, labels, help)
    }

    public static func gauge(_ name: String, labels: [String] = [], _ help: String) -> MetricDefinition {
        MetricDefinition(name, .gauge, labels, help)
    }

    public static func histogram(_ name: String, labels: [String] = [], _ help: String) -> MetricDefinition {
        MetricDefinition(name, .histogram, labels, help)
    }
}
