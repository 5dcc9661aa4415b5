import Foundation
import KafkaClient
import NIOSSL
import ProtocolTestBroker
import Testing

@testable import sluice

/// Users, ACLs and certificates, as whole commands.
@Suite struct SecurityCommandTests {
    private struct Result {
        var status: CommandStatus
        var text: String
        var notes: [String]
    }

    private static func run(_ words: [String]) async -> Result {
        let capture = OutputCapture()
        let status = await Output.$capture.withValue(capture) { await Sluice.run(words) }
        return Result(status: status, text: capture.text, notes: capture.notes)
    }

    private func withBroker(
        _ body: ((_ line: String) async -> Result, _ memory: MemoryBroker, _ folder: TemporaryFolder) async throws ->
            Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let memory = MemoryBroker()
        memory.state.withLock { $0.security = MemorySecurity() }
        try await FakeBroker.with(unixPath: folder.path + "/admin.sock", memory.script) { _ in
            try await body(
                { line in
                    let words = line.split(separator: " ").map { $0.replacing("FOLDER", with: folder.path) }
                    return await Self.run(words.map(String.init) + ["--data", folder.path])
                }, memory, folder)
        }
    }

    private static func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func usersComeAndGo() async throws {
        try await withBroker { run, memory, folder in
            #expect(await run("user list").text == "no users; `sluice user add NAME` makes one\n")
            try folder.write(Array("secret-word\n".utf8), to: "password")
            let added = await run("user add alice --password-file FOLDER/password")
            #expect(added.status == .done && added.text == "added user alice: SCRAM-SHA-256, SCRAM-SHA-512\n")
            let again = await run("user add alice --password-file FOLDER/password")
            #expect(
                again.status == .exists
                    && again.notes == ["sluice: user alice is there already; --replace sets another password"])
            let json = await run(
                "user add bob --password-file FOLDER/password --mechanism scram-sha-256 --iterations 8192 --output json"
            )
            #expect(
                json.text == #"{"iterations":8192,"mechanisms":["SCRAM-SHA-256"],"replaced":false,"user":"bob"}"# + "\n"
            )
            #expect(
                await run("user list").text
                    == "USER   MECHANISM      ITERATIONS\nalice  SCRAM-SHA-256        4096\nalice  SCRAM-SHA-512        4096\n"
                    + "bob    SCRAM-SHA-256        8192\n")
            // What is hashed by the other mechanism doesn't keep the old password.
            let replaced = await run(
                "user add alice --password-file FOLDER/password --mechanism SCRAM-SHA-512 --replace")
            #expect(replaced.text == "replaced the password of user alice: SCRAM-SHA-512\n")
            #expect(
                await run("user list --output json").text
                    == #"{"users":[{"credentials":[{"iterations":4096,"mechanism":"SCRAM-SHA-512"}],"user":"alice"},{"credentials":[{"iterations":8192,"mechanism":"SCRAM-SHA-256"}],"user":"bob"}]}"#
                    + "\n")
            #expect(
                memory.state.withLock { $0.security?.credentials.values.allSatisfy { $0.salt.count == 24 } } == true)
            #expect(await run("user delete alice").status == .refused)
            let missing = await run("user delete alcie --yes")
            #expect(
                missing.status == .notFound && missing.notes == ["sluice: there is no user alcie; did you mean alice?"])
            #expect(await run("user delete alcie --yes --if-exists").text == "there is no user alcie\n")
            #expect(await run("user delete alice --yes --mechanism SCRAM-SHA-256").status == .notFound)
            #expect(await run("user delete alice --yes").text == "deleted user alice: SCRAM-SHA-512\n")
        }
    }

    @Test func aMadePasswordIsPrintedOnceOrWritten() async throws {
        try await withBroker { run, memory, folder in
            let printed = await run("user add robot --generate")
            #expect(printed.text.count == 25 && printed.notes.first?.hasPrefix("added user robot") == true)
            #expect(!printed.notes.joined().contains(printed.text.dropLast()))
            let written = await run("user add other --generate --password-file FOLDER/other --output json")
            #expect(written.status == .done)
            let text = try String(contentsOfFile: folder.path + "/other", encoding: .utf8)
            #expect(text.count == 25 && !written.text.contains(text.dropLast()))
            #expect(try Self.mode(folder.path + "/other") == 0o600)
            let taken = await run("user add third --generate --password-file FOLDER/other")
            #expect(taken.status == .exists)
            #expect(memory.state.withLock { $0.security?.credentials.keys.contains { $0.user == "third" } } == false)
        }
    }

    @Test(arguments: [
        "user add User:alice", "user add alice --iterations 4095", "user add alice --iterations 16385",
        "user add alice --mechanism MD5",
        "user add alice --generate --output json", "user add alice --password-stdin --generate", "user add alice",
        "user add alice --password-file /nonexistent",
    ])
    func whatCanNotBeAdded(line: String) async throws {
        try await withBroker { run, memory, _ in
            let result = await run(line)
            #expect(result.status == .usage || result.status == .notFound)
            #expect(memory.state.withLock { $0.security?.credentials.isEmpty } == true)
        }
    }

    @Test func aclsComeAndGo() async throws {
        try await withBroker { run, memory, _ in
            #expect(await run("acl list").text == "no ACLs; `sluice acl add` makes some\n")
            let added = await run("acl add --allow-principal User:bob --consumer --topic accounts --group email-app")
            #expect(added.status == .done)
            #expect(
                added.text.hasPrefix(
                    "added 3 ACLs\n\nPRINCIPAL  PERMISSION  OPERATION  RESOURCE  NAME       PATTERN  HOST\n"))
            #expect(added.text.contains("User:bob   allow       read       group     email-app  literal  *\n"))
            let denied = await run("acl add --deny-principal User:eve --operation all --topic * --output json")
            #expect(
                denied.text
                    == #"{"added":[{"host":"*","name":"*","operation":"all","pattern":"literal","permission":"deny","principal":"User:eve","resource":"topic"}]}"#
                    + "\n")
            // All that applies to a topic, whether it is named or not.
            #expect(await run("acl list --topic accounts").text.split(separator: "\n").count == 4)
            #expect(
                await run("acl list --topic accounts --resource-pattern-type literal").text.split(separator: "\n").count
                    == 3)
            #expect(await run("acl list --principal User:eve").text.split(separator: "\n").count == 2)
            #expect(await run("acl list --group none").text == "no ACLs; `sluice acl add` makes some\n")
            let refused = await run("acl add --allow-principal User:nobody --topic t")
            #expect(refused.status == .failed)
            #expect(refused.notes == [#"sluice: can't allow User:nobody to all topic "t": not this one"#])
            #expect(await run("acl remove --yes").status == .usage)
            #expect(await run("acl remove --topic accounts").status == .refused)
            #expect(await run("acl remove --topic none --yes").status == .notFound)
            #expect(await run("acl remove --topic none --force --if-exists").text == "there are no such ACLs\n")
            let removed = await run(
                "acl remove --allow-principal User:bob --consumer --topic accounts --group email-app --force")
            #expect(removed.text.hasPrefix("removed 3 ACLs\n"))
            #expect(memory.state.withLock { $0.security?.acls.map(\.principal) } == ["User:eve"])
            #expect(
                await run("acl remove --deny-principal User:eve --yes --output json").text.hasPrefix(
                    #"{"removed":[{"host":"#))
        }
    }

    @Test func certificatesServeAConnection() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let place = ["--directory", folder.path + "/certs"]
        let none = await Self.run(["cert", "server"] + place)
        #expect(none.status == .notFound && none.notes.first?.contains("`sluice cert ca --directory") == true)
        #expect(await Self.run(["cert", "ca"] + place).status == .done)
        let server = await Self.run(["cert", "server", "--output", "json"] + place)
        #expect(
            server.text.contains(#""names":["localhost","127.0.0.1","::1"]"#)
                && server.text.contains(#""subject":"CN=localhost""#))
        #expect(await Self.run(["cert", "client", "alice"] + place).status == .done)
        for name in ["ca", "server", "alice"] {
            #expect(try Self.mode("\(folder.path)/certs/\(name).key") == 0o600)
            #expect(try Self.mode("\(folder.path)/certs/\(name).pem") & 0o444 == 0o444)
        }
        try await tryOut(folder.path + "/certs")
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/certs/alice.key"))
        #expect(await Self.run(["cert", "client", "alice"] + place).status == .exists)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/certs/alice.key")) == before)
        #expect(await Self.run(["cert", "client", "alice", "--force"] + place).status == .done)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/certs/alice.key")) != before)
        #expect(try Self.mode("\(folder.path)/certs/alice.key") == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/certs").count == 6)
        // A key that isn't the authority's vouches for nobody.
        #expect(await Self.run(["cert", "ca", "--directory", folder.path + "/other"]).status == .done)
        try FileManager.default.removeItem(atPath: folder.path + "/certs/ca.key")
        try FileManager.default.copyItem(atPath: folder.path + "/other/ca.key", toPath: folder.path + "/certs/ca.key")
        #expect(await Self.run(["cert", "client", "bob"] + place).status == .failed)
    }

    /// A broker with those certificates, and a command with those settings.
    private func tryOut(_ certs: String) async throws {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile("\(certs)/server.pem").map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: "\(certs)/server.key", format: .pem)))
        tls.trustRoots = .file("\(certs)/ca.pem")
        tls.certificateVerification = .noHostnameVerification
        let settings =
            "security.protocol=SSL\nssl.truststore.location=\(certs)/ca.pem\n"
            + "ssl.certificate.location=\(certs)/alice.pem\nssl.key.location=\(certs)/alice.key\n"
        try settings.write(toFile: "\(certs)/../client.properties", atomically: true, encoding: .utf8)
        let context = try NIOSSLContext(configuration: tls)
        try await FakeBroker.with(tls: context, MemoryBroker().script) { broker in
            let listed = await Self.run(
                ["topic", "list", "-b", "\(broker.address)", "--command-config", "\(certs)/../client.properties"])
            #expect(listed.status == .done, "\(listed.notes)")
            let stranger = await Self.run(["topic", "list", "-b", "\(broker.address)"])
            #expect(stranger.status == .unreachable)
        }
    }

    @Test(arguments: [
        "cert server --host -x", "cert server --host a..b", "cert server --name ca", "cert server --name a/b",
        "cert client .x",
        "cert ca --days 0", "cert ca --days 7301", "cert client CA",
    ])
    func whatNoCertificateIsFor(line: String) async {
        let result = await Self.run(line.split(separator: " ").map(String.init))
        #expect(result.status == .usage, "\(result.notes)")
    }

    @Test func aWrongPasswordIsRefused() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let memory = MemoryBroker()
        memory.state.withLock {
            $0.security = MemorySecurity()
            $0.security?.asksForLogin = true
            $0.security?.passwords = ["alice": "right"]
        }
        let settings = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.username=alice\nsasl.password="
        try folder.write(Array((settings + "secret-word").utf8), to: "wrong")
        try folder.write(Array((settings + "right").utf8), to: "right")
        try await FakeBroker.with(memory.script) { broker in
            let line = ["topic", "list", "-b", "\(broker.address)", "--command-config"]
            #expect(await Self.run(line + ["\(folder.path)/right"]).status == .done)
            let wrong = await Self.run(line + ["\(folder.path)/wrong"])
            #expect(wrong.status == .refused)
            #expect(
                wrong.notes == ["sluice: can't log in to \(broker.address) as alice by PLAIN: wrong user or password"])
        }
    }
}
