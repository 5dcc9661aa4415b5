/// A name as Kafka has it: equal only byte by byte. Swift's String compares by canonical equivalence, under which two
/// group ids that Kafka tells apart (`é` as one scalar or as two) would be the same key of the policy.
public struct Name: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let string: String
    /// Then, and only if the other one is, too, equal strings have equal bytes (`K` and the Kelvin sign are equal).
    private let isASCII: Bool

    public init(_ string: String) {
        self.string = string
        isASCII = string.utf8.allSatisfy { $0 < 0x80 }
    }

    public init(stringLiteral value: String) {
        self.init(value)
    }

    public var description: String { string }
    public var isEmpty: Bool { string.isEmpty }
    /// Bytes of the UTF-8 form.
    public var byteCount: Int { string.utf8.count }

    public static func == (left: Name, right: Name) -> Bool {
        guard left.string == right.string else { return false }
        return left.isASCII && right.isASCII || left.string.utf8.elementsEqual(right.string.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(string)
    }

    /// The order of the bytes.
    public static func < (left: Name, right: Name) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }

    public func hasPrefix(_ prefix: Name) -> Bool {
        string.utf8.starts(with: prefix.string.utf8)
    }

    /// The first `count` bytes as a name; nil if there are fewer, or if they end inside a scalar.
    public func prefix(byteCount count: Int) -> Name? {
        let utf8 = string.utf8
        guard let end = utf8.index(utf8.startIndex, offsetBy: count, limitedBy: utf8.endIndex) else { return nil }
        if end < utf8.endIndex && utf8[end] & 0xC0 == 0x80 { return nil }
        return Name(String(string[..<end]))
    }
}

/// A name and a version, written `scrub-ssn@3`. Versions count from 1.
public struct VersionedName: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var name: Name
    public var version: UInt32

    public init(name: Name, version: UInt32) {
        self.name = name
        self.version = version
    }

    /// Reads `NAME@VERSION`; nil if it isn't one.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, Name.isValidModuleName(String(parts[0]) ?? ""),
            let digits = String(parts[1]), let version = UInt32(digits), version > 0, String(version) == digits
        else { return nil }
        self.init(name: Name(String(parts[0]) ?? ""), version: version)
    }

    public var description: String { "\(name)@\(version)" }

    public static func < (left: VersionedName, right: VersionedName) -> Bool {
        left.name == right.name ? left.version < right.version : left.name < right.name
    }
}

extension Name {
    /// Words that a target or a pattern already means.
    static let reserved: Set<String> = ["raw", "deny", "none", "any"]

    /// `[a-z0-9][a-z0-9._-]{0,99}` and none of the reserved words (policy-records §2).
    static func isValidModuleName(_ text: String) -> Bool {
        guard (1...100).contains(text.utf8.count), !reserved.contains(text) else { return false }
        for (position, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): continue
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): if position == 0 { return false }
            default: return false
            }
        }
        return true
    }
}
