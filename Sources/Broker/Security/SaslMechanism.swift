/// How a client proves who it is (RFC 4422). A new mechanism is a case here, and a case of what `SaslLogin` does with its
/// messages.
public enum SaslMechanism: String, Sendable, CaseIterable {
    /// Name and password as they are (RFC 4616): for TLS listeners.
    case plain = "PLAIN"
    /// A proof that the password is known, which tells nothing of it (RFC 5802, RFC 7677).
    case scramSha256 = "SCRAM-SHA-256"
    case scramSha512 = "SCRAM-SHA-512"
}
