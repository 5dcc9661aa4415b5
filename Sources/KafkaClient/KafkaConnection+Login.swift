import KafkaMessages
import NIOCore
import Scram

extension KafkaConnection {
    /// Logs in: SaslHandshake, then SaslAuthenticate until the mechanism is through (KIP-43, KIP-152).
    /// - Returns: how many milliseconds it holds (KIP-368); 0: as long as the connection.
    func logIn(_ login: ClientLogin) async throws(KafkaClientError) -> Int64 {
        try await shakeHands(login)
        guard let mechanism = login.mechanism.scram else {
            // RFC 4616: nobody to act for, the user, the password.
            return try await authenticate([0] + Array(login.user.utf8) + [0] + login.password, login).lifetimeMs
        }
        var scram = ScramLogin(mechanism, user: login.user, password: login.password, nonce: Self.nonce())
        let challenge = try await authenticate(try answer(&scram, to: nil, login), login)
        let verdict = try await authenticate(try answer(&scram, to: challenge.message, login), login)
        do throws(ScramLogin.Failure) {
            try scram.finish(verdict.message)
        } catch {
            throw failure(error, login)
        }
        return verdict.lifetimeMs
    }

    private func shakeHands(_ login: ClientLogin) async throws(KafkaClientError) {
        guard let offered = features.versions[.saslHandshake] else {
            throw KafkaClientError(
                .loginFailed,
                "can't log in to \(address): it takes no logins; set security.protocol to PLAINTEXT or SSL")
        }
        // Version 0 is followed by bare tokens, which nobody has needed since Kafka 1.0.
        guard offered.upperBound >= 1, features.versions[.saslAuthenticate] != nil else {
            throw KafkaClientError(.unsupported, "\(address) speaks only the logins of Kafka before 1.0")
        }
        var request = SaslHandshakeRequest()
        request.mechanism = login.mechanism.rawValue
        let response = try await send(request)
        switch response.errorCode {
        case .none: break
        case .unsupportedSaslMechanism:
            let others = response.mechanisms.joined(separator: ", ")
            let instead = others.isEmpty ? "" : "; it takes \(others): set sasl.mechanism to one of them"
            throw KafkaClientError(
                .loginFailed, "can't log in to \(address): it doesn't take \(login.mechanism.rawValue)\(instead)")
        case .illegalSaslState:
            throw KafkaClientError(
                .loginFailed,
                "can't log in to \(address): the listener takes no logins; set security.protocol to PLAINTEXT or SSL")
        case let error: throw .broker(error, while: "log in to \(address) as \(login)")
        }
    }

    /// Sends one message of the mechanism and waits for the broker's.
    private func authenticate(
        _ message: [UInt8], _ login: ClientLogin
    ) async throws(KafkaClientError) -> (message: [UInt8], lifetimeMs: Int64) {
        var request = SaslAuthenticateRequest()
        request.authBytes = ByteBuffer(bytes: message)
        let response: SaslAuthenticateResponse
        do throws(KafkaClientError) {
            response = try await send(request)
        } catch {
            guard error.code == .connectionClosed else { throw error }
            // What brokers before KIP-152 do to a wrong password.
            throw KafkaClientError(.loginFailed, "can't log in to \(address) as \(login): it closed the connection")
        }
        guard response.errorCode == .none else {
            // Brokers say as little as they can, Kafka's without the word password.
            let text = response.errorMessage ?? ""
            let own = response.errorCode.explanation
            let reason = text.isEmpty || text.contains(own) ? own : "\(own) (\(text))"
            throw KafkaClientError(.loginFailed, "can't log in to \(address) as \(login): \(reason)")
        }
        return (Array(response.authBytes.readableBytesView), max(0, response.sessionLifetimeMs))
    }

    private func answer(
        _ scram: inout ScramLogin, to challenge: [UInt8]?, _ login: ClientLogin
    ) throws(KafkaClientError) -> [UInt8] {
        do throws(ScramLogin.Failure) {
            guard let challenge else { return try scram.first() }
            return try scram.answer(challenge)
        } catch {
            throw failure(error, login)
        }
    }

    private func failure(_ failure: ScramLogin.Failure, _ login: ClientLogin) -> KafkaClientError {
        let reason =
            switch failure {
            case .malformed(let what): "the broker doesn't keep to \(login.mechanism.rawValue): \(what)"
            case .refused: "the broker refuses"
            case .wrongSignature: "the broker can't prove that it knows the user: it may be a false one"
            case .outOfOrder: "the messages are out of order"
            }
        return KafkaClientError(.loginFailed, "can't log in to \(address) as \(login): \(reason)")
    }

    /// 144 random bits, in characters that a SCRAM message may hold.
    private static func nonce() -> String {
        Base64.encode((0..<18).map { _ in UInt8.random(in: .min ... .max) })
    }
}
