import KafkaClient
import ProtocolTestBroker
import TestSupport
import Testing

@testable import sluice

@Suite struct PropertiesFileTests {
    private static func read(_ text: String) -> [String: String]? {
        guard case .success(let entries) = PropertiesFile.entries(text) else { return nil }
        return Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
    }

    /// What `java.util.Properties` says of the same texts (OpenJDK 17).
    @Test(
        arguments: [
            ("a=b", ["a": "b"]), ("a = b ", ["a": "b "]), ("a:b=c", ["a": "b=c"]), ("a b c", ["a": "b c"]),
            ("a", ["a": ""]), ("a=", ["a": ""]), ("a==b", ["a": "=b"]), ("# a=b\n! c=d\n\n  e=f", ["e": "f"]),
            ("a=b\\\n   c\\\n d", ["a": "bcd"]), ("a=b\\\\\nc=d", ["a": "b\\", "c": "d"]), ("a\\=b=c", ["a=b": "c"]),
            ("a=\\t\\u00e9\\x", ["a": "\té" + "x"]), ("a=1\na=2", ["a": "2"]), ("a=b\r\nc=d", ["a": "b", "c": "d"]),
            ("a=b#c", ["a": "b#c"]), ("a=b\\\n#c", ["a": "b#c"]), ("", [:]), ("a=\\uD83D\\uDE00", ["a": "😀"]),
        ] as [(String, [String: String])])
    func areReadAsJavaDoes(text: String, wanted: [String: String]) {
        #expect(Self.read(text) == wanted)
    }

    @Test func aBrokenEscapeHasItsLine() {
        #expect(PropertiesFile.entries("a=b\nc=\\u12") == .failure(PropertiesFile.Malformed(line: 2)))
    }

    @Test(arguments: 0..<50) func anyTextIsRead(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let letters = Array("ab=: \\\n#!u0\t\"';")
        for _ in 0..<50 {
            let text = String(
                (0..<Int.random(in: 0...40, using: &random)).map { _ in letters.randomElement(using: &random)! })
            _ = PropertiesFile.entries(text)
            do throws(JaasConfig.Malformed) { _ = try JaasConfig(parsing: text) } catch {}
        }
    }
}

@Suite struct JaasConfigTests {
    private static let scram = "org.apache.kafka.common.security.scram.ScramLoginModule"

    @Test func asKafkaHasIt() throws {
        let both = try JaasConfig(parsing: "\(Self.scram) required username=\"alice\" password=\"a\\\"b;=\" ;")
        #expect(both.isScram && both.user == "alice" && both.password == "a\"b;=")
        let plain = try JaasConfig(parsing: "PlainLoginModule required\n username=alice\n password='x y';")
        #expect(!plain.isScram && plain.user == "alice" && plain.password == "x y")
        let symbols = try JaasConfig(parsing: "\(Self.scram) required username=\";\" password=\"=\";")
        #expect(symbols.user == ";" && symbols.password == "=")
    }

    @Test(arguments: [
        "", "required;", "com.example.Other required;", "\(scram) username=a;", "\(scram) required username=\"a",
        "\(scram) required username=\"a\"", "\(scram) required username;", "\(scram) required username=;",
        "\(scram) required \"secret-word\";", "\(scram) required tokenauth=true username=a password=secret-word;",
    ])
    func whatIsNone(text: String) {
        let error = #expect(throws: JaasConfig.Malformed.self) { try JaasConfig(parsing: text) }
        #expect(error?.reason.contains("secret-word") == false)
    }
}

@Suite struct ClientSettingsTests {
    private static func settings(
        _ file: String?, _ folder: TemporaryFolder, _ environment: [String: String] = [:]
    ) throws -> ClientSettings {
        if let file { try folder.write(Array(file.utf8), to: "client.properties") }
        return try ClientSettings(file: file.map { _ in "\(folder.path)/client.properties" }) { environment[$0] }
    }

    private static func with<Result>(_ body: (TemporaryFolder) throws -> Result) throws -> Result {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        return try body(folder)
    }

