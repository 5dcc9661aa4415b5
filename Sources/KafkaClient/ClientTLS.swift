import NIOCore
import NIOSSL

/// TLS of a client's connections: whom it trusts, and who it is. Made once, for any number of connections.
public struct ClientTLS: Sendable {
    /// PEM text and where it is from, for messages. Not printed: a key may be in it.
    public struct Source: Sendable, CustomStringConvertible, CustomReflectable {
        /// A path, or the name of a setting.
        public let name: String
        let bytes: [UInt8]

        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }

        public var description: String { name }
        public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
    }

    /// The client's certificate with those that lead to an authority, and its private key.
    public struct Identity: Sendable {
        public var chain: Source
        public var key: Source
        /// For an encrypted key.
        public var password: [UInt8]?

        public init(chain: Source, key: Source, password: [UInt8]? = nil) {
            self.chain = chain
            self.key = key
            self.password = password
        }
    }

    let context: NIOSSLContext
    /// Where the trusted authorities are from, for messages.
    let trustName: String
    let checksName: Bool

    /// - Parameters:
    ///   - trust: certificates of the authorities that are trusted; nil: those of the system.
    ///   - identity: what to show a broker that asks who the client is.
    ///   - checksName: whether a broker's certificate must be for the address that was connected to. Whose authority
    ///     certifies anybody needs it.
    /// - Throws: `.invalidRequest`, where a certificate or key can't be used.
    public init(trust: Source?, identity: Identity? = nil, checksName: Bool = true) throws(KafkaClientError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = checksName ? .fullVerification : .noHostnameVerification
        // A broker that doesn't take part in the closing isn't waited for.
        configuration.shutdownTimeout = .seconds(1)
        if let trust { configuration.trustRoots = .certificates(try Self.certificates(trust)) }
        if let identity {
            configuration.certificateChain = try Self.certificates(identity.chain).map { .certificate($0) }
            configuration.privateKey = .privateKey(try Self.key(identity))
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            guard let identity else { throw KafkaClientError(.invalidRequest, "can't set TLS up: \(error)") }
            throw KafkaClientError(
                .invalidRequest, "the key in \(identity.key) isn't that of the first certificate in \(identity.chain)")
        }
        trustName = trust?.name ?? "the system's store"
        self.checksName = checksName
    }

    private static func certificates(_ source: Source) throws(KafkaClientError) -> [NIOSSLCertificate] {
        // NIOSSL's error of a text without a certificate says no more than that.
        if let found = try? NIOSSLCertificate.fromPEMBytes(source.bytes), !found.isEmpty { return found }
        throw KafkaClientError(.invalidRequest, "\(source) holds no PEM certificate\(remedy(source.bytes))")
    }

    private static func key(_ identity: Identity) throws(KafkaClientError) -> NIOSSLPrivateKey {
        let source = identity.key
        let password = identity.password ?? []
        // NIOSSL traps on others.
        guard password.allSatisfy({ $0 < 0x80 }) else {
            throw KafkaClientError(.invalidRequest, "ssl.key.password of \(source) holds characters other than ASCII")
        }
        do {
            // Without a callback BoringSSL would ask on the terminal.
            return try NIOSSLPrivateKey(bytes: source.bytes, format: .pem) { (set: NIOSSLPassphraseSetter<[UInt8]>) in
                set(password)
            }
        } catch {
            let isEncrypted = String(decoding: source.bytes, as: UTF8.self).contains("ENCRYPTED")
            guard isEncrypted else {
                throw KafkaClientError(.invalidRequest, "\(source) holds no PEM private key\(remedy(source.bytes))")
            }
            let what =
                identity.password == nil
                ? "is encrypted: ssl.key.password is needed" : "can't be decrypted: ssl.key.password is wrong"
            throw KafkaClientError(.invalidRequest, "the key in \(source) \(what)")
        }
    }

    /// What to do about the stores of Java, by their first bytes.
    private static func remedy(_ bytes: [UInt8]) -> String {
        switch Array(bytes.prefix(4)) {
        case [0xFE, 0xED, 0xFE, 0xED]: ": it is a Java keystore; `keytool -list -rfc` prints its certificates as PEM"
        case let head where head.starts(with: [0x30, 0x82]):
            ": it is DER or PKCS#12; `openssl x509 -inform der` or `openssl pkcs12` makes PEM of it"
        default: ""
        }
    }
}
