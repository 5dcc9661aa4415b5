public import KafkaMessages

/// Why a request to a broker came to nothing. The message is one readable line that names the broker; it holds no
/// bytes of any record.
public struct KafkaClientError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// No connection could be made.
        case unreachable
        /// The broker did not answer in time. Whether it did what was asked is unknown.
        case timedOut
        /// The connection ended while an answer was awaited. Whether the broker did what was asked is unknown.
        case connectionClosed
        /// The broker does not offer the API, or in no version that we speak.
        case unsupported
        /// The bytes that came are not what the protocol allows.
        case malformedResponse
        /// What the caller asked for can't be sent.
        case invalidRequest
        /// The broker's certificate isn't one to trust.
        case untrusted
        /// No TLS connection came about, for another reason.
        case tlsFailed
        /// The broker takes the login not, or takes none.
        case loginFailed
        /// The broker answered with an error.
        case broker(ErrorCode)
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The broker's error, with its own text where it gave one.
    /// - Parameter action: what was tried, as in `create topic "accounts"`.
    public static func broker(_ error: ErrorCode, _ text: String? = nil, while action: String) -> KafkaClientError {
        let reason = if let text, !text.isEmpty { text } else { error.explanation }
        return KafkaClientError(.broker(error), "can't \(action): \(reason)")
    }

    /// The error that the broker answered with; nil if it is not one of those.
    public var errorCode: ErrorCode? {
        if case .broker(let error) = code { error } else { nil }
    }

    public var description: String { message }
}

/// Throws the broker's answer to `action` unless it is a success.
func check(_ error: ErrorCode, _ text: String? = nil, while action: @autoclosure () -> String) throws(KafkaClientError)
{
    guard error == .none else { throw .broker(error, text, while: action()) }
}
