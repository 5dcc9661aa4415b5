import KafkaMessages
import Scram
import Views

/// DescribeUserScramCredentials v0 (KIP-554): needs DESCRIBE on the cluster. Says which mechanisms a user has and how many
/// iterations, never salts or keys.
extension Broker {
    func handle(
        _ request: DescribeUserScramCredentialsRequest, _ context: RequestContext
    ) -> DescribeUserScramCredentialsResponse {
        typealias Result = DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult
        var response = DescribeUserScramCredentialsResponse()
        if let refusal = credentialRefusal(context) {
            response.errorCode = refusal.code
            response.errorMessage = refusal.message
            return response
        }
        var credentials: [Name: [ScramCredential]] = [:]
        for (key, credential) in security.snapshot.credentials { credentials[key.user, default: []].append(credential) }
        let asked = (request.users ?? []).map { Name($0.name) }
        var counts: [Name: Int] = [:]
        for user in asked { counts[user, default: 0] += 1 }
        for user in (asked.isEmpty ? Set(credentials.keys) : Set(asked)).sorted() {
            var result = Result()
            result.user = user.string
            if let count = counts[user], count > 1 {
                result.errorCode = .duplicateResource
                result.errorMessage = "the user is named \(count) times"
            } else if let found = credentials[user] {
                result.credentialInfos = found.sorted { $0.mechanism.rawValue < $1.mechanism.rawValue }.map {
                    credential in
                    var info = DescribeUserScramCredentialsResponse.CredentialInfo()
                    info.mechanism = credential.mechanism.rawValue
                    info.iterations = credential.iterations
                    return info
                }
            } else {
                result.errorCode = .resourceNotFound
                result.errorMessage = "the user has no SCRAM credentials"
            }
            response.results.append(result)
        }
        return response
    }
}
