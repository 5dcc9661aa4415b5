import Logging
import Synchronization
import Views

/// Says once per connection and topic why a reader was refused and what would change it. Names topics and groups, never
/// what a record holds.
final class RefusalLog: Sendable {
    private static let noted = 10_000

    private let logger: Logger
    private let seen = Mutex<[UInt64: Set<String>]>([:])

    init(logger: Logger) {
        self.logger = logger
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
        let peer = "\(context.connection.peerAddress):\(context.connection.peerPort)"
        // A client's text: escaped, and cut.
        let client = String(context.clientId.prefix(100)).debugDescription
        logger.warning("refused \(peer), client.id \(client): \(advice)")
    }
}
