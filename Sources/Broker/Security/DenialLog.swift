import Logging
import Synchronization
import Views

/// Says what was denied to whom, once per connection and right, and not too often: a few lines a second for each principal, so
/// that nobody's denials hide another's. Names resources, never what a record holds.
final class DenialLog: Sendable {
    private struct Right: Hashable {
        var operation: AclOperation
        var type: ResourceType
        var name: Name
    }

    private struct State {
        var seen: [UInt64: Set<Right>] = [:]
        var all = LogLimiter(linesPerSecond: DenialLog.linesPerSecondOfAll)
        var principals: [Principal: LogLimiter] = [:]
        /// Lines left out since the last one.
        var suppressed = 0

        /// Whether there is a line for it, and how many were left out before.
        mutating func admit(_ right: Right, _ connection: UInt64, _ principal: Principal, nowMs: Int64) -> Int? {
            if seen[connection]?.contains(right) ?? false { return nil }
            if seen.count >= DenialLog.connectionsMax, seen[connection] == nil { seen.removeAll() }
            guard seen[connection, default: []].count < DenialLog.rightsMax else { return nil }
            if principals.count >= DenialLog.principalsMax, principals[principal] == nil { principals.removeAll() }
            let limiter = LogLimiter(linesPerSecond: DenialLog.linesPerSecond)
            guard principals[principal, default: limiter].admit(nowMs: nowMs) != nil, all.admit(nowMs: nowMs) != nil
            else {
                // Not seen yet: it is said when it is denied again.
                suppressed += 1
                return nil
            }
            seen[connection, default: []].insert(right)
            defer { suppressed = 0 }
            return suppressed
        }
    }

    /// Connections that are remembered, and rights of each.
    private static let connectionsMax = 10_000
    private static let rightsMax = 100
    private static let principalsMax = 1_000
    private static let linesPerSecond = 5
    private static let linesPerSecondOfAll = 50

    private let logger: Logger
    private let clock: any BrokerClock
    private let state = Mutex(State())

    init(logger: Logger, clock: any BrokerClock) {
        self.logger = logger
        self.clock = clock
    }

    func forget(_ connection: UInt64) {
        state.withLock { $0.seen[connection] = nil }
    }

    func note(_ operation: AclOperation, _ type: ResourceType, _ name: Name, _ context: RequestContext) {
        let right = Right(operation: operation, type: type, name: name)
        let now = clock.monotonicMs()
        let suppressed = state.withLock { $0.admit(right, context.connection.id, context.principal, nowMs: now) }
        guard let suppressed else { return }
        var fields = context.logFields
        fields["principal"] = "\(context.principal)"
        fields["api"] = "\(context.api)"
        fields["operation"] = "\(operation.name)"
        fields["resource"] = "\(type.name):\(name.string.prefix(300))"
        if suppressed > 0 { fields["suppressed"] = "\(suppressed)" }
        logger.warning("denied a request: no ACL allows it", metadata: fields)
    }
}
