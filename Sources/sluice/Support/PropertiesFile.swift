/// Settings as Java's `Properties` reads them (`client.properties`), which those of librdkafka are, too.
enum PropertiesFile {
    struct Entry: Equatable {
        var name: String
        var value: String
        /// Of its beginning, from 1.
        var line: Int
    }

    /// Comments begin with `#` or `!`; `=`, `:` or blanks part name and value; a backslash at the end goes on in the next line,
    /// elsewhere it stands for the character behind it (`\t`, `\n`, `\r`, `\f`, `\uXXXX` as in Java).
    /// - Returns: in the order of the file; nil at a `\u` without four digits, with its line.
    static func entries(_ text: String) -> Result<[Entry], Malformed> {
        var entries: [Entry] = []
        for (line, number) in logicalLines(text) {
            guard let entry = entry(line, number) else { return .failure(Malformed(line: number)) }
            entries.append(entry)
        }
        return .success(entries)
    }

    struct Malformed: Error, Equatable {
        var line: Int
    }

    private static let blanks: Set<Character> = [" ", "\t", "\u{c}"]

    /// Lines without their leading blanks, without comments and empty ones, and with their continuations.
    private static func logicalLines(_ text: String) -> [(text: [Character], number: Int)] {
        var result: [(text: [Character], number: Int)] = []
        var open: (text: [Character], number: Int)?
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let content = line.drop { blanks.contains($0) }
            if open == nil, content.isEmpty || content.hasPrefix("#") || content.hasPrefix("!") { continue }
            var whole = open ?? ([], index + 1)
            whole.text += content
            // An odd number of backslashes at the end: the last one isn't escaped itself.
            if whole.text.reversed().prefix(while: { $0 == "\\" }).count % 2 == 1, index + 1 < lines.count {
                whole.text.removeLast()
                open = whole
            } else {
                result.append(whole)
                open = nil
            }
        }
        if let open { result.append(open) }
        return result
    }

    private static func entry(_ line: [Character], _ number: Int) -> Entry? {
        var end = 0
        while end < line.count, line[end] != "=", line[end] != ":", !blanks.contains(line[end]) {
            end += line[end] == "\\" ? 2 : 1
        }
        end = min(end, line.count)
        var start = end
        var hasSeparator = false
        while start < line.count {
            if blanks.contains(line[start]) {
                start += 1
            } else if !hasSeparator, line[start] == "=" || line[start] == ":" {
                hasSeparator = true
                start += 1
            } else {
                break
            }
        }
        guard let name = unescaped(line[..<end]), let value = unescaped(line[start...]) else { return nil }
        return Entry(name: name, value: value, line: number)
    }

    private static func unescaped(_ text: ArraySlice<Character>) -> String? {
        var units: [UInt16] = []
        var rest = text
        while let character = rest.popFirst() {
            guard character == "\\" else {
                units += String(character).utf16
                continue
            }
            guard let escaped = rest.popFirst() else { break }
            switch escaped {
            case "t": units.append(0x09)
            case "n": units.append(0x0A)
            case "r": units.append(0x0D)
            case "f": units.append(0x0C)
            case "u":
                let digits = rest.prefix(4)
                guard digits.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(String(digits), radix: 16)
                else { return nil }
                units.append(unit)
                rest = rest.dropFirst(4)
            default: units += String(escaped).utf16
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
