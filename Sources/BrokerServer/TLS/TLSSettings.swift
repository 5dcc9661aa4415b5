internal import NIOSSL

/// What all TLS listeners of a server have in common: protocols, cipher suites, and how a certificate's name becomes a
/// principal. Checked when it's made.
public struct TLSSettings: Sendable {
    /// Kafka's names. TLS 1.2 is the floor.
    public static let protocols = ["TLSv1.2", "TLSv1.3"]

    /// The suites of TLS 1.2 that exchange keys by ephemeral Diffie-Hellman and authenticate what they encrypt, the
    /// preferred first, by IANA's names.
    private static let suites: KeyValuePairs<String, NIOTLSCipher> = [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]
    /// Those of TLS 1.3 are always offered where the protocol is: BoringSSL has no switch for them.
    private static let laterSuites = [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    ]

    let minimum: TLSVersion
    let maximum: TLSVersion
    let cipherSuites: [NIOTLSCipher]
    let mapping: PrincipalMapping

    /// Kafka's defaults: TLS 1.2 and 1.3, and a certificate's whole name as the name of the user.
    public init() {
        minimum = .tlsv12
        maximum = .tlsv13
        cipherSuites = Self.suites.map(\.value)
        mapping = .standard
    }

    /// - Parameters:
    ///   - protocols: `ssl.enabled.protocols`, with commas.
    ///   - cipherSuites: `ssl.cipher.suites`, with commas; empty: all that are allowed.
    ///   - rules: `ssl.principal.mapping.rules`.
    public init(protocols: String, cipherSuites: String, rules: String) throws(ServerError) {
        let names = Self.list(protocols)
        guard !names.isEmpty, names.allSatisfy(Self.protocols.contains) else {
            throw ServerError(
                .tls, "ssl.enabled.protocols = \(protocols): it takes \(Self.protocols.joined(separator: ", "))")
        }
        minimum = names.contains("TLSv1.2") ? .tlsv12 : .tlsv13
        maximum = names.contains("TLSv1.3") ? .tlsv13 : .tlsv12
        self.cipherSuites = try Self.suites(Self.list(cipherSuites), minimum: minimum)
        mapping = try PrincipalMapping(parsing: rules)
    }

    private static func suites(_ names: [String], minimum: TLSVersion) throws(ServerError) -> [NIOTLSCipher] {
        guard !names.isEmpty else { return suites.map(\.value) }
        var chosen: [NIOTLSCipher] = []
        for name in names where !laterSuites.contains(name) {
            guard let suite = suites.first(where: { $0.key == name }) else {
                let known = (suites.map(\.key) + laterSuites).joined(separator: ", ")
                throw ServerError(.tls, "ssl.cipher.suites: \(name) isn't offered; there are \(known)")
            }
            chosen.append(suite.value)
        }
        if chosen.isEmpty {
            guard minimum == .tlsv13 else {
                throw ServerError(
                    .tls,
                    "ssl.cipher.suites names none of TLS 1.2, which is enabled: name one, "
                        + "or set ssl.enabled.protocols = TLSv1.3")
            }
            return suites.map(\.value)
        }
        return chosen
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }
}
