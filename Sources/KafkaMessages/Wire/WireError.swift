/// Bytes that are not a message, or a message that a version can't carry. Holds numbers and field names only, never
/// what a message holds.
public struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        // Reading: the peer sent something that is not the protocol. The connection closes.

        /// The bytes end within a value.
        case truncated
        /// A length that is negative where null isn't allowed, or longer than what is left.
        case invalidLength
        /// An array that counts more elements than the bytes left can hold.
        case invalidCount
        /// More array elements in one message than the reader's limit.
        case tooManyElements
        /// A varint of more than five bytes.
        case invalidVarint
        /// A string that isn't UTF-8.
        case invalidUTF8
        /// A tagged field whose value ends before or after its size says.
        case invalidTag
        /// Null where this version has no null.
        case unexpectedNull
        /// A version that this message doesn't have.
        case unsupportedVersion

        // Writing: a mistake of the caller.

        /// A value other than the default in a field that this version doesn't have.
        case notInVersion
        /// A string of more than 32,767 bytes in a version without compact strings, or a value above 2 GiB.
        case tooLong
    }

    public var code: Code
    /// The byte of the frame at which reading stopped; -1 when writing.
    public var position: Int
    /// The field that can't be written ("FetchRequest.sessionId"); empty when reading.
    public var field: String
    /// The version asked for; -1 where it doesn't matter.
    public var version: Int16

    init(_ code: Code, at position: Int = -1, field: String = "", version: Int16 = -1) {
        self.code = code
        self.position = position
        self.field = field
        self.version = version
    }

    static func notInVersion(_ field: String, _ version: Int16) -> WireError {
        WireError(.notInVersion, field: field, version: version)
    }

    static func nullNotInVersion(_ field: String, _ version: Int16) -> WireError {
        WireError(.unexpectedNull, field: field, version: version)
    }

    public var description: String {
        var text = "\(code)"
        if !field.isEmpty { text += ", field \(field)" }
        if version >= 0 { text += ", version \(version)" }
        if position >= 0 { text += ", at byte \(position)" }
        return text
    }
}
