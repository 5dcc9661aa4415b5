import Coordinators
import Logging

extension GroupCoordinator {
    /// Reads `__consumer_offsets`. Each partition's groups are served as soon as it is read; before, they are answered
    /// with COORDINATOR_LOAD_IN_PROGRESS.
    func load() async {
        for partition in lanes.indices { await load(partition) }
    }

    private func load(_ partition: Int) async {
        let replay = OffsetsReplay()
        do {
            try await store.replay(partition: partition) { batch in replay.visit(batch) }
        } catch {
            logger.error("__consumer_offsets-\(partition) can't be read, its groups are unavailable: \(error)")
            lanes[partition].phase = .failed
            return
        }
        let outcome = replay.finish()
        if outcome.malformedCount > 0 {
            logger.error(
                """
                __consumer_offsets-\(partition) holds \(outcome.malformedCount) records that can't be read, the last \
                at offset \(outcome.lastMalformedOffset): they are left out
                """)
        }
        if outcome.foreignCount > 0 {
            logger.notice("__consumer_offsets-\(partition): \(outcome.foreignCount) records of other kinds left alone")
        }
        for (groupId, stored) in outcome.groups { install(groupId, stored, in: partition) }
        lanes[partition].phase = .ready
    }

    private func install(_ groupId: String, _ stored: OffsetsReplay.StoredGroup, in partition: Int) {
        guard stored.metadata != nil || !stored.offsets.isEmpty else { return }
        var effects = ConsumerGroup.Effects()
        let group: Group
        if let (snapshot, stateTimestampMs) = stored.metadata {
            group = Group(
                id: groupId, partition: partition,
                machine: ConsumerGroup.StateMachine(
                    reloading: snapshot, configuration: configuration.group, now: clock.monotonicMs(),
                    into: &effects))
            group.isStored = true
            if snapshot.members.isEmpty, stateTimestampMs >= 0 { group.emptySinceMs = stateTimestampMs }
        } else {
            group = Group(
                id: groupId, partition: partition,
                machine: ConsumerGroup.StateMachine(configuration: configuration.group))
        }
        group.offsets = stored.offsets
        groups[groupId] = group
        apply(effects, to: group)
    }
}
