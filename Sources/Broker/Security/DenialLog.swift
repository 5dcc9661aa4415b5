import Logging
import Synchronization
import Views

/// Says what was denied to whom, once per connection and right, and not too often. Names resources, never what a record
/// holds.
final class DenialLog: Sendable {
    private struct Right: Hashable {
        var operation: AclOperation
        var type: ResourceType
        var name: Name
    }

    /// Connections that are remembered, and rights of each.
    private static let connectionsMax = 10_000
    private static let rightsMax = 100
    private static let linesPerSecond = 5

    private let logger: Logger
    private let clock: any BrokerClock
    private let limiter = Mutex(LogLimiter(linesPerSecond: linesPerSecond))
    private let seen = Mutex<[UInt64: Set<Right>]>([:])

    init(logger: Logger, clock: any BrokerClock) {
        self.logger = logger
        self.clock = clock
    }

    func forget(_ connection: UInt64) {
        seen.withLock { $0[connection] = nil }
    }

    func note(_ operation: AclOperation, _ type: ResourceType, _ name: Name, _ context: RequestContext) {
        let right = Right(operation: operation, type: type, name: name)
        let isNew = seen.withLock { seen in
            if seen.count >= Self.connectionsMax, seen[context.connection.id] == nil { seen.removeAll() }
            guard seen[context.connection.id, default: []].count < Self.rightsMax else { return false }
            return seen[context.connection.id, default: []].insert(right).inserted
        }
        guard isNew, let suppressed = limiter.withLock({ $0.admit(nowMs: clock.monotonicMs()) }) else { return }
        var fields = context.logFields
        fields["principal"] = "\(context.principal)"
        fields["api"] = "\(context.api)"
        fields["operation"] = "\(operation.name)"
        fields["resource"] = "\(type.name):\(name.string.prefix(300))"
        if suppressed > 0 { fields["suppressed"] = "\(suppressed)" }
        logger.warning("denied a request: no ACL allows it", metadata: fields)
    }
}
