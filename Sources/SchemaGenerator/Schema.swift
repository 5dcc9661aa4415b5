/// Versions from `lower` to `upper`, both included. "3+" has the upper end `Int16.max`; "none" is empty.
struct VersionRange: Equatable {
    var lower: Int16
    var upper: Int16

    static let all = VersionRange(lower: 0, upper: .max)
    static let none = VersionRange(lower: 1, upper: 0)

    var isEmpty: Bool { lower > upper }

    func contains(_ version: Int16) -> Bool { lower <= version && version <= upper }

    func intersection(_ other: VersionRange) -> VersionRange {
        VersionRange(lower: max(lower, other.lower), upper: min(upper, other.upper))
    }

    /// The Swift condition by which `version`, known to be in `valid`, is in this range. nil: always.
    func condition(in valid: VersionRange) -> String? {
        let low = lower > valid.lower
        let high = upper < valid.upper
        switch (low, high) {
        case (false, false): return nil
        case (true, false): return "version >= \(lower)"
        case (false, true): return "version <= \(upper)"
        case (true, true): return lower == upper ? "version == \(lower)" : "version >= \(lower) && version <= \(upper)"
        }
    }
}

/// What stands on the wire for a field.
indirect enum FieldType: Equatable {
    case bool
    case int8
    case int16
    case int32
    case int64
    case float64
    /// An int16 that is an error code.
    case error
    case uuid
    /// 32 bytes without a length.
    case digest
    case string
    case bytes
    case records
    case array(FieldType)
    /// A struct of this message, by name.
    case structure(String)
}

struct Field {
    var name: String
    var type: FieldType
    var versions: VersionRange
    /// Where null is allowed; empty for a field that is never null.
    var nullable: VersionRange
    var tag: Int?
    var defaultValue: String?
    var isIgnorable: Bool
    var prose: String

    var isNullable: Bool { !nullable.isEmpty }
}

/// The fields of a message or of a part of it.
struct Structure {
    var name: String
    /// The versions in which it is on the wire, narrowed to those of its message.
    var versions: VersionRange
    var fields: [Field]
    var prose: String
}

/// One request, response or record.
struct Message {
    enum Kind {
        case request
        case response
        case record
    }

    var kind: Kind
    /// The API's or record's name, without "Request" or "Response".
    var name: String
    var apiKey: Int?
    var versions: VersionRange
    var flexible: VersionRange
    /// What ApiVersions offers; requests only.
    var advertised: VersionRange
    var root: Structure
    /// The structs in it, in the order in which they were declared.
    var nested: [Structure]

    var typeName: String {
        switch kind {
        case .request: name + "Request"
        case .response: name + "Response"
        case .record: name
        }
    }

    func structure(_ name: String) -> Structure? {
        nested.first { $0.name == name }
    }
}

extension String {
    /// In backquotes where Swift has the word for itself.
    var escaped: String { ["protocol", "default", "extension"].contains(self) ? "`\(self)`" : self }

    /// "ListOffsets" as "listOffsets".
    var lowerCamel: String { prefix(1).lowercased() + dropFirst() }
}
