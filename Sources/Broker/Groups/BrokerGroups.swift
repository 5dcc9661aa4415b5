import Coordinators

extension GroupConfiguration {
    init(_ broker: BrokerConfiguration) {
        self.init()
        group.sessionTimeoutMsMin = Int32(clamping: broker.number("group.min.session.timeout.ms"))
        group.sessionTimeoutMsMax = Int32(clamping: broker.number("group.max.session.timeout.ms"))
        group.initialRebalanceDelayMs = Int32(clamping: broker.number("group.initial.rebalance.delay.ms"))
        group.membersMax = broker.number("group.max.size")
        offsetsPartitionCount = broker.number("offsets.topic.num.partitions")
        offsetsRetentionMs = Int64(broker.number("offsets.retention.minutes")) * 60_000
        offsetsRetentionCheckIntervalMs = Int64(broker.number("offsets.retention.check.interval.ms"))
        offsetMetadataBytesMax = broker.number("offset.metadata.max.bytes")
    }
}

/// Members that come and go are evidence of who reads.
extension AttributionService: GroupEvents {
    func groupMember(_ change: ConsumerGroup.MembershipChange, of groupId: String) {
        switch change.kind {
        case .reloaded:
            memberReloaded(
                group: groupId, member: change.memberId, clientId: change.clientId, host: change.clientHost,
                sessionTimeoutMs: Int64(change.sessionTimeoutMs))
        case .left, .expired: memberLeft(group: groupId, member: change.memberId)
        // The requests of the member say more than the change does: see `BrokerSession`.
        case .joined, .resumed: break
        }
    }
}
