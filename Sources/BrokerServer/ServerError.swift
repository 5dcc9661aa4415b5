/// What keeps a server from starting. Its text goes to the operator as it is.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        case invalidListener
        case hostNotFound
        case addressInUse
        case bindFailed
        case adminSocket
        /// Certificates, keys, or the settings of TLS.
        case tls
    }

    public var code: Code
    public var description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
