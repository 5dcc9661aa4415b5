import Broker
import BrokerServer
import Foundation
import Metering
import Testing

/// Docs/metrics.md lists what the code shows: its table is generated. `SLUICE_GOLDEN=write swift test --filter
/// MetricsTable` writes it anew.
@Suite struct MetricsTableTests {
    private let all = ProcessMetrics.all + BrokerServer.metricDefinitions + Broker.metricDefinitions

    private var table: String {
        var lines = ["| Metric | Kind | Labels | Meaning |", "| --- | --- | --- | --- |"]
        for metric in all {
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            lines.append("| `\(metric.name)` | \(metric.kind.rawValue) | \(labels) | \(metric.help) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test func theTableIsTheCodes() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Docs/metrics.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- table -->\n"))
        let end = try #require(text.range(of: "<!-- end of table -->"))
        if ProcessInfo.processInfo.environment["SLUICE_GOLDEN"] == "write" {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: table)
                .write(to: page, atomically: true, encoding: .utf8)
        } else {
            #expect(text[begin.upperBound..<end.lowerBound] == table)
        }
    }

    @Test func namesAreInBaseUnitsAndUnique() {
        #expect(Set(all.map(\.name)).count == all.count)
        for metric in all {
            #expect(metric.name.hasPrefix("sluice_") || metric.name.hasPrefix("process_"))
            #expect(metric.name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }, "\(metric.name)")
            #expect(!metric.name.contains("_ms") && !metric.name.contains("_kb"), "\(metric.name)")
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.help.hasSuffix(".") && !metric.help.contains("|"), "\(metric.name)")
            #expect(Set(metric.labels).isDisjoint(with: ["client_id", "address", "key", "value", "le"]))
        }
    }
}
