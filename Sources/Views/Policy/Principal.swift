/// Who is known to be at the other end. Only SASL, mTLS or the admin socket's peer uid prove one.
public enum Principal: Sendable, Hashable, CustomStringConvertible {
    /// `User:ANONYMOUS`: nobody has proven anything.
    case anonymous
    case user(Name)
    /// The admin socket. Its written form has a type of its own, so that no user name can be it.
    case admin

    /// The principal of a user whom a mechanism has proven. A user who is called `ANONYMOUS` is nobody.
    public static func authenticated(user: String) -> Principal {
        user == "ANONYMOUS" || user.isEmpty ? .anonymous : .user(Name(user))
    }

    /// Reads `User:alice` or `Admin:local`; nil for anything else, and for `User:ANONYMOUS`, which is no principal.
    public init?(name: String) {
        if name == "Admin:local" {
            self = .admin
            return
        }
        guard name.utf8.starts(with: "User:".utf8) else { return nil }
        let user = String(name.dropFirst(5))
        guard !user.isEmpty, user != "ANONYMOUS" else { return nil }
        self = .user(Name(user))
    }

    public var isProven: Bool { self != .anonymous }

    public var description: String {
        switch self {
        case .anonymous: "User:ANONYMOUS"
        case .user(let name): "User:\(name)"
        case .admin: "Admin:local"
        }
    }
}
