import KafkaMessages
import Logging
import Metering
import Synchronization
import Views

/// Finds the group behind a fetch and resolves what it gets: the evidence memory behind a lock, the look-up of loopback
/// peers, and the log line that says what to set when somebody is refused.
final class AttributionService: Sendable {
    private struct State {
        var table: AttributionTable
        /// Open connections, for looking up their processes.
        var connections: [UInt64: ConnectionInfo] = [:]
        /// The client.id that each connection said last.
        var clientIds: [UInt64: String] = [:]
    }

    private static let clientIdBytesMax = 512
    /// Group connections that come while processes are looked up are looked up, too; so often, then the reader waits.
    private static let lookUpRoundsMax = 16

    private let state: Mutex<State>
    private let processes: (any PeerProcessLookup)?
    private let clock: any BrokerClock
    private let refusals: RefusalLog
    private let metrics: BrokerMetrics

    init(
        waitMs: Int64, processes: (any PeerProcessLookup)?, clock: any BrokerClock, logger: Logger,
        metrics: BrokerMetrics
    ) {
        var configuration = AttributionTable.Configuration()
        configuration.waitMs = waitMs
        state = Mutex(State(table: AttributionTable(configuration: configuration)))
        self.processes = processes
        self.clock = clock
        refusals = RefusalLog(logger: logger, clock: clock)
        self.metrics = metrics
    }

    // MARK: What connections show

    func connected(_ connection: ConnectionInfo, as principal: Principal) {
        state.withLock { state in
            state.connections[connection.id] = connection
            state.table.connect(
                connection.id, principal: principal, peer: connection.peerAddress,
                pinnedGroup: connection.listener.pinnedGroup,
                isLoopback: processes != nil && connection.isLoopback && connection.peerUserId == nil)
        }
    }

    /// The connection has proven who it is. What it has shown of itself before stays.
    func authenticated(_ connection: ConnectionInfo, as principal: Principal) {
        state.withLock { $0.table.authenticate(connection.id, as: principal) }
    }

    func disconnected(_ connection: ConnectionInfo) {
        let now = clock.monotonicMs()
        state.withLock { state in
            state.table.disconnect(connection.id, now: now)
            state.connections[connection.id] = nil
            state.clientIds[connection.id] = nil
        }
        refusals.forget(connection.id)
    }

    /// A request has come; its header names the client. What is too long to be remembered is as good as none.
    func request(_ context: RequestContext) {
        let clientId = context.clientId.utf8.count <= Self.clientIdBytesMax ? context.clientId : ""
        state.withLock { state in
            guard state.clientIds[context.connection.id] != clientId else { return }
            state.clientIds[context.connection.id] = clientId
            state.table.identify(context.connection.id, clientId: clientId)
        }
    }

    func software(_ name: String, _ version: String, of connection: ConnectionInfo) {
        state.withLock { $0.table.identify(connection.id, softwareName: name, softwareVersion: version) }
    }

    /// A request for exactly one group. False if the listener is pinned to another: answer 30.
    func groupRequest(
        _ context: RequestContext, group: String, member: String? = nil, sessionTimeoutMs: Int64? = nil
    ) -> Bool {
        let now = clock.monotonicMs()
        return state.withLock { state in
            state.table.groupRequest(
                context.connection.id, group: group, member: member, sessionTimeoutMs: sessionTimeoutMs, now: now)
        }
    }

    /// A request for several groups at once: an administrator's tool, which is evidence of nothing.
    func adminRequest(_ context: RequestContext) {
        state.withLock { $0.table.adminRequest(context.connection.id) }
    }

    /// Returns whether the fetch session that the request names (0: none) is this client's.
    func fetch(_ context: RequestContext, group: String?, sessionId: Int32) -> Bool {
        let now = clock.monotonicMs()
        return state.withLock {
            $0.table.fetch(context.connection.id, requestGroup: group, sessionId: sessionId, now: now)
        }
    }

