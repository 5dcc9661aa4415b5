import TestSupport
import Testing

@testable import Views

@Suite struct JSONTests {
    func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
        ("-1", .integer(-1)), ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        (#""a\n\"\\\/\b\f\r\té\ud83d\ude00""#, .string("a\n\"\\/\u{8}\u{c}\r\t\u{e9}\u{1F600}")),
        ("[]", .array([])), ("[1, [2],\n{}]", .array([.integer(1), .array([.integer(2)]), .object([])])),
        (#"{"a":1,"b":[]}"#, .object([.init("a", .integer(1)), .init("b", .array([]))])),
    ])
    func valid(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "truee", "01", "-", "-0", "1.0", "1e3", "9223372036854775808", "-9223372036854775809", "+1",
        "[1,]", "[1 2]", "[", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#, #"{"a":1 "b":2}"#, #"{"a":1,"a":2}"#,
        #"{"a":1,"\u0061":2}"#, "\"", "\"\n\"", #""\x""#, #""\u12""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#,
        "1 2", "\u{FEFF}1", "NaN", "'a'", "// c\n1",
    ])
    func invalid(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func invalidUnicode() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
        }
    }

    @Test func depthAndSize() throws {
        let deep = { (count: Int) in String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        #expect(throws: Never.self) { try parse(deep(JSONValue.depthMax)) }
        #expect(throws: JSONError.self) { try parse(deep(JSONValue.depthMax + 1)) }
        #expect(throws: JSONError.self) { try parse(deep(200_000)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: " ", count: JSONValue.byteCountMax) + "1") }
    }

    /// The sorting example of RFC 8785 §3.2.3: UTF-16 code units, so the emoji comes before U+FB33.
    @Test func canonicalOrder() throws {
        let keys = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"]
        let value = JSONValue.object(keys.map { .init($0, .null) })
        let sorted = ["\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"]
        guard case .object(let members) = try JSONValue(parsing: value.canonicalBytes) else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.key) == sorted)
        let text = String(decoding: JSONValue.string("\u{1f}\u{7f}é/\"\\\n").canonicalBytes, as: UTF8.self)
        #expect(text == "\"\\u001f\u{7f}é/\\\"\\\\\\n\"")
    }

    @Test func randomValuesComeBack() throws {
        let seed: UInt64 = 0x5EED_0001
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let value = random.json(depth: 0)
            let bytes = value.canonicalBytes
            let back = try JSONValue(parsing: bytes)
            #expect(back.canonicalBytes == bytes, "seed \(seed)")
        }
    }

    /// Mutated and random bytes: an error or a value whose canonical form reads back, never a trap.
    @Test func fuzz() {
        let seed: UInt64 = 0x5EED_0002
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = random.json(depth: 0).canonicalBytes
            for _ in 0...random.below(3) {
                guard !bytes.isEmpty else { break }
                let index = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[index] = UInt8(random.below(256))
                case 1: bytes.remove(at: index)
                default: bytes.insert(Array("{}[],:\"\\u0-e.".utf8)[random.below(13)], at: index)
                }
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            accepted += 1
            let again = try? JSONValue(parsing: value.canonicalBytes)
            #expect(again?.canonicalBytes == value.canonicalBytes, "seed \(seed)")
        }
        #expect(accepted > 100)
    }
}

extension SeededGenerator {
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    mutating func json(depth: Int) -> JSONValue {
        switch below(depth > 3 ? 4 : 6) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2: return .integer(Int64(bitPattern: next()) >> Int64(below(64)))
        case 3: return .string(string())
        case 4: return .array((0..<below(4)).map { _ in json(depth: depth + 1) })
        default:
            var members: [JSONValue.Member] = []
            for index in 0..<below(4) { members.append(.init("\(index)\(string())", json(depth: depth + 1))) }
            return .object(members)
        }
    }

    private mutating func string() -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "\u{0}", "\"", "\\", "\n", "é", "\u{301}", "\u{1F600}", "\u{FFFD}", "\u{7F}",
        ]
        return String(String.UnicodeScalarView((0..<below(6)).map { _ in pick(scalars) }))
    }
}
