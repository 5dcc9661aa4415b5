import Scram
import TestSupport
import Testing

@testable import KafkaClient

/// RFC 7677 §3, and the same with SHA-512 as Python's hashlib and hmac compute it.
@Suite struct ScramTests {
    private static let first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

    private static func login(_ mechanism: ScramMechanism = .sha256, _ password: String = "pencil") -> ScramLogin {
        ScramLogin(mechanism, user: "user", password: Array(password.utf8), nonce: "rOprNGfwEbeRWgbNEkqO")
    }

    private static func run(_ server: [String], _ mechanism: ScramMechanism = .sha256) throws(ScramLogin.Failure) {
        var login = login(mechanism)
        _ = try login.first()
        _ = try login.answer(Array(server[0].utf8))
        try login.finish(Array(server[1].utf8))
    }

    @Test(
        arguments: [
            (.sha256, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
            (
                .sha512, "gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
                "ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw=="
            ),
        ] as [(ScramMechanism, String, String)])
    func theExampleOfTheRFC(mechanism: ScramMechanism, proof: String, signature: String) throws {
        var login = Self.login(mechanism)
        #expect(String(decoding: try login.first(), as: UTF8.self) == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        let answer = String(decoding: try login.answer(Array(Self.first.utf8)), as: UTF8.self)
        #expect(answer == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=\(proof)")
        try login.finish(Array("v=\(signature)".utf8))
    }

    @Test func namesAreEscaped() throws {
        var login = ScramLogin(.sha256, user: "us,er=", password: [1], nonce: "abc")
        #expect(String(decoding: try login.first(), as: UTF8.self) == "n,,n=us=2Cer=3D,r=abc")
    }

    @Test(arguments: [
        "", "r=", "r=another,s=QSXCR+Q6sek8bf92,i=4096", "r=rOprNGfwEbeRWgbNEkqO,s=QSXCR+Q6sek8bf92,i=4096",
        "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", "r=rOprNGfwEbeRWgbNEkqOx,s=?,i=4096",
        "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=4095", "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=1000001",
        "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=99999999999", "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=x",
        "m=ext,r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=4096", "s=QSXCR+Q6sek8bf92,r=rOprNGfwEbeRWgbNEkqOx,i=4096",
        String(repeating: "r", count: 9000),
    ])
    func whatAServerMayNotSayFirst(message: String) throws {
        var login = Self.login()
        _ = try login.first()
        var failure: ScramLogin.Failure?
        do throws(ScramLogin.Failure) { _ = try login.answer(Array(message.utf8)) } catch { failure = error }
        guard case .malformed? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test(
        arguments: [
            ("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", .wrongSignature), ("v=6rri", .wrongSignature),
            ("v=", .wrongSignature), ("e=invalid-proof", .refused),
            ("x=1", .malformed("its last message has no signature")),
            ("v=!", .malformed("its last message has no signature")),
            ("", .malformed("its last message has no signature")),
        ] as [(String, ScramLogin.Failure)])
    func aServerThatDoesNotKnowThePassword(message: String, failure: ScramLogin.Failure) {
        #expect(throws: failure) { try Self.run([Self.first, message]) }
    }

    @Test func stepsGoInTheirOrderAndOnce() throws {
        var login = Self.login()
        var failures: [ScramLogin.Failure] = []
        do throws(ScramLogin.Failure) { _ = try login.answer(Array(Self.first.utf8)) } catch { failures.append(error) }
        do throws(ScramLogin.Failure) { _ = try login.first() } catch { failures.append(error) }
        do throws(ScramLogin.Failure) { try login.finish([]) } catch { failures.append(error) }
        #expect(failures == [.outOfOrder, .outOfOrder, .outOfOrder])
    }

    @Test(arguments: 0..<40) func randomMessagesNeverTrap(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            var message = Array(Self.first.utf8)
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let at = Int.random(in: message.indices, using: &random)
                if Bool.random(using: &random) {
                    message[at] = UInt8.random(in: 0...255, using: &random)
                } else {
                    message.remove(at: at)
                }
            }
            var login = Self.login()
            _ = try login.first()
            do throws(ScramLogin.Failure) {
                _ = try login.answer(message)
                try login.finish(message)
                Issue.record("seed \(seed)")
            } catch {}
        }
    }

    @Test func secretsDoNotPrint() {
        let login = ClientLogin(.plain, user: "alice", password: Array("secret-word".utf8))
        let source = ClientTLS.Source(name: "file", bytes: Array("secret-word".utf8))
        let credential = ScramCredential(
            .sha256, password: Array("secret-word".utf8), iterations: 4096, salt: [77, 78])
        var text = "\(login) \(source) \(credential)" + String(reflecting: login) + String(reflecting: credential)
        dump(login, to: &text)
        dump(source, to: &text)
        dump(credential, to: &text)
        #expect(!text.contains("secret-word") && !text.contains("115") && !text.contains("77"))
        #expect(text.contains("alice by PLAIN"))
    }
}
