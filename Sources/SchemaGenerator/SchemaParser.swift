/// What is wrong with a schema file, and where.
struct SchemaError: Error, CustomStringConvertible {
    var line: Int
    var text: String

    var description: String { "line \(line): \(text)" }
}

/// Reads the line language of `Messages/*.kafka`:
///
///     # Prose for what follows.
///     api 1 Fetch versions 4-18 flexible 12+ advertise 4-18     (or: record OffsetCommitKey versions 0-1 flexible none)
///     request                                                     (then: response)
///       replicaId int32 0-14 default -1                           # prose
///       topics []FetchTopic                                       # a struct of its own: its fields are indented
///         topic string 0-12 ignorable
///
/// A field is `name type [versions] [tag N] [nullable VERSIONS] [default VALUE] [ignorable]`. Types: bool, int8, int16,
/// int32, int64, float64, error, uuid, digest, string, bytes, records, a struct's name, `[]` before any of them; `?` after it
/// lets it be null in all of its versions (a null struct is a byte, as in KIP-893). Versions: `3`, `3+`, `3-7`, `none`; none given means all.
struct SchemaParser {
    private struct Line {
        var number: Int
        var indent: Int
        var words: [String]
        var prose: String
    }

    private var lines: [Line] = []
    private var next = 0
    private var nested: [Structure] = []

    static func parse(_ text: [String]) throws(SchemaError) -> [Message] {
        var parser = SchemaParser()
        parser.lines = readLines(text)
        var messages: [Message] = []
        while let line = parser.take(indent: 0) {
            try parser.parseMessages(line, into: &messages)
        }
        if parser.next < parser.lines.count {
            throw SchemaError(line: parser.lines[parser.next].number, text: "unexpected indentation")
        }
        return messages
    }

    private static func readLines(_ text: [String]) -> [Line] {
        var lines: [Line] = []
        var pending: [String] = []
        for (index, raw) in text.enumerated() {
            let parts = raw.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let words = parts[0].split(separator: " ").map(String.init)
            let prose = parts.count > 1 ? trim(parts[1]) : ""
            guard !words.isEmpty else {
                if parts.count > 1 { pending.append(prose) } else { pending = [] }
                continue
            }
            if !prose.isEmpty { pending.append(prose) }
            let indent = parts[0].prefix { $0 == " " }.count
            lines.append(Line(number: index + 1, indent: indent, words: words, prose: pending.joined(separator: " ")))
            pending = []
        }
        return lines
    }

    private static func trim(_ text: Substring) -> String {
        text.split(separator: " ").joined(separator: " ")
    }

    private mutating func take(indent: Int) -> Line? {
        guard next < lines.count, lines[next].indent == indent else { return nil }
        next += 1
        return lines[next - 1]
    }

    private mutating func parseMessages(_ line: Line, into messages: inout [Message]) throws(SchemaError) {
        var words = line.words[...]
        let kind = words.removeFirst()
        var apiKey: Int?
        if kind == "api" {
            apiKey = words.popFirst().flatMap { Int($0) }
            guard apiKey != nil else { throw SchemaError(line: line.number, text: "api needs its key") }
        } else if kind != "record" {
            throw SchemaError(line: line.number, text: "expected api or record, found \(kind)")
        }
        guard let name = words.popFirst() else { throw SchemaError(line: line.number, text: "name missing") }
        var ranges: [String: VersionRange] = [:]
        while let key = words.popFirst() {
            ranges[key] = try Self.versions(words.popFirst() ?? "", line: line.number)
        }
        guard let versions = ranges["versions"], let flexible = ranges["flexible"] else {
            throw SchemaError(line: line.number, text: "versions and flexible are needed")
        }
        var message = Message(
            kind: .record, name: name, apiKey: apiKey, versions: versions, flexible: flexible,
            advertised: ranges["advertise"] ?? versions,
            root: Structure(name: name, versions: versions, fields: [], prose: line.prose), nested: [])
        if kind == "record" {
            try parseRoot(&message, indent: 2)
            messages.append(message)
            return
        }
        for (word, kind) in [("request", Message.Kind.request), ("response", .response)] {
            guard let header = take(indent: 0), header.words == [word] else {
                throw SchemaError(line: line.number, text: "\(word) missing")
            }
            message.kind = kind
            message.root = Structure(
                name: message.typeName, versions: versions, fields: [],
                prose: header.prose.isEmpty ? line.prose : header.prose)
            try parseRoot(&message, indent: 2)
            messages.append(message)
        }
    }

