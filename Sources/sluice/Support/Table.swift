/// Columns of text for people: a header line, then rows, padded with spaces. No borders, so that `awk` and eyes both
/// find the columns.
struct Table {
    enum Alignment {
        case left
        case right
    }

    private let titles: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// A title that begins with `>` stands over a column of numbers, set to the right.
    init(_ titles: String...) {
        self.titles = titles.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
        alignments = titles.map { $0.hasPrefix(">") ? .right : .left }
    }

    mutating func add(_ cells: String...) {
        precondition(cells.count == titles.count, "a row has as many cells as the table has titles")
        rows.append(cells.map(Table.printable))
    }

    var isEmpty: Bool { rows.isEmpty }

    var text: String {
        let widths = titles.indices.map { column in
            ([titles] + rows).reduce(0) { max($0, $1[column].count) }
        }
        return ([titles] + rows).map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                if column > 0 { line += "  " }
                line += alignments[column] == .right ? padding + cell : cell + padding
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// Names come from outside: what would move the cursor is shown as a replacement.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{fffd}" : $0 }))
    }

    static func printableLines(_ lines: [String]) -> String {
        lines.map(printable).joined(separator: "\n")
    }
}
