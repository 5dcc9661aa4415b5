import KafkaMessages
import NIOCore
public import Scram

/// A password as a broker keeps it for SCRAM: salted and hashed. Not printed: whoever has it can log in.
public struct ScramCredential: Sendable, CustomReflectable {
    /// What Kafka's brokers take.
    public static let iterations: ClosedRange<Int32> = 4096...16384

    public let mechanism: ScramMechanism
    public let iterations: Int32
    let salt: [UInt8]
    let saltedPassword: [UInt8]

    /// Salts and hashes: milliseconds of processor time.
    /// - Parameter salt: random bytes, other ones for each credential.
    public init(_ mechanism: ScramMechanism, password: [UInt8], iterations: Int32, salt: [UInt8] = Self.randomSalt()) {
        self.mechanism = mechanism
        self.iterations = iterations
        self.salt = salt
        saltedPassword = mechanism.saltedPassword(password, salt: salt, iterations: iterations)
    }

    /// 192 bits.
    public static func randomSalt() -> [UInt8] {
        (0..<24).map { _ in UInt8.random(in: .min ... .max) }
    }

    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension AdminClient {
    /// That a user has a credential, and how it was hashed.
    public struct UserCredential: Sendable, Equatable {
        public var user: String
        public var mechanism: ScramMechanism
        public var iterations: Int32
    }

    /// The SCRAM credentials that there are, in order of user and mechanism.
    /// - Parameter user: only this one's, none if there is no such user; nil: everybody's.
    public func userCredentials(of user: String? = nil) async throws(KafkaClientError) -> [UserCredential] {
        let connection = try await cluster.connection()
        var request = DescribeUserScramCredentialsRequest()
        request.users = user.map { name in
            var wanted = DescribeUserScramCredentialsRequest.UserName()
            wanted.name = name
            return [wanted]
        }
        let response = try await connection.send(request)
        try check(response.errorCode, response.errorMessage, while: "list users")
        var found: [UserCredential] = []
        for result in response.results where result.errorCode != .resourceNotFound {
            try check(result.errorCode, result.errorMessage, while: "describe user \"\(result.user)\"")
            for info in result.credentialInfos {
                guard let mechanism = ScramMechanism(rawValue: info.mechanism) else { continue }
                found.append(UserCredential(user: result.user, mechanism: mechanism, iterations: info.iterations))
            }
        }
        return found.sorted { ($0.user, $0.mechanism.rawValue) < ($1.user, $1.mechanism.rawValue) }
    }

    /// Sets a user's credentials and removes those by other mechanisms, all of it or nothing.
    public func setCredentials(
        of user: String, _ credentials: [ScramCredential], removing mechanisms: [ScramMechanism] = []
    ) async throws(KafkaClientError) {
        var request = AlterUserScramCredentialsRequest()
        request.deletions = Self.deletions(of: user, mechanisms)
        request.upsertions = credentials.map { credential in
            var change = AlterUserScramCredentialsRequest.ScramCredentialUpsertion()
            change.name = user
            change.mechanism = credential.mechanism.rawValue
            change.iterations = credential.iterations
            change.salt = ByteBuffer(bytes: credential.salt)
            change.saltedPassword = ByteBuffer(bytes: credential.saltedPassword)
            return change
        }
        try await alter(request, user, while: "set the password of user \"\(user)\"")
    }

    /// Removes a user's credentials, all of the named ones or none.
    public func deleteCredentials(of user: String, _ mechanisms: [ScramMechanism]) async throws(KafkaClientError) {
        var request = AlterUserScramCredentialsRequest()
        request.deletions = Self.deletions(of: user, mechanisms)
        try await alter(request, user, while: "delete user \"\(user)\"")
    }

    private static func deletions(
        of user: String, _ mechanisms: [ScramMechanism]
    ) -> [AlterUserScramCredentialsRequest.ScramCredentialDeletion] {
        mechanisms.map { mechanism in
            var change = AlterUserScramCredentialsRequest.ScramCredentialDeletion()
            change.name = user
            change.mechanism = mechanism.rawValue
            return change
        }
    }

    private func alter(
        _ request: AlterUserScramCredentialsRequest, _ user: String, while action: String
    ) async throws(KafkaClientError) {
        let connection = try await cluster.connection()
        let response = try await connection.send(request)
        guard let result = response.results.first(where: { $0.user == user }) else { throw missing(action, connection) }
        try check(result.errorCode, result.errorMessage, while: action)
    }
}
