import ArgumentParser
import Foundation
import SwiftASN1
import SystemPackage
import X509

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A certificate and its key in a folder, beside their authority.
struct CertFiles {
    /// X.509's `ub-common-name`.
    static let commonNameMax = 64
    private static let fileBytesMax = 1 << 16

    private let options: CertOptions
    private let name: String

    init(_ options: CertOptions, name: String) {
        self.options = options
        self.name = name
    }

    var certificatePath: String { path("\(name).pem") }
    var keyPath: String { path("\(name).key") }

    static func checkCommonName(_ name: String) throws(ValidationError) {
        guard !name.isEmpty, name.utf8.count <= commonNameMax, Table.printable(name) == name else {
            throw ValidationError("A name has 1 to \(commonNameMax) bytes, without control characters.")
        }
    }

    /// A name that is a file's, too, and not the authority's.
    static func checkFileName(_ name: String) throws(ValidationError) {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), Table.printable(name) == name else {
            throw ValidationError("\"\(Table.printable(name))\" is no name of a file.")
        }
        guard name.lowercased() != "ca" else { throw ValidationError("ca is the authority's own name.") }
    }

    /// Makes the folder, and sees that nothing is overwritten that shouldn't be.
    func prepare() throws(CommandFailure) {
        if unsafe mkdir(options.directory, 0o777) != 0 {
            let error = Errno(rawValue: errno)
            guard error == .fileExists else {
                throw CommandFailure(.failed, "can't make the folder \(options.directory): \(error)")
            }
        }
        guard !options.force else { return }
        for path in [certificatePath, keyPath] where try FileWriter.exists(path) {
            throw CommandFailure(.exists, "\(path) is there already", hint: "--force takes its place")
        }
    }

    /// The authority of the folder.
    func authority() throws(CommandFailure) -> CertificateMaker.Pair {
        func read(_ name: String) throws(CommandFailure) -> String {
            guard try FileWriter.exists(path(name)) else {
                throw CommandFailure(
                    .notFound, "there is no authority: no file \(path(name))",
                    hint: "`sluice cert ca --directory \(options.directory)` makes one")
            }
            return String(decoding: try FileReader.read(path(name), bytesMax: Self.fileBytesMax), as: UTF8.self)
        }
        let (certificate, key) = (try read("ca.pem"), try read("ca.key"))
        let pair: CertificateMaker.Pair
        do {
            pair = CertificateMaker.Pair(
                certificate: try Certificate(pemEncoded: certificate), key: try Certificate.PrivateKey(pemEncoded: key))
        } catch {
            throw CommandFailure(.failed, "\(path("ca.pem")) and ca.key can't be read as PEM")
        }
        guard pair.key.publicKey == pair.certificate.publicKey else {
            throw CommandFailure(.failed, "\(path("ca.key")) isn't the key of \(path("ca.pem"))")
        }
        guard pair.certificate.notValidAfter > Date() else {
            throw CommandFailure(
                .failed, "the authority has expired", hint: "`sluice cert ca --force` makes another one")
        }
        return pair
    }

    /// The key first: a certificate without it is of no use to anybody.
    func write(_ pair: CertificateMaker.Pair) throws {
        try FileWriter.write(Array(pair.keyPEM.utf8), to: keyPath, isSecret: true, replaces: options.force)
        try FileWriter.write(Array(pair.certificatePEM.utf8), to: certificatePath, replaces: options.force)
    }

    /// - Parameter next: what to do with it.
    func show(
        _ pair: CertificateMaker.Pair, names: [String], _ format: OutputFormat, next: () -> String
    ) throws {
        let until = Int64(pair.certificate.notValidAfter.timeIntervalSince1970 * 1000)
        let json: JSON = [
            "certificate": .string(certificatePath), "key": .string(keyPath),
            "names": .array(names.map { .string($0) }),
            "not_after": JSON(until), "sha256": .string(try CertificateMaker.fingerprint(pair.certificate)),
            "subject": .string("\(pair.certificate.subject)"),
        ]
        try Output.show(format, json: json) {
            let names = names.isEmpty ? "" : "for \(names.joined(separator: ", "))\n"
            return
                "made \(certificatePath) and \(keyPath), valid until \(pair.certificate.notValidAfter.formatted(.iso8601))\n"
                + names + next()
        }
    }

    private func path(_ file: String) -> String { "\(options.directory)/\(file)" }
}
