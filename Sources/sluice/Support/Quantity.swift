/// Numbers for people.
enum Quantity {
    /// `999 B`, `1.5 kB`, `20 MB`: powers of 1000, two digits where the first is alone.
    static func bytes(_ count: Int64) -> String { scaled(count, ["B", "kB", "MB", "GB", "TB", "PB"]) }

    /// `950`, `1.5 k`, `20 M`.
    static func count(_ count: Int64) -> String {
        let text = scaled(count, ["", "k", "M", "G", "T", "P"])
        return text.hasSuffix(" ") ? String(text.dropLast()) : text
    }

    private static func scaled(_ count: Int64, _ units: [String]) -> String {
        var unit = 0
        var whole = count.magnitude
        var tenths: UInt64 = 0
        while whole >= 1000, unit + 1 < units.count {
            tenths = whole % 1000 / 100
            whole /= 1000
            unit += 1
        }
        let number = unit > 0 && whole < 10 ? "\(whole).\(tenths)" : "\(whole)"
        return "\(count < 0 ? "-" : "")\(number) \(units[unit])"
    }

    /// `850 µs`, `12 ms`, `3.2 s`, `4 min 10 s`.
    static func time(nanoseconds: Int64) -> String {
        let ns = max(0, nanoseconds)
        switch ns {
        case ..<1_000: return "\(ns) ns"
        case ..<1_000_000: return decimal(ns, 1_000) + " µs"
        case ..<1_000_000_000: return decimal(ns, 1_000_000) + " ms"
        case ..<60_000_000_000: return decimal(ns, 1_000_000_000) + " s"
        case ..<3_600_000_000_000: return "\(ns / 60_000_000_000) min \(ns / 1_000_000_000 % 60) s"
        default: return "\(ns / 3_600_000_000_000) h \(ns / 60_000_000_000 % 60) min"
        }
    }

    private static func decimal(_ value: Int64, _ unit: Int64) -> String {
        value < 10 * unit ? "\(value / unit).\(value % unit * 10 / unit)" : "\(value / unit)"
    }

    /// `1 record`, `2 records`.
    static func plural(_ count: Int, _ noun: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : many ?? noun + "s")"
    }
}

extension Duration {
    /// Saturates, some 292 years away.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflows ? .max : product.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
    }
}
