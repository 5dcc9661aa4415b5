import Crypto

/// A SCRAM mechanism that Kafka knows (RFC 5802, RFC 7677, KIP-84).
enum ScramMechanism: Int8, Sendable, CaseIterable {
    /// Codes of Kafka's `ScramMechanism`.
    case sha256 = 1
    case sha512 = 2

    /// Kafka's floor and ceiling of iterations (`AlterUserScramCredentials`).
    static let iterations: ClosedRange<Int32> = 4096...16384

    init?(name: String) {
        guard let mechanism = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = mechanism
    }

    /// As SaslHandshake names it.
    var name: String {
        switch self {
        case .sha256: "SCRAM-SHA-256"
        case .sha512: "SCRAM-SHA-512"
        }
    }

    /// Bytes of a hash, and of a salted password.
    var byteCount: Int {
        switch self {
        case .sha256: SHA256.byteCount
        case .sha512: SHA512.byteCount
        }
    }

    func hash(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }

    func authenticationCode(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: key)
        return switch self {
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        case .sha512: Array(HMAC<SHA512>.authenticationCode(for: bytes, using: key))
        }
    }

    /// `Hi` of RFC 5802: PBKDF2 with one block. Some milliseconds of processor time: never on an event loop.
    func saltedPassword(_ password: [UInt8], salt: [UInt8], iterations: Int32) -> [UInt8] {
        var block = authenticationCode(salt + [0, 0, 0, 1], key: password)
        var result = block
        for _ in 1..<max(1, iterations) {
            block = authenticationCode(block, key: password)
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }
}

/// What is kept of a user's password for one mechanism: enough to check a proof, not enough to make one. Not printed: a copy
/// of it lets a server pose as this one.
struct ScramCredential: Sendable, Equatable {
    var mechanism: ScramMechanism
    var salt: [UInt8]
    var iterations: Int32
    var storedKey: [UInt8]
    var serverKey: [UInt8]

    init(mechanism: ScramMechanism, salt: [UInt8], iterations: Int32, storedKey: [UInt8], serverKey: [UInt8]) {
        self.mechanism = mechanism
        self.salt = salt
        self.iterations = iterations
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    /// From what AlterUserScramCredentials carries.
    init(mechanism: ScramMechanism, salt: [UInt8], iterations: Int32, saltedPassword: [UInt8]) {
        let clientKey = mechanism.authenticationCode(Array("Client Key".utf8), key: saltedPassword)
        self.init(
            mechanism: mechanism, salt: salt, iterations: iterations, storedKey: mechanism.hash(clientKey),
            serverKey: mechanism.authenticationCode(Array("Server Key".utf8), key: saltedPassword))
    }

    /// Whether this is the credential of that password. Costs as much as a `saltedPassword`.
    func isOf(password: [UInt8]) -> Bool {
        let salted = mechanism.saltedPassword(password, salt: salt, iterations: iterations)
        let other = ScramCredential(mechanism: mechanism, salt: salt, iterations: iterations, saltedPassword: salted)
        return storedKey.isEqualInConstantTime(to: other.storedKey)
    }
}

extension [UInt8] {
    /// Takes as long wherever the first difference is; the number of bytes is no secret.
    func isEqualInConstantTime(to other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in indices { difference |= self[index] ^ other[index] }
        return difference == 0
    }
}
