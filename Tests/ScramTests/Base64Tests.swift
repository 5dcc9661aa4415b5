import Scram
import Testing

@Suite struct Base64Tests {
    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func vectors(bytes: String, text: String) {
        #expect(Base64.encode(Array(bytes.utf8)) == text)
        #expect(Base64.decode(text) == Array(bytes.utf8))
        #expect(Base64.decode(text[...]) == Array(bytes.utf8))
    }

    @Test(arguments: ["=", "Zg=", "Zg", "Zh==", "Z===", "Zm9=", "Zg==Zg==", "Z g=", "Zm9_", "Zm9v!Zm9"])
    func whatIsNoneIsRefused(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
