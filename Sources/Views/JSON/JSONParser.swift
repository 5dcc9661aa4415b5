extension JSONValue {
    /// Bytes that a text may have; more than a policy topic's record.
    public static let byteCountMax = 1_100_000
    /// Arrays and objects within each other.
    public static let depthMax = 16

    /// Reads a text of RFC 8259, of integers in the range of Int64 only, in which no object has a key twice and every
    /// string is well-formed Unicode.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        guard bytes.count <= Self.byteCountMax else {
            throw JSONError(position: 0, rule: "longer than a record may be")
        }
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure("nothing may follow the value") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard let byte = peek() else { throw failure("a value is missing") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try integer())
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default: throw failure("no value begins so")
        }
    }

    private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth < JSONValue.depthMax else { throw failure("nested too deeply") }
        position += 1
        skipSpace()
        var elements: [JSONValue] = []
        if take("]") { return elements }
        while true {
            skipSpace()
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return elements }
            guard take(",") else { throw failure("a comma or the end of the array is missing") }
        }
    }

    private mutating func members(depth: Int) throws(JSONError) -> [JSONValue.Member] {
        guard depth < JSONValue.depthMax else { throw failure("nested too deeply") }
        position += 1
        skipSpace()
        var members: [JSONValue.Member] = []
        var keys: Set<Name> = []
        if take("}") { return members }
        while true {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw failure("a key must be a string") }
            let start = position
            let key = try string()
            guard keys.insert(Name(key)).inserted else { throw JSONError(position: start, rule: "a key stands twice") }
            skipSpace()
            guard take(":") else { throw failure("a colon is missing") }
            skipSpace()
            members.append(JSONValue.Member(key, try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return members }
            guard take(",") else { throw failure("a comma or the end of the object is missing") }
        }
    }

    private mutating func integer() throws(JSONError) -> Int64 {
        let start = position
        let isNegative = take("-")
        let first = position
        var value: Int64 = 0
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
            guard !overflow, !carry else { throw JSONError(position: start, rule: "the integer is too large") }
            value = sum
            position += 1
        }
        let count = position - first
        guard count > 0, count == 1 || bytes[first] != UInt8(ascii: "0"), !(isNegative && value == 0) else {
            throw JSONError(position: start, rule: "not an integer")
        }
        if let next = peek(), [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(next) {
            throw JSONError(position: start, rule: "numbers must be integers")
        }
        return value
    }

    private mutating func string() throws(JSONError) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while true {
            guard let byte = peek() else { throw JSONError(position: start, rule: "the string has no end") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw JSONError(position: start, rule: "the string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw failure("control characters must be escaped", at: position - 1)
            default: text.append(byte)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let start = position - 1
        guard let byte = peek() else { throw JSONError(position: start, rule: "the string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal(start)
            if code >= 0xD800 && code < 0xDC00 {
                guard take("\\"), take("u") else { throw failure("half a surrogate pair", at: start) }
                let low = try hexadecimal(start)
                guard low >= 0xDC00 && low < 0xE000 else { throw failure("half a surrogate pair", at: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair", at: start) }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw failure("no such escape", at: start)
        }
    }

    private mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("an escape needs four hexadecimal digits", at: start)
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        let start = position
        for byte in "\(word)".utf8 {
            guard peek() == byte else { throw JSONError(position: start, rule: "no value begins so") }
            position += 1
        }
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func failure(_ rule: String, at place: Int? = nil) -> JSONError {
        JSONError(position: place ?? position, rule: rule)
    }
}
