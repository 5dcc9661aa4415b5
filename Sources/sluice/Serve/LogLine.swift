import Logging

/// An event on its way to the log, and the forms in which it is written. Whatever names and texts from outside hold, an
/// event is one line, and a terminal that shows it does nothing but show it.
struct LogLine {
    var time: String
    var level: Logger.Level
    var label: String
    var message: String
    /// By rising name.
    var fields: [(name: String, value: String)]

    func text(_ format: LogFormat) -> String {
        switch format {
        case .text:
            var line = "\(time) \(level) \(label): \(Self.plain(message))"
            for field in fields { line += " \(Self.name(field.name))=\(Self.value(field.value))" }
            return line
        case .logfmt:
            var line = "time=\(time) level=\(level) logger=\(label) msg=\(Self.value(message))"
            for field in fields { line += " \(Self.name(field.name))=\(Self.value(field.value))" }
            return line
        case .json:
            let members = Dictionary(fields.map { ($0.name, JSON.string($0.value)) }) { first, _ in first }
            let json: JSON = [
                "time": .string(time), "level": .string("\(level)"), "logger": .string(label),
                "message": .string(message), "fields": .object(members),
            ]
            return Self.escapedForTerminals(json.text)
        }
    }

    /// Names are ours; one that isn't a word would break the line apart.
    private static func name(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") ? $0 : "_" })
    }

    /// As logfmt has it: bare where it can be, else between quotes with escapes.
    private static func value(_ value: String) -> String {
        let isBare =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy { scalar in
                scalar.value > 0x20 && scalar != "\"" && scalar != "=" && scalar != "\\" && !isUnsafe(scalar)
            }
        if isBare { return value }
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where isUnsafe(scalar): text += escape(scalar)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    private static func plain(_ message: String) -> String {
        var text = ""
        for scalar in message.unicodeScalars {
            if isUnsafe(scalar) { text += escape(scalar) } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    /// JSON escapes the controls below U+0020 only.
    private static func escapedForTerminals(_ json: String) -> String { plain(json) }

    /// What moves a cursor, ends a line or turns the direction of the text around.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }

    /// `\uXXXX`, in two halves past U+FFFF, as JSON has it.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let hex = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }.joined()
    }
}