    func sessionOpened(_ context: RequestContext, sessionId: Int32) {
        state.withLock { $0.table.sessionOpened(context.connection.id, sessionId: sessionId) }
    }

    func memberLeft(group: String, member: String) {
        state.withLock { $0.table.memberLeft(group: group, member: member) }
    }

    func memberReloaded(group: String, member: String, clientId: String, host: String, sessionTimeoutMs: Int64) {
        let now = clock.monotonicMs()
        state.withLock { state in
            state.table.memberReloaded(
                group: group, member: member, clientId: clientId, peer: host, sessionTimeoutMs: sessionTimeoutMs,
                now: now)
        }
    }

    /// `attribution.wait.ms`, from now on.
    func wait(ms waitMs: Int64) {
        state.withLock { $0.table.configuration.waitMs = waitMs }
    }

    /// Clients whose groups are remembered.
    var rememberedCount: Int { state.withLock { $0.table.rememberedClientCount } }

    func sweep() {
        let now = clock.monotonicMs()
        state.withLock { $0.table.sweep(now: now) }
    }

    // MARK: What a reader gets

    func reader(_ context: RequestContext) -> Reader {
        let listener = context.connection.listener
        return Reader(
            principal: context.principal,
            listener: ListenerRule(pinnedGroup: listener.pinnedGroup, cap: listener.cap))
    }

    /// Resolves one topic for the reader of a Fetch. Asks for processes only where the group can change the outcome.
    func outcome(topic: Topic, _ context: RequestContext, _ snapshot: PolicySnapshot) async -> Outcome {
        for _ in 0..<Self.lookUpRoundsMax {
            switch step(topic: topic.reference, context, snapshot) {
            case .decided(let decision):
                metrics.outcomes.add(OutcomeKind(decision.outcome).rawValue)
                if let evidence = decision.evidence { metrics.evidence.add(evidence.rawValue) }
                if case .deny = decision.outcome {
                    refusals.note(decision, topic: topic, context)
                }
                return decision.outcome
            case .lookUp(let connections):
                guard await lookUpProcesses(of: connections) else { return undecided() }
            }
        }
        return undecided()
    }

    /// Nothing can be known now, so the reader waits.
    private func undecided() -> Outcome {
        metrics.outcomes.add(OutcomeKind.wait.rawValue)
        return .wait
    }

    private enum Step {
        case decided(Decision)
        case lookUp([ConnectionInfo])
    }

    /// Decides where all is known that can be. In one critical section: a member that is heard of in between would be
    /// neither one that may be anywhere nor one whose process is known.
    private func step(topic: TopicRef, _ context: RequestContext, _ snapshot: PolicySnapshot) -> Step {
        let reader = reader(context)
        let asks = processes != nil && Resolution.needsEvidence(snapshot, reader, topic: topic)
        let now = clock.monotonicMs()
        return state.withLock { state in
            let wanted = asks ? state.table.processesWanted(for: context.connection.id) : []
            let connections = wanted.compactMap { state.connections[$0] }
            if !connections.isEmpty { return .lookUp(connections) }
            return .decided(
                state.table.resolve(
                    snapshot, reader, connection: context.connection.id, topic: topic, now: now,
                    mayReadGroup: { context.access.allows(.read, .group, $0) }))
        }
    }

    /// False if they can't be looked up now.
    private func lookUpProcesses(of connections: [ConnectionInfo]) async -> Bool {
        guard let processes else { return false }
        for connection in connections {
            do throws(PeerProcessUnknown) {
                let owner = try await processes.owner(of: connection)
                let process = owner.map { ProcessIdentity(pid: $0.pid, startTime: $0.startTime) }
                state.withLock { $0.table.setProcess(connection.id, process) }
            } catch {
                return false
            }
        }
        return true
    }
}

extension Topic {
    var reference: TopicRef { TopicRef(id: (id.high, id.low), name: name) }
}
