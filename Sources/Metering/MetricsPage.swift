/// The text of all metrics for a scraper.
///
/// Formats: Prometheus text exposition 0.0.4, and OpenMetrics 1.0.0, in which a counter's family is called without
/// `_total` and the text ends with `# EOF`.
public struct MetricsPage {
    public enum Format: Sendable {
        case prometheus
        case openMetrics

        public var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    public let format: Format
    private var text = ""

    public init(_ format: Format) {
        self.format = format
        text.reserveCapacity(64 * 1024)
    }

    /// The page, ended. Nothing may be written to it afterwards.
    public consuming func finish() -> String {
        if format == .openMetrics { text += "# EOF\n" }
        return text
    }

    /// One metric with all of its values; each metric is written once.
    public mutating func write(_ metric: MetricDefinition, _ body: (inout Family) -> Void) {
        var family = Family(metric: metric)
        body(&family)
        let name = format == .openMetrics && metric.kind == .counter ? String(metric.name.dropLast(6)) : metric.name
        text += "# HELP \(name) "
        Self.escape(metric.help, isLabel: false, into: &text)
        text += "\n# TYPE \(name) \(metric.kind.rawValue)\n"
        text += family.text
    }

    /// One number without labels.
    public mutating func write(_ metric: MetricDefinition, _ value: Int) {
        write(metric) { $0.add([], value) }
    }

    public mutating func write(_ metric: MetricDefinition, seconds value: Double) {
        write(metric) { $0.add([], value) }
    }

    /// A metric's values.
    public struct Family {
        let metric: MetricDefinition
        fileprivate(set) var text = ""

        public mutating func add(_ labels: [String], _ value: Int) {
            line(metric.name, labels, String(value))
        }

        public mutating func add(_ labels: [String], _ value: Double) {
            line(metric.name, labels, "\(value)")
        }

        public mutating func add(_ labels: [String], _ histogram: Histogram) {
            var count = 0
            let counts = histogram.counts
            for (index, bound) in histogram.bounds.nanoseconds.enumerated() {
                count += counts[index]
                line(metric.name + "_bucket", labels, String(count), bound: "\(Double(bound) / 1e9)")
            }
            count += counts[counts.count - 1]
            line(metric.name + "_bucket", labels, String(count), bound: "+Inf")
            line(metric.name + "_sum", labels, "\(histogram.sumSeconds)")
            line(metric.name + "_count", labels, String(count))
        }

        private mutating func line(_ name: String, _ labels: [String], _ value: String, bound: String? = nil) {
            precondition(labels.count == metric.labels.count, "\(metric.name) has \(metric.labels.count) labels")
            text += name
            var separator = "{"
            for (label, value) in zip(metric.labels, labels) {
                text += "\(separator)\(label)=\""
                MetricsPage.escape(value, isLabel: true, into: &text)
                text += "\""
                separator = ","
            }
            if let bound {
                text += "\(separator)le=\"\(bound)\""
                separator = ","
            }
            text += separator == "," ? "} \(value)\n" : " \(value)\n"
        }
    }

    /// As both formats have it: backslash, newline, and in a label the quote. Other control characters, which a name from
    /// outside may hold, would confuse whoever reads the page in a terminal, and are replaced.
    fileprivate static func escape(_ value: String, isLabel: Bool, into text: inout String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where isLabel: text += "\\\""
            default:
                let isControl = scalar.properties.generalCategory == .control
                text.unicodeScalars.append(isControl ? "\u{fffd}" : scalar)
            }
        }
    }
}
