internal import NIOCore
internal import NIOSSL

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a TLS listener's files hold, read once and checked.
struct TLSMaterial: Sendable {
    /// A certificate for a server name, as its override of the first one.
    private struct Named: Sendable {
        var names: [String]
        var change: NIOSSLContextConfigurationOverride
    }

    let context: NIOSSLContext
    /// When the first certificate to expire does, in seconds since 1970.
    let expirySeconds: Int64

    /// Blocks. Throws what is wrong with which file.
    init(_ tls: ListenerTLS, _ settings: TLSSettings) throws(ServerError) {
        var named: [Named] = []
        var configurations: [TLSConfiguration] = []
        var expirySeconds = Int64.max
        for files in tls.certificates {
            let (chain, key) = try Self.identity(files)
            let change = Self.change(chain, key)
            named.append(Named(names: chain.first.map(Self.names) ?? [], change: change))
            configurations.append(
                TLSConfiguration.makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
            for certificate in chain { expirySeconds = min(expirySeconds, Int64(certificate.notValidAfter)) }
        }
        let authorities = try tls.clientCA.map { (path) throws(ServerError) in try Self.authorities(path) }
        for index in configurations.indices {
            Self.restrict(&configurations[index], tls, settings, authorities)
        }
        if named.count > 1 { configurations[0].sslContextCallback = Self.chooser(named) }
        var contexts: [NIOSSLContext] = []
        for (files, configuration) in zip(tls.certificates, configurations) {
            do {
                // Also of those that are only chosen by name, since it is here that a key which doesn't fit is found.
                contexts.append(try NIOSSLContext(configuration: configuration))
            } catch {
                throw ServerError(
                    .tls,
                    "the key of key=\(files.key) doesn't belong to the certificate of tls=\(files.certificate), "
                        + "or TLS can't use them: \(TLSFailure.reasons(error))")
            }
        }
        // A listener with TLS has one certificate at least.
        context = contexts[0]
        self.expirySeconds = expirySeconds
    }

    private static func identity(
        _ files: ListenerTLS.Files
    ) throws(ServerError) -> ([NIOSSLCertificate], NIOSSLPrivateKey) {
        let chain = try certificates(files.certificate, "tls")
        let bytes = try TLSFile.read(files.key, files.key == files.certificate ? "tls" : "key")
        do {
            return (chain, try NIOSSLPrivateKey(bytes: bytes, format: .pem))
        } catch {
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains("ENCRYPTED") {
                throw ServerError(
                    .tls,
                    "the key in \(files.key) is encrypted, which isn't supported: "
                        + "decrypt it with `openssl pkey` and protect the file by its owner and mode")
            }
            throw ServerError(.tls, "\(files.key) holds no private key in PEM")
        }
    }

    private static func authorities(_ path: String) throws(ServerError) -> [NIOSSLCertificate] {
        try certificates(path, "client-ca")
    }

    private static func certificates(_ path: String, _ name: String) throws(ServerError) -> [NIOSSLCertificate] {
        let bytes = try TLSFile.read(path, name)
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
            if !certificates.isEmpty { return certificates }
        } catch {
            // Said below: BoringSSL's own words are about bytes.
        }
        throw ServerError(.tls, "\(name)=\(path) holds no certificate in PEM")
    }

    private static func restrict(
        _ configuration: inout TLSConfiguration, _ tls: ListenerTLS, _ settings: TLSSettings,
        _ authorities: [NIOSSLCertificate]?
    ) {
        configuration.minimumTLSVersion = settings.minimum
        configuration.maximumTLSVersion = settings.maximum
        configuration.cipherSuiteValues = settings.cipherSuites
        configuration.renegotiationSupport = .none
        // How long a close waits for the peer's own.
        configuration.shutdownTimeout = .seconds(2)
        guard let authorities else { return }
        configuration.trustRoots = .certificates(authorities)
        // Java's clients choose their certificate by it.
        configuration.sendCANameList = true
        switch tls.clientAuthentication {
        case .none: configuration.certificateVerification = .none
        case .requested: configuration.certificateVerification = .optionalVerification
        case .required: configuration.certificateVerification = .noHostnameVerification
        }
    }

    // MARK: Server names

    private static func change(
        _ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey
    ) -> NIOSSLContextConfigurationOverride {
        var change = NIOSSLContextConfigurationOverride()
        change.certificateChain = chain.map { .certificate($0) }
        change.privateKey = .privateKey(key)
        return change
    }

    /// The DNS names that a certificate is for, in lower case; a wildcard as it is written.
    private static func names(_ certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames().compactMap { name in
            guard name.nameType == .dnsName else { return nil }
            return unsafe name.contents.withUnsafeBufferPointer { bytes in
                unsafe String(decoding: bytes, as: UTF8.self).lowercased()
            }
        }
    }

    private static func chooser(_ named: [Named]) -> NIOSSLContextCallback {
        var changes: [String: NIOSSLContextConfigurationOverride] = [:]
        // The first certificate for a name has it.
        for certificate in named {
            for name in certificate.names where changes[name] == nil { changes[name] = certificate.change }
        }
        return { [changes] values, promise in
            guard let host = values.serverHostname?.lowercased() else { return promise.succeed(.noChanges) }
            // RFC 6125: the wildcard is the whole first label.
            let wildcard = host.firstIndex(of: ".").map { "*" + host[$0...] }
            promise.succeed(changes[host] ?? wildcard.flatMap { changes[$0] } ?? .noChanges)
        }
    }
}
