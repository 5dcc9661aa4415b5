import KafkaMessages
import Logging
import NIOCore
import Scram
import Synchronization

@testable import Broker

/// The system's clock, which a test can move on.
final class ShiftedClock: BrokerClock {
    private let shiftNs = Atomic<Int64>(0)
    private let system = SystemBrokerClock()

    func wallMs() -> Int64 { system.wallMs() + shiftNs.load(ordering: .relaxed) / 1_000_000 }
    func monotonicNs() -> Int64 { system.monotonicNs() + shiftNs.load(ordering: .relaxed) }
    func advance(ms: Int64) { shiftNs.wrappingAdd(ms * 1_000_000, ordering: .relaxed) }
}

/// Lines that a part of the broker has logged, with their fields.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            lines.lines.withLock { $0.append("\(event.message)\(fields)") }
        }
    }
}

extension TestBroker {
    func addUser(
        _ user: String, _ password: String, _ mechanisms: [ScramMechanism] = [.sha256], iterations: Int32 = 4096
    ) async throws {
        var request = AlterUserScramCredentialsRequest()
        request.upsertions = mechanisms.map { mechanism in
            let salt = Array("salt of \(user)".utf8)
            var upsertion = AlterUserScramCredentialsRequest.ScramCredentialUpsertion()
            upsertion.name = user
            upsertion.mechanism = mechanism.rawValue
            upsertion.iterations = iterations
            upsertion.salt = ByteBuffer(bytes: salt)
            upsertion.saltedPassword = ByteBuffer(
                bytes: mechanism.saltedPassword(Array(password.utf8), salt: salt, iterations: iterations))
            return upsertion
        }
        let response = try await connect(isAdmin: true).send(request, version: 0)
        guard response.results.allSatisfy({ $0.errorCode == .none }) else {
            throw TestFailure("\(response.results)")
        }
    }

    /// A connection that has logged in with PLAIN.
    func connect(as user: String, _ password: String, peer: String = "127.0.0.1") async throws -> TestConnection {
        let client = connect(peer: peer, sasl: SaslMechanism.allCases)
        let answer = try await client.logIn(as: user, password, .plain)
        guard answer.errorCode == .none else { throw TestFailure("\(answer.errorCode)") }
        return client
    }

    /// Makes ACLs over the admin socket.
    func allow(_ acls: Acl...) async throws { try await write(acls) }

    func write(_ acls: [Acl]) async throws {
        var request = CreateAclsRequest()
        request.creations = acls.map { acl in
            var creation = CreateAclsRequest.AclCreation()
            creation.resourceType = acl.pattern.type.rawValue
            creation.resourceName = acl.pattern.name.string
            creation.resourcePatternType = acl.pattern.kind.rawValue
            creation.principal = acl.principal.description
            creation.host = acl.host
            creation.operation = acl.operation.rawValue
            creation.permissionType = acl.permissionType
            return creation
        }
        let response = try await connect(isAdmin: true).send(request, version: 3)
        guard response.results.allSatisfy({ $0.errorCode == .none }) else { throw TestFailure("\(response.results)") }
    }
}

extension TestConnection {
    func handshake(_ mechanism: String, version: Int16 = 1) async throws -> SaslHandshakeResponse {
        var request = SaslHandshakeRequest()
        request.mechanism = mechanism
        return try await send(request, version: version)
    }

    func authenticate(_ message: some Sequence<UInt8>, version: Int16 = 2) async throws -> SaslAuthenticateResponse {
        var request = SaslAuthenticateRequest()
        request.authBytes = ByteBuffer(bytes: message)
        return try await send(request, version: version)
    }

    /// The whole login; the last answer.
    func logIn(
        as user: String, _ password: String, _ mechanism: SaslMechanism, version: Int16 = 2
    ) async throws -> SaslAuthenticateResponse {
        let choice = try await handshake(mechanism.rawValue)
        guard choice.errorCode == .none else { throw TestFailure("\(choice.errorCode)") }
        switch mechanism {
        case .plain: return try await authenticate(Self.plain(user, password), version: version)
        case .scramSha256: return try await scram(user, password, .sha256, version)
        case .scramSha512: return try await scram(user, password, .sha512, version)
        }
    }

    static func plain(_ user: String, _ password: String) -> [UInt8] {
        [0] + Array(user.utf8) + [0] + Array(password.utf8)
    }

    private func scram(
        _ user: String, _ password: String, _ mechanism: ScramMechanism, _ version: Int16
    ) async throws -> SaslAuthenticateResponse {
        let client = ScramClient(user: user, password: password, mechanism: mechanism)
        let first = try await authenticate(client.first, version: version)
        guard first.errorCode == .none else { return first }
        let (final, verifier) = try client.final(Array(first.authBytes.readableBytesView))
        let last = try await authenticate(final, version: version)
        if last.errorCode == .none, String(buffer: last.authBytes) != verifier {
            throw TestFailure("the server doesn't know the password")
        }
        return last
    }
}

/// The client's side of SCRAM (RFC 5802 §3), by the broker's hashes.
struct ScramClient {
    var user: String
    var password: String
    var mechanism: ScramMechanism
    private let nonce = "fyko+d2lbbFgONRv9qkxdawL"

    init(user: String, password: String, mechanism: ScramMechanism) {
        self.user = user
        self.password = password
        self.mechanism = mechanism
    }

    private var bare: String { "n=\(user),r=\(nonce)" }
    var first: [UInt8] { Array("n,,\(bare)".utf8) }

    /// The last message, and what the server must answer.
    func final(_ reply: [UInt8]) throws -> (message: [UInt8], verifier: String) {
        let serverFirst = String(decoding: reply, as: UTF8.self)
        var fields: [Substring: Substring] = [:]
        for field in serverFirst.split(separator: ",") { fields[field.prefix(1)] = field.dropFirst(2) }
        guard let nonce = fields["r"], nonce.hasPrefix(self.nonce), let salt = fields["s"].flatMap(Base64.decode),
            let iterations = fields["i"].flatMap({ Int32($0) })
        else { throw TestFailure("no SCRAM message: \(serverFirst)") }
        let salted = mechanism.saltedPassword(Array(password.utf8), salt: salt, iterations: iterations)
        let clientKey = mechanism.authenticationCode(Array("Client Key".utf8), key: salted)
        let serverKey = mechanism.authenticationCode(Array("Server Key".utf8), key: salted)
        let withoutProof = "c=biws,r=\(nonce)"
        let signed = Array("\(bare),\(serverFirst),\(withoutProof)".utf8)
        let signature = mechanism.authenticationCode(signed, key: mechanism.hash(clientKey))
        let proof = zip(clientKey, signature).map { $0 ^ $1 }
        let verifier = Base64.encode(mechanism.authenticationCode(signed, key: serverKey))
        return (Array("\(withoutProof),p=\(Base64.encode(proof))".utf8), "v=\(verifier)")
    }
}