    @Test(
        arguments: [
            ("sasl.username=alice\nsasl.password=x", "alice by SCRAM-SHA-512", false),
            ("sasl.username=alice\nsasl.password=x\nsasl.mechanisms=scram-sha-256", "alice by SCRAM-SHA-256", false),
            (
                "security.protocol=sasl_plaintext\nsasl.mechanism=PLAIN\nsasl.username=a\nsasl.password=x",
                "a by PLAIN", false
            ),
            ("security.protocol=SASL_SSL\nsasl.username=a\nsasl.password=x", "a by SCRAM-SHA-512", true),
            (
                "security.protocol=SASL_SSL\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\\n"
                    + "  username=\"bob\" \\\n  password=\"y\";", "bob by PLAIN", true
            ),
            ("security.protocol=SSL", nil, true), ("security.protocol=PLAINTEXT", nil, false), ("acks=all", nil, false),
        ] as [(String, String?, Bool)])
    func whatAFileComesTo(file: String, login: String?, hasTLS: Bool) throws {
        try Self.with { folder in
            let settings = try Self.settings(file, folder)
            #expect(settings.notes == [])
            let security = try settings.security(askPassword: nil)
            #expect(security.login.map { "\($0)" } == login)
            #expect((security.tls != nil) == hasTLS)
            #expect(security.notes == [])
        }
    }

