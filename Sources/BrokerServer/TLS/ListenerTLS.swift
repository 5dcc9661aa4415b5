/// The TLS of a listener: `tls=CERT.pem&key=KEY.pem&client-ca=CA.pem&client-auth=required`.
public struct ListenerTLS: Sendable, Equatable {
    /// A certificate with its chain, and its key, as PEM files. They may be the same file.
    public struct Files: Sendable, Equatable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Kafka's `ssl.client.auth`.
    public enum ClientAuthentication: String, Sendable, CaseIterable {
        case none
        case requested
        case required
    }

    /// The first stands for every server name that none of the others is for.
    public var certificates: [Files]
    /// PEM file of the authorities that client certificates come from.
    public var clientCA: String?
    public var clientAuthentication: ClientAuthentication

    public init(
        certificates: [Files], clientCA: String? = nil, clientAuthentication: ClientAuthentication? = nil
    ) {
        self.certificates = certificates
        self.clientCA = clientCA
        self.clientAuthentication = clientAuthentication ?? (clientCA == nil ? .none : .required)
    }

    /// Every file that it names, once.
    var paths: [String] {
        var paths: [String] = []
        for path in certificates.flatMap({ [$0.certificate, $0.key] }) + (clientCA.map { [$0] } ?? [])
        where !paths.contains(path) {
            paths.append(path)
        }
        return paths
    }
}

/// The TLS options of a listener's query, as they come.
struct ListenerTLSOptions {
    static let names = ["tls", "key", "client-ca", "client-auth"]

    /// What is wrong with an option.
    struct Mistake: Error {
        var text: String
    }

    private static let certificatesMax = 16

    private var certificates: [ListenerTLS.Files] = []
    private var hasOwnKey = false
    private var clientCA: String?
    private var clientAuthentication: ListenerTLS.ClientAuthentication?

    /// `name` is one of `names`.
    mutating func take(_ name: Substring, _ value: String) throws(Mistake) {
        switch name {
        case "tls":
            guard certificates.count < Self.certificatesMax else {
                throw Mistake(text: "has more than \(Self.certificatesMax) certificates")
            }
            certificates.append(ListenerTLS.Files(certificate: value, key: value))
            hasOwnKey = false
        case "key":
            guard !certificates.isEmpty else { throw Mistake(text: "key= comes behind the tls= that it belongs to") }
            guard !hasOwnKey else { throw Mistake(text: "option key is given twice for one tls=") }
            certificates[certificates.count - 1].key = value
            hasOwnKey = true
        case "client-ca":
            guard clientCA == nil else { throw Mistake(text: "option client-ca is given twice") }
            clientCA = value
        default:
            guard clientAuthentication == nil else { throw Mistake(text: "option client-auth is given twice") }
            guard let word = ListenerTLS.ClientAuthentication(rawValue: value) else {
                let words = ListenerTLS.ClientAuthentication.allCases.map(\.rawValue).joined(separator: ", ")
                throw Mistake(text: "client-auth=\(value) is none of \(words)")
            }
            clientAuthentication = word
        }
    }

    /// nil: the listener has no TLS.
    func finish() throws(Mistake) -> ListenerTLS? {
        guard !certificates.isEmpty else {
            if clientCA == nil, clientAuthentication == nil { return nil }
            throw Mistake(text: "client certificates need TLS: add tls=CERT.pem&key=KEY.pem")
        }
        switch (clientAuthentication, clientCA) {
        case (.requested?, nil), (.required?, nil):
            throw Mistake(
                text: "client-auth needs client-ca=CA.pem: the authorities that client certificates come from")
        case (ListenerTLS.ClientAuthentication.none?, .some):
            throw Mistake(text: "client-ca and client-auth=none contradict each other")
        default:
            return ListenerTLS(
                certificates: certificates, clientCA: clientCA, clientAuthentication: clientAuthentication)
        }
    }
}
