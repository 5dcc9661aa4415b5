@testable import Views

/// A broker's view of some connections on one topic `accounts`, with a view for group `email-app`, another for `audit`
/// and for `a` and `a-b`, and no default: so `deny` for who names no group.
final class Scene {
    var table = AttributionTable()
    var now: Int64 = 1_000
    var nextConnection: UInt64 = 1
    let topic = TopicRef(id: (7, 7), name: "accounts")
    let snapshot: PolicySnapshot

    /// What processes sit behind loopback connections; asked for lazily, as the broker does.
    var processes: [UInt64: ProcessIdentity] = [:]
    private(set) var asked: [UInt64] = []

    init(_ bindings: [Binding] = Scene.bindings) {
        snapshot = Universe.snapshot(bindings, [])
    }

    static let bindings = [
        Binding(group: .exact("email-app"), topic: .exact("accounts"), target: .view(Universe.masked.name)),
        Binding(group: .exact("audit"), topic: .exact("accounts"), target: .view(Universe.narrow.name)),
        Binding(group: .exact("a"), topic: .exact("accounts"), target: .view(Universe.masked.name)),
        Binding(group: .exact("a-b"), topic: .exact("accounts"), target: .view(Universe.narrow.name)),
    ]

    func connect(
        _ clientId: String, software: String? = nil, peer: String = "10.0.0.7", process: Int32? = nil,
        principal: Principal = .anonymous
    ) -> UInt64 {
        let id = nextConnection
        nextConnection += 1
        let isLoopback = peer.hasPrefix("127.") || peer == "::1"
        table.connect(id, principal: principal, peer: peer, isLoopback: isLoopback)
        table.identify(id, clientId: clientId)
        if let software { table.identify(id, softwareName: software, softwareVersion: "1") }
        if let process { processes[id] = ProcessIdentity(pid: process, startTime: 99) }
        return id
    }

    func disconnect(_ connection: UInt64) {
        now += 1
        table.disconnect(connection, now: now)
    }

    /// FindCoordinator, OffsetFetch and the like.
    func request(_ connection: UInt64, _ group: String) {
        now += 1
        table.groupRequest(connection, group: group, now: now)
    }

    /// JoinGroup, SyncGroup, Heartbeat of a member.
    func heartbeat(_ connection: UInt64, _ group: String, member: String? = nil) {
        now += 1
        table.groupRequest(
            connection, group: group, member: member ?? "\(group)-member", sessionTimeoutMs: 45_000, now: now)
    }

    func fetch(_ connection: UInt64, principal: Principal = .anonymous, sessionId: Int32 = 0) -> Outcome {
        now += 1
        table.fetch(connection, sessionId: sessionId, now: now)
        let reader = Reader(principal: principal)
        if Resolution.needsEvidence(snapshot, reader, topic: topic) {
            for id in table.processesWanted(for: connection) {
                asked.append(id)
                table.setProcess(id, processes[id])
            }
        }
        return table.resolve(snapshot, reader, connection: connection, topic: topic, now: now) { _ in true }.outcome
    }

    /// The broker stops and starts again; members come back from `__consumer_offsets`.
    func restart(members: [(group: String, clientId: String, peer: String)]) {
        table = AttributionTable()
        for member in members {
            table.memberReloaded(
                group: member.group, member: "\(member.group)-member", clientId: member.clientId, peer: member.peer,
                sessionTimeoutMs: 45_000, now: now)
        }
    }
}

let emailView = Outcome.view(Universe.masked)
let auditView = Outcome.view(Universe.narrow)
