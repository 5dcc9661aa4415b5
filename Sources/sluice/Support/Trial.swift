import KafkaClient
import WasmRuntime

/// Records before and after a view, with what it did to each: for `module test` and `view preview`.
struct Trial {
    struct Row {
        var before: ConsumedRecord
        var result: LocalView.Result
        /// nil: not measured, or the record failed.
        var fuel: UInt64?
    }

    var rows: [Row]
    /// That the view has run over all of them; compiling isn't counted.
    var nanoseconds: Int64

    var keptCount: Int { rows.count { if case .kept = $0.result { true } else { false } } }
    var changedCount: Int { rows.count { if case .changed = $0.result { true } else { false } } }
    var droppedCount: Int { rows.count { if case .dropped = $0.result { true } else { false } } }

    /// Records that failed, by class.
    var failures: [(name: String, count: Int)] {
        var counts: [String: Int] = [:]
        for row in rows { if case .failed(let failure, _) = row.result { counts[failure.name, default: 0] += 1 } }
        return counts.sorted { $0.key < $1.key }.map { (name: $0.key, count: $0.value) }
    }

    var nanosecondsPerRecord: Int64 { rows.isEmpty ? 0 : nanoseconds / Int64(rows.count) }

    /// Smallest, middle and largest; nil where none was measured.
    private var fuel: (min: UInt64, median: UInt64, max: UInt64)? {
        let sorted = rows.compactMap(\.fuel).sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        return (first, sorted[sorted.count / 2], last)
    }

    /// The statistics, and the records themselves if `showsRecords`.
    func json(showsRecords: Bool) -> [String: JSON] {
        var members: [String: JSON] = [
            "count": JSON(rows.count), "kept": JSON(keptCount), "changed": JSON(changedCount),
            "dropped": JSON(droppedCount),
            "failed": .object(
                Dictionary(failures.map { ($0.name, JSON($0.count)) }, uniquingKeysWith: { first, _ in first })),
            "ns_per_record": JSON(nanosecondsPerRecord),
        ]
        if let fuel {
            members["fuel"] = ["min": JSON(fuel.min), "median": JSON(fuel.median), "max": JSON(fuel.max)]
        }
        if showsRecords { members["records"] = .array(rows.map(Self.json)) }
        return members
    }

    private static func json(_ row: Row) -> JSON {
        var members: [String: JSON] = ["before": RecordFormatter.json(row.before)]
        switch row.result {
        case .kept:
            members["result"] = "kept"
            members["after"] = RecordFormatter.json(row.before)
        case .changed(let after):
            members["result"] = "changed"
            members["after"] = RecordFormatter.json(after)
        case .dropped:
            members["result"] = "dropped"
            members["after"] = .null
        case .failed(let failure, let step):
            members["result"] = "failed"
            members["after"] = .null
            members["class"] = .string(failure.name)
            members["step"] = JSON(step + 1)
        }
        if let fuel = row.fuel { members["fuel"] = JSON(fuel) }
        return .object(members)
    }

    var summary: String {
        var parts = ["\(keptCount) kept", "\(changedCount) changed", "\(droppedCount) dropped"]
        parts += failures.map { Paint.red("\($0.count) failed (\($0.name))") }
        var text = "\(Quantity.plural(rows.count, "record")): \(parts.joined(separator: ", "))\n"
        guard !rows.isEmpty else { return text }
        text += "\(Quantity.time(nanoseconds: nanosecondsPerRecord)) a record"
        if let fuel { text += ", fuel \(fuel.min)–\(fuel.max), half of them at most \(fuel.median)" }
        return text + "\n"
    }

    /// Before and after, side by side in `columns`.
    func sideBySide(columns: Int, limit: Int) -> String {
        let places = rows.prefix(limit).map { "\($0.before.partition):\($0.before.offset)" }
        let placeWidth = places.map(\.count).max() ?? 0
        let width = max(10, (columns - placeWidth - 7) / 2)
        var text = ""
        for (row, place) in zip(rows, places) {
            let before = Self.text(row.before)
            let after: String
            let mark: String
            switch row.result {
            case .kept: (after, mark) = (Paint.dim(Self.fit(before, width)), " ")
            case .changed(let record): (after, mark) = (Paint.green(Self.fit(Self.text(record), width)), "~")
            case .dropped: (after, mark) = (Paint.yellow(Self.fit("dropped", width)), "-")
            case .failed(let failure, let step):
                (after, mark) = (Paint.red(Self.fit("failed: \(failure.name) in step \(step + 1)", width)), "!")
            }
            let pad = String(repeating: " ", count: placeWidth - place.count)
            var line = "\(pad)\(place)  \(Self.padded(Self.fit(before, width), width)) \(mark) \(after)"
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        if rows.count > limit { text += "… \(rows.count - limit) more\n" }
        return text
    }

    /// `key → value`, with what doesn't print replaced.
    private static func text(_ record: ConsumedRecord) -> String {
        let value = record.value.map(part) ?? "(null)"
        let headers = record.headers.map { " {\($0.key): \($0.value.map(part) ?? "(null)")}" }.joined()
        return Table.printable((record.key.map { "\(part($0)) → " } ?? "") + value + headers)
    }

    private static func part(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? "(\(Quantity.plural(bytes.count, "byte")))"
    }

    private static func fit(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : text.prefix(width - 1) + "…"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
