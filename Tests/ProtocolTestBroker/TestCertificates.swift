import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// Certificates that a test needs, made as it runs.
package struct TestCertificates: Sendable {
    package struct Pair: Sendable {
        package let certificate: Certificate
        package let key: Certificate.PrivateKey

        package var certificatePEM: String { get throws { try certificate.serializeAsPEM().pemString } }
        package var keyPEM: String { get throws { try key.serializeAsPEM().pemString } }
    }

    package let authority: Pair

    package init() throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName { CommonName("test authority") }
        authority = Pair(
            certificate: try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
                notValidBefore: Date().addingTimeInterval(-1000 * 86_400),
                notValidAfter: Date().addingTimeInterval(1000 * 86_400), issuer: name, subject: name,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                    Critical(KeyUsage(keyCertSign: true))
                }, issuerPrivateKey: key), key: key)
    }

    /// - Parameters:
    ///   - names: DNS names.
    ///   - days: from when to when it is valid, counted from now.
    package func leaf(
        _ common: String, names: [String] = [], addresses: [[UInt8]] = [], days: Range<Double> = -1..<100
    ) throws -> Pair {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let all =
            names.map { GeneralName.dnsName($0) }
            + addresses.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
        return Pair(
            certificate: try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
                notValidBefore: Date().addingTimeInterval(days.lowerBound * 86_400),
                notValidAfter: Date().addingTimeInterval(days.upperBound * 86_400),
                issuer: authority.certificate.subject, subject: try DistinguishedName { CommonName(common) },
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    if !all.isEmpty { SubjectAlternativeNames(all) }
                }, issuerPrivateKey: authority.key), key: key)
    }

    /// The broker's end of TLS.
    /// - Parameter asksForClient: it takes clients of the authority only.
    package func context(_ pair: Pair, asksForClient: Bool = false) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(pair.certificatePEM.utf8)).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(pair.keyPEM.utf8), format: .pem)))
        if asksForClient {
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8)))
            configuration.certificateVerification = .noHostnameVerification
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