    private mutating func parseRoot(_ message: inout Message, indent: Int) throws(SchemaError) {
        nested = []
        message.root.fields = try parseFields(indent: indent, valid: message.versions)
        message.nested = nested
    }

    private mutating func parseFields(indent: Int, valid: VersionRange) throws(SchemaError) -> [Field] {
        var fields: [Field] = []
        while let line = take(indent: indent) {
            let field = try Self.field(line)
            guard !field.versions.intersection(valid).isEmpty else {
                throw SchemaError(line: line.number, text: "\(field.name) is in no version")
            }
            if let name = Self.structureName(field.type), !nested.contains(where: { $0.name == name }) {
                let position = nested.count
                let narrowed = field.versions.intersection(valid)
                nested.append(Structure(name: name, versions: narrowed, fields: [], prose: field.prose))
                nested[position].fields = try parseFields(indent: indent + 2, valid: narrowed)
                if nested[position].fields.isEmpty {
                    throw SchemaError(line: line.number, text: "\(name) has no fields")
                }
            }
            fields.append(field)
        }
        return fields
    }

    private static func structureName(_ type: FieldType) -> String? {
        switch type {
        case .structure(let name): name
        case .array(let element): structureName(element)
        default: nil
        }
    }

    private static func field(_ line: Line) throws(SchemaError) -> Field {
        var words = line.words[...]
        guard words.count >= 2 else { throw SchemaError(line: line.number, text: "a field has a name and a type") }
        let name = words.removeFirst()
        var typeName = words.removeFirst()
        let alwaysNullable = typeName.hasSuffix("?")
        if alwaysNullable { typeName.removeLast() }
        var field = Field(
            name: name, type: try type(typeName, line: line.number), versions: .all,
            nullable: alwaysNullable ? .all : .none, tag: nil, defaultValue: nil, isIgnorable: false, prose: line.prose)
        if let word = words.first, word.first?.isNumber == true {
            field.versions = try versions(words.removeFirst(), line: line.number)
        }
        while let word = words.popFirst() {
            switch word {
            case "tag": field.tag = words.popFirst().flatMap { Int($0) }
            case "nullable": field.nullable = try versions(words.popFirst() ?? "", line: line.number)
            case "default": field.defaultValue = words.popFirst()
            case "ignorable": field.isIgnorable = true
            default: throw SchemaError(line: line.number, text: "unknown word \(word)")
            }
        }
        return field
    }

    private static func type(_ name: String, line: Int) throws(SchemaError) -> FieldType {
        if name.hasPrefix("[][]") { throw SchemaError(line: line, text: "Kafka has no arrays of arrays") }
        if name.hasPrefix("[]") { return .array(try type(String(name.dropFirst(2)), line: line)) }
        switch name {
        case "bool": return .bool
        case "int8": return .int8
        case "int16": return .int16
        case "int32": return .int32
        case "int64": return .int64
        case "float64": return .float64
        case "error": return .error
        case "uuid": return .uuid
        case "digest": return .digest
        case "string": return .string
        case "bytes": return .bytes
        case "records": return .records
        default:
            guard name.first?.isUppercase == true else {
                throw SchemaError(line: line, text: "unknown type \(name)")
            }
            return .structure(name)
        }
    }

    private static func versions(_ word: String, line: Int) throws(SchemaError) -> VersionRange {
        if word == "none" { return .none }
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        if word.hasSuffix("+"), let lower = Int16(word.dropLast()) { return VersionRange(lower: lower, upper: .max) }
        if parts.count == 1, let only = Int16(word) { return VersionRange(lower: only, upper: only) }
        if parts.count == 2, let lower = Int16(parts[0]), let upper = Int16(parts[1]), lower <= upper {
            return VersionRange(lower: lower, upper: upper)
        }
        throw SchemaError(line: line, text: "\"\(word)\" is no version range")
    }
}
