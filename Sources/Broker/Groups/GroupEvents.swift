import Coordinators

/// Who wants to know which members a group has: attribution, which takes them for evidence of who reads.
protocol GroupEvents: Sendable {
    /// Called on the coordinator for each change, in order. Must not wait.
    func groupMember(_ change: ConsumerGroup.MembershipChange, of groupId: String)
}
