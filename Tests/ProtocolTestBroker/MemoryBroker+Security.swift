import Crypto
import KafkaMessages
import NIOCore

/// What a broker keeps of users and ACLs, and one login at a time: the least that clients and commands are tried on. Its SCRAM
/// is written for itself, from RFC 5802, so that the client's isn't tried on its own code.
package struct MemorySecurity: Sendable {
    package struct Credential: Sendable {
        package var iterations: Int32
        package var salt: [UInt8]
        package var saltedPassword: [UInt8]

        package init(iterations: Int32, salt: [UInt8], saltedPassword: [UInt8]) {
            self.iterations = iterations
            self.salt = salt
            self.saltedPassword = saltedPassword
        }
    }

    package struct CredentialKey: Hashable, Sendable {
        package var user: String
        package var mechanism: Int8

        package init(_ user: String, _ mechanism: Int8) {
            self.user = user
            self.mechanism = mechanism
        }
    }

    /// What a broker that breaks the protocol does.
    package enum Fault: Sendable {
        case otherNonce, tooManyIterations, tooFewIterations, wrongSignature, refusal, notText
    }

    package var credentials: [CredentialKey: Credential] = [:]
    /// Names and passwords of PLAIN.
    package var passwords: [String: String] = [:]
    package var mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
    package var asksForLogin = false
    package var lifetimeMs: Int64 = 0
    package var fault: Fault?
    package var acls: [CreateAclsRequest.AclCreation] = []
    /// Who logged in, in their order.
    package private(set) var logins: [String] = []

    private var mechanism = ""
    private var serverFirst: (bare: String, text: String, user: String)?
    private var isLoggedIn = false

    package init() {}

    static let offered: [(ApiKey, ClosedRange<Int16>)] = [
        (.saslHandshake, SaslHandshakeRequest.versions), (.saslAuthenticate, SaslAuthenticateRequest.versions),
        (.describeAcls, DescribeAclsRequest.versions), (.createAcls, CreateAclsRequest.versions),
        (.deleteAcls, DeleteAclsRequest.versions),
        (.describeUserScramCredentials, DescribeUserScramCredentialsRequest.versions),
        (.alterUserScramCredentials, AlterUserScramCredentialsRequest.versions),
    ]

    mutating func handshake(_ request: SaslHandshakeRequest) -> SaslHandshakeResponse {
        var response = SaslHandshakeResponse()
        response.mechanisms = mechanisms
        if !asksForLogin {
            response.errorCode = .illegalSaslState
        } else if mechanisms.contains(request.mechanism) {
            mechanism = request.mechanism
            serverFirst = nil
        } else {
            response.errorCode = .unsupportedSaslMechanism
        }
        return response
    }

    mutating func authenticate(_ request: SaslAuthenticateRequest) -> SaslAuthenticateResponse {
        var response = SaslAuthenticateResponse()
        response.sessionLifetimeMs = lifetimeMs
        let text = String(decoding: request.authBytes.readableBytesView, as: UTF8.self)
        guard let answer = mechanism == "PLAIN" ? plain(text) : scram(text) else {
            response.errorCode = .saslAuthenticationFailed
            response.errorMessage = "wrong user or password"
            return response
        }
        response.authBytes = ByteBuffer(bytes: answer)
        return response
    }

    /// Whether anything but a login may be asked.
    var isOpen: Bool { isLoggedIn || !asksForLogin }

    mutating func connectionBegins() { isLoggedIn = false }

    private mutating func plain(_ text: String) -> [UInt8]? {
        let fields = text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 3, passwords[fields[1]] == fields[2] else { return nil }
        logins.append(fields[1])
        isLoggedIn = true
        return []
    }

    private mutating func scram(_ text: String) -> [UInt8]? {
        guard let first = serverFirst else { return open(text) }
        serverFirst = nil
        guard let comma = text.lastIndex(of: ","), let credential = credentials[CredentialKey(first.user, code)],
            let proof = Self.bytes(base64: text[comma...].dropFirst(3))
        else { return nil }
        let signed = Array("\(first.bare),\(first.text),\(text[..<comma])".utf8)
        let clientKey = hmac(Array("Client Key".utf8), credential.saltedPassword)
        let signature = hmac(signed, hash(clientKey))
        guard zip(proof, signature).map({ $0 ^ $1 }) == clientKey else { return nil }
        var verifier = hmac(signed, hmac(Array("Server Key".utf8), credential.saltedPassword))
        switch fault {
        case .wrongSignature: verifier[0] ^= 1
        case .refusal: return Array("e=other-error".utf8)
        case .notText: return [0xFF, 0xFE]
        default: break
        }
        logins.append(first.user)
        isLoggedIn = true
        return Array("v=\(Self.base64(verifier))".utf8)
    }

    private mutating func open(_ text: String) -> [UInt8]? {
        guard text.hasPrefix("n,,n=") else { return nil }
        let bare = String(text.dropFirst(3))
        let fields = bare.split(separator: ",").map(String.init)
        let user = fields[0].dropFirst(2).replacing("=2C", with: ",").replacing("=3D", with: "=")
        guard let credential = credentials[CredentialKey(String(user), code)] else { return nil }
        var iterations = credential.iterations
        var nonce = "\(fields[1].dropFirst(2))server"
        switch fault {
        case .otherNonce: nonce = "another"
        case .tooManyIterations: iterations = 2_000_000_000
        case .tooFewIterations: iterations = 100
        default: break
        }
        let answer = "r=\(nonce),s=\(Self.base64(credential.salt)),i=\(iterations)"
        serverFirst = (bare, answer, String(user))
        return Array(answer.utf8)
    }

    private var code: Int8 { mechanism == "SCRAM-SHA-512" ? 2 : 1 }

    private func hash(_ bytes: [UInt8]) -> [UInt8] {
        code == 2 ? Array(SHA512.hash(data: bytes)) : Array(SHA256.hash(data: bytes))
    }

    private func hmac(_ bytes: [UInt8], _ key: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: key)
        return code == 2
            ? Array(HMAC<SHA512>.authenticationCode(for: bytes, using: key))
            : Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

    private static func base64(_ bytes: [UInt8]) -> String {
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let bits = (group + [0, 0]).prefix(3).reduce(0) { $0 << 8 | Int($1) }
            for place in 0..<4 { text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=") }
        }
        return text
    }

    private static func bytes(base64 text: Substring) -> [UInt8]? {
        let digits = text.filter { $0 != "=" }.compactMap { alphabet.firstIndex(of: $0) }
        let bits = digits.flatMap { digit in (0..<6).map { digit >> (5 - $0) & 1 } }
        return stride(from: 0, to: bits.count / 8 * 8, by: 8).map { start in
            UInt8(bits[start..<start + 8].reduce(0) { $0 << 1 | $1 })
        }
    }
}

extension MemoryBroker {
    /// nil: nothing of it, the others answer.
    static func secured(_ request: FakeRequest, _ state: inout State) throws -> FakeReply? {
        guard var security = state.security else { return nil }
        defer { state.security = security }
        switch request.header.apiKey {
        case .apiVersions:
            security.connectionBegins()
            return nil
        case .saslHandshake: return try request.answer(security.handshake(request.body(SaslHandshakeRequest.self)))
        case .saslAuthenticate:
            return try request.answer(security.authenticate(request.body(SaslAuthenticateRequest.self)))
        default: break
        }
        guard security.isOpen else { return .closeConnection }
        switch request.header.apiKey {
        case .describeUserScramCredentials:
            return try request.answer(security.describe(request.body(DescribeUserScramCredentialsRequest.self)))
        case .alterUserScramCredentials:
            return try request.answer(security.alter(request.body(AlterUserScramCredentialsRequest.self)))
        case .describeAcls: return try request.answer(security.describe(request.body(DescribeAclsRequest.self)))
        case .createAcls: return try request.answer(security.create(request.body(CreateAclsRequest.self)))
        case .deleteAcls: return try request.answer(security.delete(request.body(DeleteAclsRequest.self)))
        default: return nil
        }
    }
}
