/// Lines of Swift with their indentation.
struct SwiftText {
    private(set) var lines: [String] = []
    private var depth = 0

    /// The first line of a generated file.
    static func notice(_ source: String) -> String {
        "// Generated from SchemaGenerator/Messages/\(source).kafka by Scripts/generate-messages. Do not edit."
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func line(_ text: String = "") {
        lines.append(text.isEmpty ? "" : String(repeating: "    ", count: depth) + text)
    }

    /// `head {`, what `body` writes one level deeper, `}`.
    mutating func block(_ head: String, _ body: (inout SwiftText) -> Void) {
        line(head + " {")
        indented(body)
        line("}")
    }

    mutating func indented(_ body: (inout SwiftText) -> Void) {
        depth += 1
        body(&self)
        depth -= 1
    }

    /// A block around `body` if there is a condition, else just `body`.
    mutating func when(_ condition: String?, _ body: (inout SwiftText) -> Void) {
        if let condition { block("if \(condition)", body) } else { body(&self) }
    }

    /// Turns the `}` just written into `} else { statement }`, on lines of their own.
    mutating func lineElse(_ statement: String) {
        lines.removeLast()
        line("} else {")
        depth += 1
        line(statement)
        depth -= 1
        line("}")
    }

    /// A documentation comment, wrapped at 120 columns.
    mutating func documentation(_ prose: String) {
        let width = 120 - depth * 4 - 4
        var current = ""
        for word in prose.split(separator: " ") {
            if !current.isEmpty, current.count + 1 + word.count > width {
                line("/// " + current)
                current = ""
            }
            current += current.isEmpty ? String(word) : " " + word
        }
        if !current.isEmpty { line("/// " + current) }
    }
}
