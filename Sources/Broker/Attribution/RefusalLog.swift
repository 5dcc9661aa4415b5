import Logging
import Synchronization
import Views

/// Says once per connection and topic why a reader was refused and what would change it. Names topics and groups, never
/// what a record holds.
final class RefusalLog: Sendable {
    private static let noted = 10_000
    private static let linesPerSecond = 5

    private let logger: Logger
    private let clock: any BrokerClock
    private let limiter = Mutex(LogLimiter(linesPerSecond: linesPerSecond))
    private let seen = Mutex<[UInt64: Set<String>]>([:])

    init(logger: Logger, clock: any BrokerClock) {
        self.logger = logger
        self.clock = clock
    }

    func forget(_ connection: UInt64) {
        seen.withLock { $0[connection] = nil }
    }

    func note(_ decision: Decision, topic: Topic, _ context: RequestContext) {
        guard let advice = decision.advice(topic: topic.reference) else { return }
        let isNew = seen.withLock { seen in
            if seen.count > Self.noted { seen.removeAll() }
            return seen[context.connection.id, default: []].insert(topic.name).inserted
        }
        guard isNew else { return }
        // Somebody who connects again and again must not fill the log.
        guard let suppressed = limiter.withLock({ $0.admit(nowMs: clock.monotonicMs()) }) else { return }
        var fields = context.logFields
        fields["topic"] = "\(topic.name)"
        if suppressed > 0 { fields["suppressed"] = "\(suppressed)" }
        logger.warning("refused a reader: \(advice)", metadata: fields)
    }
}
