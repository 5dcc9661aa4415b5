import KafkaMessages
import NIOCore
import Scram
import Views

/// AlterUserScramCredentials v0 (KIP-554): needs ALTER on the cluster; without an authorizer, the admin socket. All changes of one
/// user stand or fall together. The broker keeps what a proof is checked with, not the salted password.
extension Broker {
    func handle(
        _ request: AlterUserScramCredentialsRequest, _ context: RequestContext
    ) async -> AlterUserScramCredentialsResponse {
        var plan = CredentialPlan(stored: security.snapshot.credentials)
        let users = Set(request.deletions.map { Name($0.name) } + request.upsertions.map { Name($0.name) }).sorted()
        if let refusal = credentialRefusal(context) {
            for user in users { plan.refusals[user] = CredentialRefusal(code: refusal.code, text: refusal.message) }
        } else {
            for deletion in request.deletions { plan.add(deletion) }
            for upsertion in request.upsertions { plan.add(upsertion) }
        }
        do throws(SecurityStore.Failure) {
            try await security.change(plan.taken, by: context.principal)
        } catch {
            for user in users where plan.refusals[user] == nil {
                plan.refusals[user] = CredentialRefusal(code: error.code, text: error.text)
            }
        }
        var response = AlterUserScramCredentialsResponse()
        response.results = users.map { user in
            var result = AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult()
            result.user = user.string
            if let refusal = plan.refusals[user] {
                result.errorCode = refusal.code
                result.errorMessage = refusal.text
            }
            return result
        }
        return response
    }
}

/// Why a credential isn't taken.
private struct CredentialRefusal: Error {
    var code: ErrorCode
    var text: String
}

/// What a request changes, as far as it can be.
private struct CredentialPlan {
    let stored: [CredentialKey: ScramCredential]
    private var changes: [CredentialKey: ScramCredential?] = [:]
    var refusals: [Name: CredentialRefusal] = [:]

    init(stored: [CredentialKey: ScramCredential]) {
        self.stored = stored
    }

    /// Changes of users of whom nothing is refused.
    var taken: [CredentialKey: ScramCredential?] { changes.filter { refusals[$0.key.user] == nil } }

    mutating func add(_ deletion: AlterUserScramCredentialsRequest.ScramCredentialDeletion) {
        let user = Name(deletion.name)
        guard let mechanism = ScramMechanism(rawValue: deletion.mechanism) else {
            refuse(user, .unsupportedSaslMechanism, "SCRAM mechanism \(deletion.mechanism) is not known")
            return
        }
        let key = CredentialKey(user: user, mechanism: mechanism)
        add(nil, key)
        if stored[key] == nil { refuse(user, .resourceNotFound, "the user has no \(mechanism.name) credential") }
    }

    mutating func add(_ upsertion: AlterUserScramCredentialsRequest.ScramCredentialUpsertion) {
        let user = Name(upsertion.name)
        do throws(CredentialRefusal) {
            let credential = try ScramCredential(upsertion)
            add(credential, CredentialKey(user: user, mechanism: credential.mechanism))
        } catch {
            refuse(user, error.code, error.text)
        }
    }

    private mutating func add(_ credential: ScramCredential?, _ key: CredentialKey) {
        if changes.updateValue(credential, forKey: key) != nil {
            refuse(key.user, .duplicateResource, "a credential is named twice")
        }
    }

    /// The first reason counts.
    private mutating func refuse(_ user: Name, _ code: ErrorCode, _ text: String) {
        if refusals[user] == nil { refusals[user] = CredentialRefusal(code: code, text: text) }
    }
}

extension ScramCredential {
    fileprivate init(
        _ upsertion: AlterUserScramCredentialsRequest.ScramCredentialUpsertion
    ) throws(CredentialRefusal) {
        guard let mechanism = ScramMechanism(rawValue: upsertion.mechanism) else {
            throw CredentialRefusal(
                code: .unsupportedSaslMechanism, text: "SCRAM mechanism \(upsertion.mechanism) is not known")
        }
        let name = upsertion.name
        guard (1...255).contains(name.utf8.count), name != "ANONYMOUS", name != "*" else {
            throw CredentialRefusal(
                code: .unacceptableCredential,
                text: "a user's name has 1 to 255 bytes and isn't ANONYMOUS, which is nobody, nor *, which is everybody"
            )
        }
        let iterations = ScramMechanism.iterations
        guard iterations.contains(upsertion.iterations) else {
            throw CredentialRefusal(
                code: .unacceptableCredential,
                text: "iterations must be from \(iterations.lowerBound) to \(iterations.upperBound)")
        }
        let salt = Array(upsertion.salt.readableBytesView)
        let saltedPassword = Array(upsertion.saltedPassword.readableBytesView)
        guard (8...256).contains(salt.count), saltedPassword.count == mechanism.byteCount else {
            throw CredentialRefusal(
                code: .unacceptableCredential,
                text: "a salt has 8 to 256 bytes and a salted password of \(mechanism.name) \(mechanism.byteCount)")
        }
        self.init(
            mechanism: mechanism, salt: salt, iterations: upsertion.iterations, saltedPassword: saltedPassword)
    }
}
