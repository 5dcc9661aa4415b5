internal import Logging
internal import Synchronization

/// Why one connection ends: said in the log and counted, once. Shared by all parts of the connection; the first to name a
/// reason has named it.
final class ConnectionEnd: Sendable {
    enum Reason: Int, CaseIterable {
        /// The client went, or the network did.
        case peer
        case idle
        /// What it sent is no frame, or too large.
        case malformed
        /// TLS didn't come about, or the client's certificate names nobody.
        case handshake
        /// A request that took too long to come.
        case slow
        /// A request that the broker can't answer: malformed, not offered, or acks=0 and failed.
        case request
        /// A segment file couldn't be read for its answer.
        case storage
        /// It held bytes that a change of policy took back.
        case policy
        /// The server stops.
        case stopping

        var name: String {
            switch self {
            case .peer: "peer"
            case .idle: "idle"
            case .malformed: "malformed"
            case .handshake: "handshake"
            case .slow: "slow"
            case .request: "request"
            case .storage: "storage"
            case .policy: "policy"
            case .stopping: "stopping"
            }
        }
    }

    private let log: ServerLog
    private let id: UInt64
    private let peer: String
    private let reason = Atomic<Int>(Reason.peer.rawValue)

    init(id: UInt64, peer: String, log: ServerLog) {
        self.id = id
        self.peer = peer
        self.log = log
    }

    var current: Reason { Reason(rawValue: reason.load(ordering: .relaxed)) ?? .peer }

    /// Names the reason, if there is none yet.
    func note(_ reason: Reason) {
        _ = self.reason.compareExchange(
            expected: Reason.peer.rawValue, desired: reason.rawValue, ordering: .relaxed)
    }

    /// Names the reason and tells the operator, at a bounded rate. `fields`: of the request that was to blame.
    func note(_ reason: Reason, _ why: @autoclosure () -> String, fields: Logger.Metadata = [:]) {
        note(reason)
        log.limited("closed a connection: \(why())", fields.merging(place) { own, _ in own })
    }

    func debug(_ message: @autoclosure () -> String) {
        log.logger.debug("\(message())", metadata: place)
    }

    private var place: Logger.Metadata { ["connection": "\(id)", "peer": "\(peer)"] }
}
