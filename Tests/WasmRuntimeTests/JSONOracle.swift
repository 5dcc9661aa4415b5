/// A JSON text as a tree, read in the plainest way: an oracle that shares nothing with the modules' scanners.
indirect enum JSONTree: Equatable {
    /// Names as UTF-16, so that half a surrogate pair has a place.
    case object([Member])
    case array([JSONTree])
    /// A string, number or word as it is written.
    case scalar([UInt8])

    struct Member: Equatable {
        var name: [UInt16]
        var value: JSONTree

        init(_ name: [UInt16], _ value: JSONTree) {
            self.name = name
            self.value = value
        }
    }

    /// nil: not JSON, or not UTF-8.
    init?(_ bytes: [UInt8]) {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var parser = Parser(bytes: bytes)
        guard let tree = parser.value(), parser.peek() == nil, parser.at == bytes.count else { return nil }
        self = tree
    }

    private struct Parser {
        let bytes: [UInt8]
        var at = 0

        /// The next byte that isn't white space.
        mutating func peek() -> UInt8? {
            while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
            return at < bytes.count ? bytes[at] : nil
        }

        mutating func take(_ byte: Character) -> Bool {
            guard peek() == byte.asciiValue else { return false }
            at += 1
            return true
        }

        mutating func value() -> JSONTree? {
            guard let first = peek() else { return nil }
            switch first {
            case UInt8(ascii: "{"): return object()
            case UInt8(ascii: "["): return array()
            case UInt8(ascii: "\""):
                let start = at
                return string() == nil ? nil : .scalar(Array(bytes[start..<at]))
            default: return word()
            }
        }

        mutating func object() -> JSONTree? {
            var members: [Member] = []
            guard take("{") else { return nil }
            if take("}") { return .object([]) }
            repeat {
                guard peek() != nil, let name = string(), take(":"), let value = value() else { return nil }
                members.append(Member(name, value))
            } while take(",")
            return take("}") ? .object(members) : nil
        }

        mutating func array() -> JSONTree? {
            var elements: [JSONTree] = []
            guard take("[") else { return nil }
            if take("]") { return .array([]) }
            repeat {
                guard let value = value() else { return nil }
                elements.append(value)
            } while take(",")
            return take("]") ? .array(elements) : nil
        }

        /// What the string stands for.
        mutating func string() -> [UInt16]? {
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
            at += 1
            var units: [UInt16] = []
            var plain: [UInt8] = []
            while at < bytes.count {
                let byte = bytes[at]
                at += 1
                if byte < 0x20 { return nil }
                if byte == UInt8(ascii: "\"") { return units + Array(String(decoding: plain, as: UTF8.self).utf16) }
                guard byte == UInt8(ascii: "\\") else {
                    plain.append(byte)
                    continue
                }
                units += Array(String(decoding: plain, as: UTF8.self).utf16)
                plain = []
                guard let unit = escape() else { return nil }
                units.append(unit)
            }
            return nil
        }

        private mutating func escape() -> UInt16? {
            guard at < bytes.count else { return nil }
            let letter = Character(Unicode.Scalar(bytes[at]))
            at += 1
            let simple: [Character: UInt16] = [
                "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
            ]
            if letter != "u" { return simple[letter] }
            guard at + 4 <= bytes.count else { return nil }
            let digits = String(decoding: bytes[at..<at + 4], as: UTF8.self)
            at += 4
            return digits.allSatisfy(\.isHexDigit) && digits.utf8.count == 4 ? UInt16(digits, radix: 16) : nil
        }

        private mutating func word() -> JSONTree? {
            let start = at
            while at < bytes.count, !",]}: \t\n\r\"[{".utf8.contains(bytes[at]) { at += 1 }
            let text = String(decoding: bytes[start..<at], as: UTF8.self)
            let isNumber = text.wholeMatch(of: #/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+\-]?[0-9]+)?/#) != nil
            return isNumber || ["true", "false", "null"].contains(text) ? .scalar(Array(bytes[start..<at])) : nil
        }
    }
}

/// Text to try modules on: JSON of odd shapes, broken text, lines.
struct SampleText {
    var random: any RandomNumberGenerator

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private mutating func one(_ choices: [String]) -> String { choices[below(choices.count)] }

    private mutating func space() -> String { one(["", "", "", " ", "\n\t", "\r "]) }

    private mutating func string() -> String {
        var text = ""
        for _ in 0..<below(4) {
            text += one([
                "a", "first", #"\""#, #"\\"#, #"\n"#, "é", "😀", #"\ud83d\ude00"#, #"\ud800"#, #"\u0061"#, ".", ",", " ",
                "0123456789abcdef0123", "123-45-6789",
            ])
        }
        return "\"\(text)\""
    }

    mutating func value(depth: Int = 0) -> String {
        switch below(8) {
        case 0,
            1 where depth < 5:
            return object(depth: depth)
        case 2 where depth < 5:
            return "[\(space())"
                + (0..<below(4)).map { _ in space() + value(depth: depth + 1) + space() }
                .joined(separator: ",") + "]"
        case 3, 4: return string()
        case 5: return one(["0", "-1", "12.50", "1e9", "7", "-0.0E+1", "99999999999999999999"])
        default: return one(["true", "false", "null"])
        }
    }

    mutating func object(depth: Int = 0) -> String {
        let names = [#""a""#, #""b""#, #""c""#, #""first""#, #""last""#, #""age""#, #""\u0061""#, #""fir\u0073t""#]
        let members = (0..<below(6)).map { _ in
            space() + (below(3) == 0 ? string() : one(names)) + space() + ":" + space() + value(depth: depth + 1)
                + space()
        }
        return "{\(space())" + members.joined(separator: ",") + "}"
    }

    /// Digits, dashes and whole numbers.
    mutating func digits() -> [UInt8] {
        var text = ""
        for _ in 0..<below(30) { text += one(["123-45-6789", "-", "-", "1", "23", "é", " ", "45-6789", "a"]) }
        return Array(text.utf8)
    }

    mutating func line() -> String {
        one([
            #"127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a?q=\"x\" HTTP/1.0" 200 2326 "http://x/" "M \"y\"""#,
            #"h - - [29/Feb/2024:00:00:00 +0000] "-" 408 -"#, #"level=info msg="a \"b\"" took=1.5 retry e= p=C:\x"#,
            "a b\tc=1 \r\n", #"k="\u00e9" url=http://x/?a=b"#,
        ])
    }

    /// `bytes` with a few places spoilt.
    mutating func spoilt(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(3) where !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(5) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = UInt8(below(256))
            case 2: bytes.insert(Array("{}[]\",:\\u0 1-=\n".utf8)[below(15)], at: place)
            case 3: bytes.removeLast(bytes.count - place)
            default: bytes += bytes[place...].prefix(5)
            }
        }
        return bytes
    }

    mutating func noise() -> [UInt8] { (0..<below(60)).map { _ in UInt8(below(256)) } }
}
