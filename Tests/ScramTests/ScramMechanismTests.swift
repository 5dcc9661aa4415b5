import Scram
import Testing

@Suite struct ScramMechanismTests {
    /// RFC 6070's shape for SHA-256 (RFC 7914 §11 and hashlib.pbkdf2_hmac).
    @Test(
        arguments: [
            (.sha256, "password", "salt", 1, "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b"),
            (.sha256, "password", "salt", 4096, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"),
            (
                .sha512, "password", "salt", 4096,
                "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5"
            ),
        ] as [(ScramMechanism, String, String, Int32, String)])
    func saltedPasswords(mechanism: ScramMechanism, password: String, salt: String, iterations: Int32, hex: String) {
        let salted = mechanism.saltedPassword(Array(password.utf8), salt: Array(salt.utf8), iterations: iterations)
        #expect(salted.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == hex)
    }

    @Test func namesAreThoseOfTheHandshake() {
        for mechanism in ScramMechanism.allCases { #expect(ScramMechanism(name: mechanism.name) == mechanism) }
        #expect(ScramMechanism(name: "SCRAM-SHA-1") == nil)
    }
}
