import KafkaMessages
import Scram
import Views

/// What logins share: credentials, the thread for what costs processor time, and the limit on guessing.
struct SaslContext: Sendable {
    let store: SecurityStore
    /// Runs what takes milliseconds, such as hashing a password, off the event loops: a pool of its own.
    let worker: ReadPool
    let limiter: LoginLimiter
    let log: LoginLog
    /// `connections.max.reauth.ms`: how long a login holds; 0: as long as its connection.
    let lifetimeMs: Int64
    /// 24 random bytes and more, printable, without a comma.
    let makeNonce: @Sendable () -> String
}

extension SaslContext {
    private static let threadCount = 2

    init(_ configuration: BrokerConfiguration, store: SecurityStore, log: LoginLog) {
        self.init(
            store: store, worker: ReadPool(threadCount: Self.threadCount, name: "login"),
            limiter: LoginLimiter(delayMs: Int64(configuration.number("connection.failed.authentication.delay.ms"))),
            log: log, lifetimeMs: Int64(configuration.number("connections.max.reauth.ms"))
        ) {
            var random = SystemRandomNumberGenerator()
            return Base64.encode((0..<24).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }
}

/// The login of one connection on a listener that asks for one (KIP-43, KIP-152, KIP-368). Used by that connection's reading
/// task only.
final class SaslLogin {
    /// What an authentication message is answered with.
    enum Step {
        case reply([UInt8])
        /// The principal is known now; `reply` is the mechanism's last message.
        case done(Principal, reply: [UInt8])
        /// The text for the log; the client is told nothing but that it failed.
        case failed(String)
    }

    private enum State {
        case waitingForHandshake
        case waitingForMessage(SaslMechanism)
        case scramming
    }

    private let mechanisms: [SaslMechanism]
    private let context: SaslContext
    private var state = State.waitingForHandshake
    private var exchange: ScramExchange?
    private(set) var principal: Principal?
    /// Whom the last message claimed to be; for the log.
    private(set) var claimedUser = ""
    private(set) var mechanism: SaslMechanism?
    private var expiresAtMs = Int64.max

    init(mechanisms: [SaslMechanism], context: SaslContext) {
        self.mechanisms = mechanisms
        self.context = context
    }

    /// `connections.max.reauth.ms`; 0: a login holds as long as its connection.
    var lifetimeMs: Int64 { context.lifetimeMs }

    /// Whether a request other than those of a login may be handled.
    func isAuthenticated(nowMs: Int64) -> Bool { principal != nil && nowMs < expiresAtMs }

    /// What SaslHandshake answers: the mechanisms are listed on success as well, since some clients look there.
    func handshake(_ mechanism: String) -> (ErrorCode, [String]) {
        let names = mechanisms.map(\.rawValue)
        guard let wanted = SaslMechanism(rawValue: mechanism), mechanisms.contains(wanted) else {
            return (.unsupportedSaslMechanism, names)
        }
        state = .waitingForMessage(wanted)
        self.mechanism = wanted
        exchange = nil
        return (.none, names)
    }

    /// One message of the mechanism that the handshake chose.
    func authenticate(_ message: [UInt8], nowMs: Int64) async -> Step {
        let step: Step
        switch state {
        case .waitingForHandshake: step = .failed("a login begins with SaslHandshake")
        case .waitingForMessage(let mechanism):
            state = .waitingForHandshake
            switch mechanism {
            case .plain: step = await plain(message)
            case .scramSha256: step = openScram(message, .sha256)
            case .scramSha512: step = openScram(message, .sha512)
            }
        case .scramming:
            state = .waitingForHandshake
            step = finishScram(message)
        }
        guard case .done(let found, _) = step else { return step }
        // A user of that name would be nobody.
        guard found.isProven else { return .failed("no principal is called so") }
        // Views and ACLs of this connection were decided for somebody: it stays who it was (KIP-368).
        if let principal, principal != found { return .failed("logs in again as another principal") }
        principal = found
        expiresAtMs = context.lifetimeMs > 0 ? nowMs + context.lifetimeMs : .max
        return step
    }

    private func openScram(_ message: [UInt8], _ mechanism: ScramMechanism) -> Step {
        do throws(ScramExchange.Failure) {
            let opening = try ScramExchange.open(message)
            let key = CredentialKey(user: Name(opening.user), mechanism: mechanism)
            claimedUser = opening.user
            let snapshot = context.store.snapshot
            let credential = snapshot.credentials[key]
            var reply: [UInt8] = []
            exchange = ScramExchange(
                opening, credential: credential ?? snapshot.madeUp.credential(of: key), isKnown: credential != nil,
                serverNonce: context.makeNonce(), reply: &reply)
            state = .scramming
            return .reply(reply)
        } catch {
            return .failed(error.text)
        }
    }

    private func finishScram(_ message: [UInt8]) -> Step {
        guard var exchange = exchange.take() else { return .failed(ScramExchange.Failure.outOfOrder.text) }
        do throws(ScramExchange.Failure) {
            let (user, reply) = try exchange.finish(message)
            return .done(.authenticated(user: user), reply: reply)
        } catch {
            return .failed(error.text)
        }
    }

    /// Checks the password against either of the user's credentials. Whoever is unknown costs as much as whoever is known.
    private func plain(_ message: [UInt8]) async -> Step {
        guard let plain = PlainMessage(parsing: message) else { return .failed("malformed PLAIN message") }
        claimedUser = plain.user.string
        let snapshot = context.store.snapshot
        let known = ScramMechanism.allCases.lazy
            .compactMap { snapshot.credentials[CredentialKey(user: plain.user, mechanism: $0)] }.first
        let unknown = CredentialKey(user: plain.user, mechanism: snapshot.madeUp.commonMechanism)
        let credential = known ?? snapshot.madeUp.credential(of: unknown)
        let password = plain.password
        let isRight = await context.worker.run { credential.isOf(password: password) }
        guard isRight, known != nil else { return .failed("wrong user or password") }
        return .done(.authenticated(user: plain.user.string), reply: [])
    }
}

extension ScramExchange.Failure {
    /// For the log.
    var text: String {
        switch self {
        case .malformed: "malformed SCRAM message"
        case .unsupported: "asks for channel binding or an extension, which there isn't"
        case .otherIdentity: "wants to act for another user"
        case .wrongProof: "wrong user or password"
        case .outOfOrder: "SCRAM message out of order"
        }
    }
}
