import Crypto

/// A SCRAM mechanism that Kafka has (RFC 5802, RFC 7677, KIP-84).
public enum ScramMechanism: Int8, Sendable, CaseIterable {
    /// Codes of Kafka's `ScramMechanism`.
    case sha256 = 1
    case sha512 = 2

    /// Kafka's floor and ceiling of iterations (`AlterUserScramCredentials`).
    public static let iterations: ClosedRange<Int32> = 4096...16384

    public init?(name: String) {
        guard let mechanism = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = mechanism
    }

    /// As SaslHandshake has it.
    public var name: String {
        switch self {
        case .sha256: "SCRAM-SHA-256"
        case .sha512: "SCRAM-SHA-512"
        }
    }

    /// Bytes of a hash, and of a salted password.
    public var byteCount: Int {
        switch self {
        case .sha256: SHA256.byteCount
        case .sha512: SHA512.byteCount
        }
    }

    public func hash(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }

    /// HMAC of RFC 2104.
    public func authenticationCode(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: key)
        return switch self {
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        case .sha512: Array(HMAC<SHA512>.authenticationCode(for: bytes, using: key))
        }
    }

    /// `Hi` of RFC 5802: PBKDF2 with one block. Milliseconds of processor time: never on an event loop.
    ///
    /// The password is taken as it is, as by Kafka and librdkafka, which don't prepare it either (RFC 4013).
    public func saltedPassword(_ password: [UInt8], salt: [UInt8], iterations: Int32) -> [UInt8] {
        switch self {
        case .sha256: Self.saltedPassword(HMAC<SHA256>.self, password, salt, iterations)
        case .sha512: Self.saltedPassword(HMAC<SHA512>.self, password, salt, iterations)
        }
    }

    private static func saltedPassword<Hash: HashFunction>(
        _ type: HMAC<Hash>.Type, _ password: [UInt8], _ salt: [UInt8], _ iterations: Int32
    ) -> [UInt8] {
        let key = SymmetricKey(data: password)
        var block = Array(type.authenticationCode(for: salt + [0, 0, 0, 1], using: key))
        var result = block
        for _ in 1..<max(1, iterations) {
            block = Array(type.authenticationCode(for: block, using: key))
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }
}
