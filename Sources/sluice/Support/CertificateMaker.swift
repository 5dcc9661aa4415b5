import Crypto
import Foundation
import NIOCore
import SwiftASN1
import X509

/// Makes a private authority and certificates that it vouches for: P-256 keys, for trying TLS out.
struct CertificateMaker {
    /// A certificate and its key, as PEM. Not printed: the key is in it.
    struct Pair: CustomReflectable {
        let certificate: Certificate
        let key: Certificate.PrivateKey

        var certificatePEM: String {
            get throws { try certificate.serializeAsPEM().pemString + "\n" }
        }
        var keyPEM: String {
            get throws { try key.serializeAsPEM().pemString + "\n" }
        }
        var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
    }

    enum Use: Equatable {
        case authority
        /// For these DNS names and addresses.
        case server([String])
        case client
    }

    /// A clock that is behind doesn't see a certificate of the future.
    private static let toleranceSeconds: Double = 300

    var now: Date
    var days: Int

    /// - Parameter issuer: nil: it vouches for itself.
    func make(_ use: Use, name: String, issuer: Pair?) throws -> Pair {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(-Self.toleranceSeconds),
            notValidAfter: now.addingTimeInterval(Double(days) * 86_400),
            issuer: issuer?.certificate.subject ?? subject,
            subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try extensions(use, key.publicKey, issuer), issuerPrivateKey: issuer?.key ?? key)
        return Pair(certificate: certificate, key: key)
    }

    private func extensions(
        _ use: Use, _ key: Certificate.PublicKey, _ issuer: Pair?
    ) throws -> Certificate.Extensions {
        let own = SubjectKeyIdentifier(hash: key)
        let authority = try issuer?.certificate.extensions.subjectKeyIdentifier?.keyIdentifier ?? own.keyIdentifier
        switch use {
        case .authority:
            return try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                own
            }
        case .server(let names):
            return try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map(Self.generalName))
                own
                AuthorityKeyIdentifier(keyIdentifier: authority)
            }
        case .client:
            return try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.clientAuth])
                own
                AuthorityKeyIdentifier(keyIdentifier: authority)
            }
        }
    }

    private static func generalName(_ name: String) -> GeneralName {
        switch try? SocketAddress(ipAddress: name, port: 0) {
        case .v4(let address)?:
            let bytes = unsafe withUnsafeBytes(of: address.address.sin_addr) { unsafe Array($0) }
            return .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
        case .v6(let address)?:
            let bytes = unsafe withUnsafeBytes(of: address.address.sin6_addr) { unsafe Array($0) }
            return .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
        default: return .dnsName(name)
        }
    }

    /// Whether a certificate can be for it: a numeric address, or a DNS name, which may begin with `*.`.
    static func isServerName(_ name: String) -> Bool {
        if (try? SocketAddress(ipAddress: name, port: 0)) != nil { return true }
        let labels = (name.hasPrefix("*.") ? name.dropFirst(2) : name[...]).split(
            separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            }
    }

    /// SHA-256 of the certificate, as `openssl x509 -fingerprint` has it, without colons.
    static func fingerprint(_ certificate: Certificate) throws -> String {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return SHA256.hash(data: serializer.serializedBytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
