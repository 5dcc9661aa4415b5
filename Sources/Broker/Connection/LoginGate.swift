import KafkaMessages
import Metering
import Views

/// The door of a listener that asks for a login (KIP-43, KIP-152, KIP-368): what may be handled before it, and what a login
/// that fails costs. Used by its connection's reading task only.
final class LoginGate {
    enum Outcome {
        case reply([UInt8])
        case loggedIn(Principal, reply: [UInt8])
        /// What the client is told; its connection closes.
        case refused(String)
    }

    /// So soon after the last one no client logs in again (Kafka's bound).
    private static let intervalMsMin: Int64 = 1000

    private let broker: Broker
    private let connection: ConnectionInfo
    private let login: SaslLogin
    private var lastHandshakeMs: Int64?
    /// SaslHandshake v0 is answered: the mechanism's messages follow, without headers, until the login is through.
    private(set) var takesBareMessages = false

    init(_ broker: Broker, _ connection: ConnectionInfo) {
        self.broker = broker
        self.connection = connection
        login = SaslLogin(mechanisms: connection.listener.saslMechanisms, context: broker.logins)
    }

    var awaitsLogin: Bool { login.principal == nil }

    /// Closes the connection of a client that asks for something before it has logged in, or after its login has lapsed, as
    /// Kafka does: those requests have no answer that says so.
    func admit(_ api: ApiKey) throws(ConnectionClosure) {
        switch api {
        case .apiVersions, .saslHandshake, .saslAuthenticate: return
        default: break
        }
        if login.isAuthenticated(nowMs: now) { return }
        throw ConnectionClosure(
            awaitsLogin
                ? "a request came before the login that this listener asks for"
                : "the login has lapsed (connections.max.reauth.ms)")
    }

    /// - Returns: the answer, and whether the connection closes after it.
    func handshake(
        _ request: SaslHandshakeRequest, version: Int16
    ) async -> (response: SaslHandshakeResponse, closes: Bool) {
        var response = SaslHandshakeResponse()
        let isAgain = !awaitsLogin
        if isAgain, version == 0 || now - (lastHandshakeMs ?? .min / 2) < Self.intervalMsMin {
            response.errorCode = .illegalSaslState
            return (response, false)
        }
        lastHandshakeMs = now
        (response.errorCode, response.mechanisms) = login.handshake(request.mechanism)
        guard response.errorCode == .none else {
            broker.logins.log.failed(
                "the listener doesn't offer the mechanism", user: "", mechanism: request.mechanism, connection)
            await holdBack()
            return (response, true)
        }
        takesBareMessages = version == 0
        return (response, false)
    }

    func authenticate(_ message: [UInt8]) async -> Outcome {
        switch await login.authenticate(message, nowMs: now) {
        case .reply(let reply): return .reply(reply)
        case .done(let principal, let reply):
            takesBareMessages = false
            broker.metrics.logins.add(LoginResult.succeeded.rawValue)
            return .loggedIn(principal, reply: reply)
        case .failed(let reason):
            let mechanism = login.mechanism?.rawValue ?? ""
            broker.logins.log.failed(reason, user: login.claimedUser, mechanism: mechanism, connection)
            await holdBack()
            // The same whatever is wrong.
            return .refused("Authentication failed with SASL mechanism \(mechanism).")
        }
    }

    /// How long the login holds, for the client to come back in time; 0: as long as the connection.
    var lifetimeMs: Int64 { login.lifetimeMs }

    private var now: Int64 { broker.clock.monotonicMs() }

    /// Who guesses is answered late.
    private func holdBack() async {
        broker.metrics.logins.add(LoginResult.failed.rawValue)
        await broker.timers.wait(ms: broker.logins.limiter.failed(from: connection.peerAddress, nowMs: now))
    }
}
