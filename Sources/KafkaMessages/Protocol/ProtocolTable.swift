/// The support table of Docs/protocol.md.
public enum ProtocolTable {
    public static func markdown() -> String {
        var lines = ["| API | Key | Versions | Flexible from |", "|---|---:|---|---|"]
        for api in SupportedApis.all {
            let advertised = range(api.advertised)
            let read =
                api.versions.lowerBound > api.advertised.lowerBound
                ? "\(advertised) (below \(api.versions.lowerBound) refused)" : advertised
            let flexible = api.flexibleFrom.map { "\($0)" } ?? "–"
            lines.append("| \(api.name) | \(api.apiKey.rawValue) | \(read) | \(flexible) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func range(_ versions: ClosedRange<Int16>) -> String {
        versions.count == 1 ? "\(versions.lowerBound)" : "\(versions.lowerBound)–\(versions.upperBound)"
    }
}
