public import Scram

/// Whom a connection logs in as (SASL), and with what. Printed it is user and mechanism: the password shows nowhere.
public struct ClientLogin: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    public enum Mechanism: String, Sendable, CaseIterable {
        /// User and password as they are (RFC 4616): for TLS.
        case plain = "PLAIN"
        /// A proof that the password is known, which tells nothing of it, and the same of the server (RFC 5802, RFC 7677).
        case scramSha256 = "SCRAM-SHA-256"
        case scramSha512 = "SCRAM-SHA-512"

        public var scram: ScramMechanism? {
            switch self {
            case .plain: nil
            case .scramSha256: .sha256
            case .scramSha512: .sha512
            }
        }
    }

    public let mechanism: Mechanism
    public let user: String
    let password: [UInt8]

    /// - Parameter password: UTF-8, taken as it is; without zero bytes, which PLAIN can't carry.
    public init(_ mechanism: Mechanism, user: String, password: [UInt8]) {
        self.mechanism = mechanism
        self.user = user
        self.password = password
    }

    public var description: String { "\(user) by \(mechanism.rawValue)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