    @Test func theEnvironmentStandsAboveTheFile() throws {
        try Self.with { folder in
            let file = "sasl.username=alice\nsasl.password=x\nsasl.mechanism=SCRAM-SHA-256"
            let bob = ["SLUICE_USER": "bob", "SLUICE_PASSWORD": "y"]
            #expect(
                try Self.settings(file, folder, bob).security(askPassword: nil).login
                    == ClientLogin(.scramSha256, user: "bob", password: Array("y".utf8)))
            // Nobody logs in with somebody else's password.
            #expect(throws: CommandFailure.self) {
                try Self.settings(file, folder, ["SLUICE_USER": "bob"]).security(askPassword: nil)
            }
            try folder.write(Array("z\n".utf8), to: "password")
            let secret = ["SLUICE_USER": "bob", "SLUICE_PASSWORD_FILE": "\(folder.path)/password"]
            #expect(
                try Self.settings(file, folder, secret).security(askPassword: nil).login
                    == ClientLogin(.scramSha256, user: "bob", password: Array("z".utf8)))
            #expect(throws: CommandFailure.self) {
                try Self.settings(nil, folder, ["SLUICE_PASSWORD": "a", "SLUICE_PASSWORD_FILE": "b"])
            }
            let asked = try Self.settings(nil, folder, ["SLUICE_USER": "carol"]).security {
                user throws(CommandFailure) in
                try Password("asked \(user)", from: "test")
            }
            #expect(asked.login == ClientLogin(.scramSha512, user: "carol", password: Array("asked carol".utf8)))
            let named = try ClientSettings(file: nil) { name in
                name == "SLUICE_COMMAND_CONFIG" ? "\(folder.path)/client.properties" : nil
            }
            #expect(named["sasl.username"]?.value == "alice")
        }
    }

    @Test(
        arguments: [
            ("security.protocol=TLS\nx.secret=1", "security.protocol is TLS; it takes PLAINTEXT, SSL"),
            ("security.protocol=SASL_SSL", "asks for a login, and there is no user"),
            ("sasl.username=a", "no password for user a"), ("sasl.username=a\nsasl.password=", "is empty"),
            ("sasl.mechanism=GSSAPI\nsasl.username=a\nsasl.password=x", "it takes PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"),
            (
                "sasl.mechanism=PLAIN\nsasl.username=a\nsasl.password=x",
                "PLAIN without TLS would send the password as it is"
            ),
            ("sasl.jaas.config=Other required;", ":1: sasl.jaas.config: its login module is neither"),
            (
                "sasl.mechanism=PLAIN\nsasl.jaas.config=ScramLoginModule required username=a password=b;",
                "login module of SCRAM"
            ),
            ("ssl.truststore.location=/nonexistent.pem", ":1: ssl.truststore.location: no file /nonexistent.pem"),
            ("ssl.truststore.location=x.jks\nssl.truststore.type=JKS", "only PEM can be read"),
            ("ssl.keystore.key=secret-word", "a client key ("),
            ("ssl.keystore.certificate.chain=x", "set ssl.key.location"),
            ("security.protocol=SSL\nenable.ssl.certificate.verification=false", "is always checked"),
            ("security.protocol=SSL\nssl.endpoint.identification.algorithm=LDAPS", "it is https, or empty"),
            ("ssl.truststore.certificates=secret-word", ":1 holds no PEM certificate"),
        ] as [(String, String)])
    func whatIsWrongIsSaid(file: String, words: String) throws {
        try Self.with { folder in
            let error = #expect(throws: CommandFailure.self) {
                try Self.settings(file, folder).security(askPassword: nil)
            }
            #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
            #expect(error.map { "\($0)".contains("secret-word") } == false)
        }
    }

    @Test func whatIsNotKnownIsNotedWithTheNearest() throws {
        try Self.with { folder in
            let settings = try Self.settings("sasl.mechansim=PLAIN\nlinger.ms=5\nssl.cipher.suites=x\nwhat=1", folder)
            #expect(settings.notes.count == 3)
            #expect(
                settings.notes.first?.hasSuffix(
                    ":1: sasl.mechansim isn't known here and is left out; did you mean sasl.mechanism?") == true)
            let unused = try Self.settings(
                "security.protocol=PLAINTEXT\nsasl.username=a\nsasl.password=x\nssl.truststore.location=t", folder)
            #expect(try unused.security(askPassword: nil).notes.count == 2)
        }
    }

    @Test func trustAndIdentityAreReadFromPEM() throws {
        let certificates = try TestCertificates()
        let alice = try certificates.leaf("alice")
        try Self.with { folder in
            try folder.write(Array(try certificates.authority.certificatePEM.utf8), to: "ca.pem")
            try folder.write(Array(try (alice.keyPEM + "\n" + alice.certificatePEM).utf8), to: "alice.pem")
            let kafka =
                "ssl.truststore.location=\(folder.path)/ca.pem\nssl.truststore.type=PEM\n"
                + "ssl.keystore.location=\(folder.path)/alice.pem\nssl.keystore.type=PEM"
            #expect(try Self.settings(kafka, folder).security(askPassword: nil).tls != nil)
            let inline = try alice.keyPEM.split(separator: "\n").joined(separator: "\\n")
            let librdkafka =
                "ssl.ca.location=\(folder.path)/ca.pem\nssl.certificate.location=\(folder.path)/alice.pem\n"
                + "ssl.key.pem=\(inline)"
            #expect(try Self.settings(librdkafka, folder).security(askPassword: nil).tls != nil)
            let variables = ["SLUICE_TRUST_FILE": "\(folder.path)/ca.pem"]
            #expect(try Self.settings(nil, folder, variables).security(askPassword: nil).tls != nil)
        }
    }

    @Test func settingsDoNotPrint() throws {
        try Self.with { folder in
            let settings = try Self.settings("sasl.username=a\nsasl.password=secret-word", folder)
            var text = "\(settings)"
            dump(settings, to: &text)
            dump(try Password("secret-word", from: "test"), to: &text)
            #expect(!text.contains("secret-word"))
        }
    }

    @Test func aFileMayNameTheBroker() throws {
        let options = try ConnectionOptions.parse(["--command-config", "x"])
        try Self.with { folder in
            let named = try Self.settings("bootstrap.servers = h:1, g:2", folder)
            #expect(try options.address(named) { _ in nil } == .tcp(host: "h", port: 1))
            #expect(try options.address(named) { $0 == "SLUICE_BOOTSTRAP" ? "e:3" : nil } == .tcp(host: "e", port: 3))
            #expect(throws: CommandFailure.self) { try options.address(ClientSettings()) { _ in nil } }
            let local = try ConnectionOptions.parse(["--data", "d"])
            #expect(try local.address(named) { _ in nil } == .unix(path: "d/admin.sock"))
            #expect(throws: CommandFailure.self) {
                try options.address(Self.settings("bootstrap.servers=", folder)) { _ in nil }
            }
        }
    }

    @Test func noVariableOfThemIsASettingOfTheBroker() {
        let all = Dictionary(ClientSettings.variableNames.map { ($0, "x") }, uniquingKeysWith: { first, _ in first })
        #expect(EnvironmentSettings.entries(all).isEmpty)
    }

    @Test(arguments: ["", "a\nb", "a\u{0}b", String(repeating: "x", count: 1025)])
    func whatIsNoPassword(text: String) {
        #expect(throws: CommandFailure.self) { try Password(text, from: "test") }
    }

    @Test func aPasswordFileLosesItsLineEnd() throws {
        try Self.with { folder in
            for (content, wanted) in [("pass word \n", "pass word "), ("x\r\n", "x"), ("é", "é")] {
                try folder.write(Array(content.utf8), to: "p")
                #expect(try Password(file: "\(folder.path)/p").text == wanted)
            }
            #expect(Password.generated() != Password.generated())
            #expect(Password.generated().text.count == 24)
        }
    }
}
