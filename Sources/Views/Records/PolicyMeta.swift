/// What the broker fills in: how often the key was written, by whom and when last.
public struct PolicyMeta: Sendable, Equatable {
    public var rev: UInt64
    public var by: String
    public var at: String

    static let names = ["v", "rev", "by", "at"]
    /// The version of the values that this broker writes and knows.
    static let version: Int64 = 1

    var members: [JSONValue.Member] {
        [
            JSONValue.Member("v", .integer(Self.version)),
            JSONValue.Member("rev", .integer(Int64(clamping: rev))),
            JSONValue.Member("by", .string(by)),
            JSONValue.Member("at", .string(at)),
        ]
    }
}

/// Where a value comes from: a client leaves out what the broker fills in, a stored one has all of it.
enum ValueOrigin {
    case client
    case stored
}

/// The object of a value whose `v` this broker knows.
struct PolicyValue {
    let fields: JSONFields
    let meta: PolicyMeta?

    init(
        parsing bytes: [UInt8], _ what: String, known: [String], from origin: ValueOrigin
    ) throws(PolicyRefusal) {
        let json: JSONValue
        do { json = try JSONValue(parsing: bytes) } catch { throw PolicyRefusal("\(what) is not JSON \(error)") }
        // Before the fields: a newer version may have fields that this one doesn't know.
        if case .object(let members) = json, let version = members.first(where: { $0.key == "v" })?.value {
            guard case .integer(let number) = version else { throw PolicyRefusal("\(what): v must be an integer") }
            guard number == PolicyMeta.version else {
                throw PolicyRefusal("v is \(number), this broker knows \(PolicyMeta.version)")
            }
        } else if case .object = json, origin == .stored {
            throw PolicyRefusal("\(what): v is missing")
        }
        fields = try JSONFields(json, what, known: known + PolicyMeta.names)
        guard origin == .stored else {
            meta = nil
            return
        }
        let rev = try fields.required(try fields.integer("rev"), "rev")
        guard let rev = UInt64(exactly: rev), rev > 0 else { throw PolicyRefusal("\(what): rev must be positive") }
        meta = PolicyMeta(
            rev: rev, by: try fields.required(try fields.string("by"), "by"),
            at: try fields.required(try fields.string("at"), "at"))
    }
}
