import Logging
import Synchronization

/// Says who changed what by an administrative request: topics and settings, never their values. Policy has a log of its own.
final class AdminLog: Sendable {
    /// Whoever may connect may make topics: no flood of them becomes a flood of lines.
    private static let linesPerSecond = 5

    private let logger: Logger
    private let clock: any BrokerClock
    private let limiter = Mutex(LogLimiter(linesPerSecond: linesPerSecond))

    init(logger: Logger, clock: any BrokerClock) {
        self.logger = logger
        self.clock = clock
    }

    /// `origin`: the fields of the request.
    func note(_ change: String, _ origin: Logger.Metadata, _ fields: [String: String]) {
        guard logger.logLevel <= .info,
            let suppressed = limiter.withLock({ $0.admit(nowMs: clock.monotonicMs()) })
        else { return }
        var metadata = origin
        for (name, value) in fields { metadata[name] = "\(value)" }
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.info("\(change)", metadata: metadata)
    }
}
