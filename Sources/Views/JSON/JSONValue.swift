/// The JSON of policy records: UTF-8, integers only, no key twice in an object.
public enum JSONValue: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public var key: String
        public var value: JSONValue

        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    /// In the order of the text.
    case object([Member])

    /// What it is, for messages that must not show what it holds.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Why bytes aren't the JSON of a policy record. Names a place and a rule, never what stands there.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Byte position.
    public var position: Int
    public var rule: String

    public var description: String { "at byte \(position): \(rule)" }
}
