import Scram
import TestSupport
import Testing

@testable import Broker

@Suite struct ScramTests {
    /// RFC 7677 §3.
    private static let salt = Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ==") ?? []
    private static let nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    private static let first = Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8)
    private static let final = Array(
        ("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").utf8)

    /// Hashed once: it takes some milliseconds.
    private static let pencil = credential("pencil")
    private static let pencils = credential("pencils")

    private static func credential(_ password: String) -> ScramCredential {
        let salted = ScramMechanism.sha256.saltedPassword(Array(password.utf8), salt: salt, iterations: 4096)
        return ScramCredential(mechanism: .sha256, salt: salt, iterations: 4096, saltedPassword: salted)
    }

    private static func login(
        _ first: [UInt8] = first, _ final: [UInt8] = final, credential: ScramCredential? = nil, isKnown: Bool = true
    ) throws(ScramExchange.Failure) -> (first: String, final: String, user: String) {
        let opening = try ScramExchange.open(first)
        var reply: [UInt8] = []
        var exchange = ScramExchange(
            opening, credential: credential ?? pencil, isKnown: isKnown, serverNonce: nonce, reply: &reply)
        let (user, last) = try exchange.finish(final)
        return (String(decoding: reply, as: UTF8.self), String(decoding: last, as: UTF8.self), user)
    }

    @Test func theExampleOfTheRFC() throws {
        let login = try Self.login()
        #expect(login.first == "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        #expect(login.final == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        #expect(login.user == "user")
    }

    @Test func aWrongPasswordAndAnUnknownUserFailAlike() {
        #expect(throws: ScramExchange.Failure.wrongProof) { try Self.login(credential: Self.pencils) }
        #expect(throws: ScramExchange.Failure.wrongProof) { try Self.login(isKnown: false) }
    }

    @Test func everyChangedByteOfTheProofFails() {
        for place in Self.final.indices {
            var message = Self.final
            message[place] ^= 1
            #expect(throws: ScramExchange.Failure.self) { try Self.login(Self.first, message) }
        }
    }

    /// kcat's librdkafka repeats its own part of the nonce.
    @Test func aNonceThatEndsInTheRightOneIsTaken() throws {
        let salted = ScramMechanism.sha256.saltedPassword(Array("pencil".utf8), salt: Self.salt, iterations: 4096)
        let clientKey = ScramMechanism.sha256.authenticationCode(Array("Client Key".utf8), key: salted)
        func final(_ nonce: String) -> [UInt8] {
            let own = "rOprNGfwEbeRWgbNEkqO"
            let withoutProof = "c=biws,r=\(nonce)"
            let serverFirst = "r=\(own)\(Self.nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
            let signed = Array("n=user,r=\(own),\(serverFirst),\(withoutProof)".utf8)
            let key = ScramMechanism.sha256.hash(clientKey)
            let proof = zip(clientKey, ScramMechanism.sha256.authenticationCode(signed, key: key)).map { $0 ^ $1 }
            return Array("\(withoutProof),p=\(Base64.encode(proof))".utf8)
        }
        let whole = "rOprNGfwEbeRWgbNEkqO\(Self.nonce)"
        #expect(try Self.login(Self.first, final("rOprNGfwEbeRWgbNEkqO\(whole)")).user == "user")
        for wrong in ["", Self.nonce, "\(whole)x", "x\(Self.nonce)", String(repeating: whole, count: 3)] {
            #expect(throws: ScramExchange.Failure.wrongProof) { try Self.login(Self.first, final(wrong)) }
        }
    }

    @Test func anExchangeEndsOnce() throws {
        var reply: [UInt8] = []
        var exchange = ScramExchange(
            try ScramExchange.open(Self.first), credential: Self.pencil, isKnown: true,
            serverNonce: Self.nonce,
            reply: &reply)
        var failures: [ScramExchange.Failure] = []
        for message in [Array("c=biws".utf8), Self.final] {
            do throws(ScramExchange.Failure) { _ = try exchange.finish(message) } catch { failures.append(error) }
        }
        #expect(failures == [.malformed, .outOfOrder])
    }

    @Test(arguments: [
        ("n,,n=us=2Cer=3D,r=abc", "us,er="), ("y,,n=user,r=abc,x=1", "user"), ("n,a=user,n=user,r=abc", "user"),
    ])
    func namesAreUnescaped(message: String, user: String) throws {
        #expect(try ScramExchange.open(Array(message.utf8)).user == user)
    }

    @Test(arguments: [
        ("", ScramExchange.Failure.malformed), ("n", .malformed), ("n,,", .malformed), ("n,,n=,r=abc", .malformed),
        ("n,,n=user,r=", .malformed), ("n,,n=user", .malformed), ("n,,r=abc,n=user", .malformed),
        ("n,,n=us=er,r=abc", .malformed), ("n,,n=user,r=a\u{1}", .malformed),
        ("p=tls-unique,,n=user,r=abc", .unsupported),
        ("n,,m=ext,n=user,r=abc", .unsupported), ("n,a=root,n=user,r=abc", .otherIdentity),
        ("x,,n=user,r=abc", .malformed),
        ("n,,n=user,r=abc,tokenauth=true", .unsupported),
    ])
    func malformedFirstMessages(message: String, failure: ScramExchange.Failure) {
        #expect(throws: failure) { try ScramExchange.open(Array(message.utf8)) }
    }

    @Test func tooLongAndNotText() {
        #expect(throws: ScramExchange.Failure.malformed) {
            try ScramExchange.open(Array("n,,n=\(String(repeating: "u", count: 5000)),r=abc".utf8))
        }
        #expect(throws: ScramExchange.Failure.malformed) { try ScramExchange.open([0x6E, 0x2C, 0x2C, 0xFF]) }
    }

    @Test(arguments: 0..<200) func randomMessagesNeverTrap(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let seeds = [Self.first, Self.final]
        for _ in 0..<50 {
            var messages = seeds
            for place in messages.indices {
                for _ in 0..<Int.random(in: 0...6, using: &random) where !messages[place].isEmpty {
                    let at = Int.random(in: messages[place].indices, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: messages[place][at] = UInt8.random(in: 0...255, using: &random)
                    case 1: messages[place].remove(at: at)
                    default: messages[place].insert(UInt8(ascii: ","), at: at)
                    }
                }
            }
            guard messages != seeds else { continue }
            #expect((try? Self.login(messages[0], messages[1])) == nil, "seed \(seed)")
        }
    }
}
