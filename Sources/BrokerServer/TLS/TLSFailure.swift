internal import NIOSSL

/// What an operator should read about a handshake that failed. BoringSSL's own text has names of routines and source files.
enum TLSFailure {
    /// By the reason at the end of BoringSSL's text; the first that occurs counts.
    private static let meanings: KeyValuePairs<String, String> = [
        "PEER_DID_NOT_RETURN_A_CERTIFICATE":
            "it sent no certificate, and this listener demands one (client-auth=required)",
        "CERTIFICATE_VERIFY_FAILED":
            "its certificate isn't valid here: not from an authority in client-ca, expired, not valid yet, or not for "
            + "clients",
        "UNSUPPORTED_PROTOCOL": "it offers no protocol of ssl.enabled.protocols",
        "NO_SHARED_CIPHER": "it offers no cipher suite of ssl.cipher.suites that goes with the certificate",
        "NO_COMMON_SIGNATURE_ALGORITHMS": "it takes no signature that the certificate's key can make",
        "HTTP_REQUEST": "it speaks HTTP without TLS",
        "TLSV1_ALERT_UNKNOWN_CA": unknownAuthority,
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN": distrust,
        "SSLV3_ALERT_BAD_CERTIFICATE": distrust,
        "SSLV3_ALERT_CERTIFICATE_EXPIRED": expired,
        "TLSV1_ALERT_PROTOCOL_VERSION": protocolVersion,
    ]

    private static let unknownAuthority = "it doesn't trust this listener's certificate: unknown authority"
    private static let distrust =
        "it doesn't trust this listener's certificate, or the name there isn't the one that it asked for"
    private static let expired = "it says that this listener's certificate has expired"
    private static let protocolVersion = "it doesn't take the protocol version"

    /// By the numbers of RFC 8446 §6.2.
    private static let alerts: [UInt8: String] = [
        42: distrust, 45: expired, 46: distrust, 48: unknownAuthority, 70: protocolVersion,
    ]

    /// `alert`: what the client said in the clear.
    static func text(_ error: any Error, alert: UInt8?) -> String {
        if let alert { return alerts[alert] ?? "it gave up with the alert \(alert)" }
        if let error = error as? NIOSSLError, case .handshakeFailed(.sslError(let stack)) = error,
            stack.contains(.eofDuringHandshake)
        {
            return "it went away in the middle"
        }
        let text = reasons(error)
        for (reason, meaning) in meanings where text.contains(reason) { return meaning }
        return text
    }

    /// The reasons of BoringSSL's errors, without routines and files; of another error its description.
    static func reasons(_ error: any Error) -> String {
        let stack: NIOBoringSSLErrorStack
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let errors)), NIOSSLError.handshakeFailed(.unknownError(let errors)),
            BoringSSLError.sslError(let errors), BoringSSLError.unknownError(let errors):
            stack = errors
        default: return "\(error)"
        }
        let reasons = stack.map(reason)
        return reasons.isEmpty ? "no reason given" : reasons.joined(separator: ", ")
    }

    /// "Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …/handshake.cc:298"
    private static func reason(_ error: BoringSSLInternalError) -> String {
        let text = error.description
        guard let end = text.firstRange(of: " at ") else { return text }
        return String(text[..<end.lowerBound].split(separator: ":").last ?? "unknown")
    }
}
