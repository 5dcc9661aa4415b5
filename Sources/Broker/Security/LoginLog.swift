import Logging
import Synchronization

/// One line for each login that fails, and not too many: who claimed to be whom, from where, and why it failed. What the
/// client is told is the same for every reason.
final class LoginLog: Sendable {
    private static let linesPerSecond = 5

    private let logger: Logger
    private let clock: any BrokerClock
    private let limiter = Mutex(LogLimiter(linesPerSecond: linesPerSecond))

    init(logger: Logger, clock: any BrokerClock) {
        self.logger = logger
        self.clock = clock
    }

    func failed(_ reason: String, user: String, mechanism: String, _ connection: ConnectionInfo) {
        guard let suppressed = limiter.withLock({ $0.admit(nowMs: clock.monotonicMs()) }) else { return }
        var fields: Logger.Metadata = [
            "connection": "\(connection.id)", "listener": "\(connection.listener.name)",
            "peer": "\(connection.peerAddress):\(connection.peerPort)", "mechanism": "\(mechanism.prefix(50))",
        ]
        if !user.isEmpty { fields["user"] = "\(user.prefix(100))" }
        if suppressed > 0 { fields["suppressed"] = "\(suppressed)" }
        logger.warning("a login failed: \(reason)", metadata: fields)
    }
}
