import Scram

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
