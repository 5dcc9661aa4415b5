import Testing

@testable import WasmRuntime

/// The test vectors of a use: a table that its builds in every language keep to. The form is described in each file.
struct VectorFile {
    struct Case {
        var line: Int
        var parameters: [String: String]
        var timestamp: Int64
        var key: [UInt8]?
        var value: [UInt8]?
        var expected: GuestAnswer
    }

    struct Refusal {
        var line: Int
        var parameters: [String: String]
        var code: Int32
        var text: String
    }

    struct SyntaxError: Error { var line: Int }

    private(set) var cases: [Case] = []
    private(set) var refusals: [Refusal] = []

    init(use: String) throws {
        let path = "\(ExampleGuest.checkout)/Examples/\(use)/vectors.tsv"
        let text = String(decoding: try #require(PrivateFile.read(path, limit: 1 << 20), "no \(path)"), as: UTF8.self)
        var parameters: [String: String] = [:]
        var timestamp: Int64 = 1_767_225_600_000
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            if line.isEmpty || line.hasPrefix("#") { continue }
            switch (fields[0], fields.count) {
            case ("with", _):
                parameters = [:]
                for field in fields.dropFirst() {
                    let text = String(decoding: Self.bytes(field), as: UTF8.self)
                    guard let equals = text.firstIndex(of: "=") else { throw SyntaxError(line: number + 1) }
                    parameters[String(text[..<equals])] = String(text[text.index(after: equals)...])
                }
            case ("time", 2): timestamp = try #require(Int64(fields[1]))
            case ("refused", 3):
                refusals.append(
                    Refusal(
                        line: number + 1, parameters: parameters, code: try #require(Int32(fields[1])), text: fields[2])
                )
            case (_, 2), (_, 4):
                let outcomes = (value: fields[1], key: fields.count == 4 ? fields[3] : "!keep")
                cases.append(
                    Case(
                        line: number + 1, parameters: parameters, timestamp: timestamp,
                        key: fields.count == 4 ? Self.part(fields[2]) : Array("key".utf8), value: Self.part(fields[0]),
                        expected: try Self.answer(outcomes.value, outcomes.key)))
            default: throw SyntaxError(line: number + 1)
            }
        }
    }

    private static func answer(_ value: String, _ key: String) throws -> GuestAnswer {
        switch value {
        case "!malformed": return .failed(class: 1)
        case "!unsupported": return .failed(class: 2)
        case "!drop": return .drop
        default:
            func part(_ outcome: String) -> GuestAnswer.Part? {
                if outcome == "!keep" { return nil }
                return Self.part(outcome).map { .bytes($0) } ?? .null
            }
            let parts = (key: part(key), value: part(value))
            return parts.key == nil && parts.value == nil ? .keep : .replaced(key: parts.key, value: parts.value)
        }
    }

    private static func part(_ field: String) -> [UInt8]? { field == "!null" ? nil : bytes(field) }

    /// `~0a` is a line feed.
    private static func bytes(_ field: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x7E, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
