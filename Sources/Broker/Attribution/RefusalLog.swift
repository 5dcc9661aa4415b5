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

    func note(_ decision: Decision, topic: String, _ context: RequestContext, waitMs: Int64) {
        let isNew = seen.withLock { seen in
            if seen.count > Self.noted { seen.removeAll() }
            return seen[context.connection.id, default: []].insert(topic).inserted
        }
        guard isNew else { return }
        let peer = "\(context.connection.peerAddress):\(context.connection.peerPort)"
        let client = String(context.clientId.prefix(100)).debugDescription
        logger.warning(
            "refused topic \(topic) to \(peer) (client.id \(client)): \(reason(decision, topic: topic, waitMs: waitMs))"
        )
    }

    private func reason(_ decision: Decision, topic: String, waitMs: Int64) -> String {
        switch decision.reason {
        case .topicNotReadable: return "no READ on the topic"
        case .internalTopic: return "it's the broker's own, for the administrator only"
        case .groupRefused(let group): return "the listener is pinned to another group than \(quoted(group))"
        case .groupIrrelevant, .agreed:
            let group = namedGroup(decision)
            let who = group.map { "group \(quoted($0))" } ?? "a reader without a group"
            let binding = group.map { " or: sluice view set --group \($0) --topic \(topic) VIEW" } ?? ""
            return "\(who) gets deny. To let readers without a binding read it raw: "
                + "sluice view default --topic \(topic) raw\(binding)"
        case .ambiguous(let candidates, _):
            let list = candidates.map { candidate in
                "\(candidate.group.map(quoted) ?? "no group") gets \(candidate.outcome.name)"
            }
            return "its group is ambiguous after \(waitMs) ms: \(list.joined(separator: ", ")). Give each client a "
                + "client.id of its own, or each group a listener (--listener NAME://host:port?group=GROUP)"
        }
    }

    private func namedGroup(_ decision: Decision) -> Name? {
        guard case .agreed(let candidates) = decision.reason else { return nil }
        return candidates.first?.group
    }

    /// Group names are a client's text: escaped, and cut.
    private func quoted(_ name: Name) -> String { String(name.string.prefix(100)).debugDescription }
}
