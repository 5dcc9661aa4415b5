import NIOCore
import NIOSSL

/// Why a TLS connection failed, in words.
enum TLSFailure {
    /// nil: it isn't an error of TLS.
    static func error(_ error: any Error, _ address: BrokerAddress) -> KafkaClientError? {
        switch error {
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            return KafkaClientError(.untrusted, "\(address)'s certificate is for another name")
        case is NIOSSLExtraError: return KafkaClientError(.tlsFailed, "TLS with \(address) failed: \(error)")
        case NIOSSLError.handshakeFailed(let reason): return handshake(reason, address)
        case NIOSSLError.uncleanShutdown:
            return KafkaClientError(.connectionClosed, "\(address) closed the connection")
        case let error as NIOSSLError: return KafkaClientError(.tlsFailed, "TLS with \(address) failed: \(error)")
        case let error as BoringSSLError: return handshake(error, address)
        default: return nil
        }
    }

    private static func handshake(_ error: BoringSSLError, _ address: BrokerAddress) -> KafkaClientError {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return KafkaClientError(.untrusted, "\(address)'s certificate can't be trusted")
        }
        if text.contains("EOF during handshake") || text.contains("WRONG_VERSION_NUMBER") {
            return KafkaClientError(
                .tlsFailed,
                "\(address) doesn't speak TLS, or closed the connection before it was set up; without TLS it is "
                    + "security.protocol=PLAINTEXT or SASL_PLAINTEXT")
        }
        let reason = alerts.first { text.contains($0.name) }?.meaning ?? text
        return KafkaClientError(.tlsFailed, "TLS with \(address) failed: \(reason)")
    }

    /// What the broker may have said before it closed the connection (RFC 8446 §6.2), by BoringSSL's names.
    private static let alerts = [
        (
            name: "CERTIFICATE_REQUIRED",
            meaning:
                "it wants a client certificate; set ssl.keystore.location, or ssl.certificate.location and ssl.key.location"
        ),
        (name: "ALERT_UNKNOWN_CA", meaning: "it doesn't trust the authority of the client's certificate"),
        (name: "CERTIFICATE_EXPIRED", meaning: "the client's certificate has expired"),
        (name: "CERTIFICATE_REVOKED", meaning: "the client's certificate is revoked"),
        (name: "CERTIFICATE_UNKNOWN", meaning: "it refuses the client's certificate"),
        (name: "BAD_CERTIFICATE", meaning: "it refuses the client's certificate"),
        (name: "ALERT_HANDSHAKE_FAILURE", meaning: "it wants other ciphers, or a client certificate"),
        (name: "PROTOCOL_VERSION", meaning: "it has no TLS version from 1.2 on"),
    ]
}
