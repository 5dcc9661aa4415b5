import Glibc

/// The table that a run prints.
struct Report {
    struct Row {
        var measure: String
        var sluice: String
        var floor = "–"
        /// What is compared with the target.
        var result: String
        var target: String
        var isMet: Bool?
    }

    private(set) var rows: [Row] = []

    mutating func add(_ row: Row) {
        rows.append(row)
        print("  \(row.measure): \(row.result) (target \(row.target))")
        fflush(nil)
    }

    /// A ratio of costs: the middle of the rounds' ratios, with the costs' own medians.
    mutating func addRatio(
        _ measure: String, sluice: [Double], floor: [Double], unit: String, target: Double
    ) {
        let ratio = Statistics.median(zip(sluice, floor).map { $0 / $1 })
        add(
            Row(
                measure: measure, sluice: "\(Statistics.median(sluice).text(2)) \(unit)",
                floor: "\(Statistics.median(floor).text(2)) \(unit)", result: "\(ratio.text(2)) ×",
                target: "≤ \(target.text(1)) ×", isMet: ratio <= target))
    }

    func table() -> String {
        var lines = [
            "| measure | sluice | floor | result | target | met |",
            "| --- | ---: | ---: | ---: | ---: | --- |",
        ]
        for row in rows {
            let met = row.isMet.map { $0 ? "yes" : "**no**" } ?? "–"
            lines.append(
                "| \(row.measure) | \(row.sluice) | \(row.floor) | \(row.result) | \(row.target) | \(met) |")
        }
        return lines.joined(separator: "\n")
    }
}

enum Statistics {
    static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

    static func quantile(_ values: [Double], _ part: Double) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return .nan }
        let position = part * Double(sorted.count - 1)
        let index = Int(position)
        return index + 1 < sorted.count
            ? sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index]) : last
    }
}

extension Double {
    /// With so many digits behind the point.
    func text(_ digits: Int) -> String {
        guard isFinite else { return "\(self)" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((magnitude * scale).rounded())
        let sign = self < 0 && scaled != 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(scaled)" }
        let fraction = "\(scaled % Int(scale))"
        return "\(sign)\(scaled / Int(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }
}
