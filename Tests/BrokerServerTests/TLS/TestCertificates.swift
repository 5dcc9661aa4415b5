import Foundation
import NIOSSL

@testable import BrokerServer

/// Certificates made by the `openssl` command for one test, in a folder that goes with it.
struct TestCertificates: Sendable {
    struct CommandFailed: Error {
        var text: String
    }

    let folder: String

    /// A folder with the authority `ca` and, from it, `server` (for localhost) and `alice`.
    static func with<Result>(_ body: (TestCertificates) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificates = TestCertificates(folder: folder.path)
        try certificates.makeAuthority("ca")
        try certificates.issue("server", subject: "/CN=localhost", names: "DNS:localhost", isServer: true)
        try certificates.issue("alice", subject: "/O=Widgets/OU=Users/CN=alice")
        return try await body(certificates)
    }

    func path(_ file: String) -> String { "\(folder)/\(file)" }
    func certificate(_ name: String) -> String { path("\(name).pem") }
    func key(_ name: String) -> String { path("\(name).key") }

    func makeAuthority(_ name: String) throws {
        try run(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/O=Test/CN=\(name)" \
                -keyout \(name).key -out \(name).pem
            """)
    }

    /// `days` may be negative: expired. `names`: those of the server.
    func issue(
        _ name: String, subject: String, by authority: String = "ca", days: Int = 20, names: String = "DNS:client",
        isServer: Bool = false
    ) throws {
        try run(
            """
            printf 'basicConstraints=CA:FALSE\\nextendedKeyUsage=\(isServer ? "serverAuth" : "clientAuth")\\nsubjectAltName=\(names)\\n' \
                > \(name).ext
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "\(subject)" -keyout \(name).key \
                -out \(name).csr
            openssl x509 -req -in \(name).csr -CA \(authority).pem -CAkey \(authority).key -days \(days) \
                -extfile \(name).ext -out \(name).pem
            """)
    }

    func run(_ script: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-e", "-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandFailed(text: String(decoding: text, as: UTF8.self))
        }
    }

    // MARK: The two sides

    /// A listener on a port of the kernel's choice.
    func listener(
        _ certificate: String = "server", clientCA: String? = nil,
        clientAuthentication: ListenerTLS.ClientAuthentication? = nil, also others: [String] = []
    ) -> ListenerSpecification {
        let files = ([certificate] + others).map {
            ListenerTLS.Files(certificate: self.certificate($0), key: self.key($0))
        }
        return ListenerSpecification(
            name: "TLS", host: "127.0.0.1", port: 0,
            tls: ListenerTLS(
                certificates: files, clientCA: clientCA.map(self.certificate),
                clientAuthentication: clientAuthentication)
        )
    }

    /// A client that trusts `authority` and shows `name`'s certificate, with `extra` behind it.
    func client(
        _ name: String? = nil, trusting authority: String = "ca", extra: Int = 0,
        configure: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificate(authority)))
        if let name {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate(name))
            let filling = try NIOSSLCertificate.fromPEMFile(certificate("ca"))[0]
            configuration.certificateChain = (chain + Array(repeating: filling, count: extra)).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key(name), format: .pem))
        }
        configure(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }
}
