import Scram
import Views

/// The credentials that users who don't exist seem to have: the same at each try and after a restart, of the form that most
/// have, so that asking doesn't tell who exists.
struct MadeUpCredentials: Sendable {
    private struct Form: Hashable {
        var saltByteCount = 16
        var iterations = ScramMechanism.iterations.lowerBound
    }

    private let secret: [UInt8]
    private var forms: [ScramMechanism: Form] = [:]
    /// What most users have: PLAIN checks the password of somebody unknown as one of these.
    let commonMechanism: ScramMechanism

    init(like credentials: [CredentialKey: ScramCredential], secret: [UInt8]) {
        self.secret = secret
        var counts: [ScramMechanism: [Form: Int]] = [:]
        for credential in credentials.values {
            let form = Form(saltByteCount: credential.salt.count, iterations: credential.iterations)
            counts[credential.mechanism, default: [:]][form, default: 0] += 1
        }
        for (mechanism, counts) in counts {
            forms[mechanism] =
                counts.max { one, other in
                    (one.value, one.key.iterations, one.key.saltByteCount)
                        < (other.value, other.key.iterations, other.key.saltByteCount)
                }?.key
        }
        func count(_ mechanism: ScramMechanism) -> Int { counts[mechanism]?.values.reduce(0, +) ?? 0 }
        commonMechanism = count(.sha512) > count(.sha256) ? .sha512 : .sha256
    }

    func credential(of key: CredentialKey) -> ScramCredential {
        let mechanism = key.mechanism
        let form = forms[mechanism] ?? Form()
        func bytes(_ purpose: String) -> [UInt8] {
            mechanism.authenticationCode(Array("\(purpose) \(mechanism.name) \(key.user)".utf8), key: secret)
        }
        var salt = bytes("salt")
        while salt.count < form.saltByteCount { salt += mechanism.hash(salt) }
        return ScramCredential(
            mechanism: mechanism, salt: Array(salt.prefix(form.saltByteCount)), iterations: form.iterations,
            storedKey: bytes("stored"), serverKey: bytes("server"))
    }
}
