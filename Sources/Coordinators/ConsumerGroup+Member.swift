extension ConsumerGroup {
    /// One member as the coordinator knows it.
    struct Member: Sendable {
        let id: String
        let instanceId: String?
        /// Order of arrival: decides between members that are otherwise equal.
        let sequence: UInt64
        var clientId: String
        var clientHost: String
        var sessionTimeoutMs: Int32
        var rebalanceTimeoutMs: Int32
        var protocols: [MemberProtocol]
        var assignment: [UInt8] = []
        /// Its JoinGroup or SyncGroup that waits for an answer.
        var joinTicket: Ticket?
        var syncTicket: Ticket?
        /// Takes part in the rebalance that is being prepared. Stays true when its connection goes.
        var hasJoined = false
        /// Has never been given a generation, so can't send heartbeats.
        var isNew: Bool
        /// Known from before a restart only.
        var isReloaded = false
        /// The monotonic time, in ms, at which it is taken for dead.
        var deadline: Int64

        /// A known member that waits for the coordinator can't be blamed for its silence.
        var canExpire: Bool {
            isNew || (joinTicket == nil && syncTicket == nil)
        }

        var metadataByteCount: Int { protocols.reduce(0) { $0 + $1.metadata.count } }

        func metadata(of protocolName: String?) -> [UInt8] {
            protocols.first { $0.name == protocolName }?.metadata ?? []
        }

        /// The first of the member's protocols that all members have.
        func vote(among candidates: Set<String>) -> String? {
            protocols.first { candidates.contains($0.name) }?.name
        }

        func change(_ kind: MembershipChange.Kind) -> MembershipChange {
            MembershipChange(
                kind: kind, memberId: id, clientId: clientId, clientHost: clientHost,
                sessionTimeoutMs: sessionTimeoutMs)
        }

        /// The same member under another id: what a static member becomes when it starts anew.
        func renamed(_ newId: String, deadline: Int64) -> Member {
            Member(
                id: newId, instanceId: instanceId, sequence: sequence, clientId: clientId, clientHost: clientHost,
                sessionTimeoutMs: sessionTimeoutMs, rebalanceTimeoutMs: rebalanceTimeoutMs, protocols: protocols,
                assignment: assignment, hasJoined: hasJoined, isNew: false, deadline: deadline)
        }
    }
}
