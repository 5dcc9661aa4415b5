import Coordinators
import KafkaMessages
import KafkaRecords

extension GroupCoordinator {
    /// OffsetCommit. The offsets are there, durably, when this returns nil; with an error none of them is.
    func commit(
        _ groupId: String, _ identity: ConsumerGroup.MemberIdentity, generation: Int32,
        _ entries: [(CommittedOffsets.Partition, CommittedOffsets.Entry)]
    ) async -> GroupError? {
        if let error = fault(of: groupId, allowsEmpty: true) { return error }
        // Only a client that shares out its partitions itself may begin a group with a commit.
        guard groups[groupId] != nil || generation < 0 else { return .groupIdNotFound }
        guard lanes[partition(of: groupId)].pending.count < configuration.pendingWritesMax else {
            return .coordinatorNotAvailable
        }
        guard let group = groupOrNew(groupId) else { return .groupMaxSizeReached }
        var effects = ConsumerGroup.Effects()
        let action = group.machine.commit(
            identity, generation: generation, now: clock.monotonicMs(), into: &effects)
        apply(effects, to: group)
        if case .reject(let error) = action { return error }
        let nowMs = clock.wallMs()
        var records: [Record] = []
        records.reserveCapacity(entries.count)
        do throws(WireError) {
            for (partition, entry) in entries {
                records.append(try GroupRecords.offset(entry, group: groupId, partition, nowMs: nowMs))
            }
        } catch {
            return .invalidCommitOffsetSize
        }
        // The group may have been forgotten in `apply`: it has nothing yet.
        groups[groupId] = group
        let isDurable = await withCheckedContinuation { continuation in
            enqueue(PendingWrite(group: group, records: records, completion: .commit(entries, continuation)))
        }
        return isDurable ? nil : .coordinatorNotAvailable
    }

    /// OffsetFetch of a group: all of its offsets, nil where it can't be said. An unknown group has none.
    func offsets(of groupId: String) -> Result<CommittedOffsets, GroupError> {
        if let error = fault(of: groupId, allowsEmpty: true) { return .failure(error) }
        return .success(groups[groupId]?.offsets ?? CommittedOffsets())
    }

    /// DeleteGroups, for one group.
    func delete(_ groupId: String) async -> GroupError? {
        if let error = fault(of: groupId, allowsEmpty: true) { return error }
        guard let group = groups[groupId] else { return .groupIdNotFound }
        guard group.machine.stateName == .empty else { return .nonEmptyGroup }
        let partitions = group.offsets.partitions
        let isDurable = await withCheckedContinuation { continuation in
            remove(partitions, of: group, isWhole: true) { continuation.resume(returning: $0) }
        }
        return isDurable ? nil : .coordinatorNotAvailable
    }

    /// A topic is gone: what groups committed for it must not hold for a later one of its name. Returns when that is
    /// stored; where it can't be, the log says so and the offsets stay.
    func topicDeleted(_ topic: String) async {
        let (stored, input) = AsyncStream<Void>.makeStream()
        var count = 0
        for group in groups.values {
            let partitions = group.offsets.partitions(of: topic)
            guard !partitions.isEmpty else { continue }
            count += 1
            remove(partitions.map { .init(topic: topic, index: $0) }, of: group, isWhole: false) { _ in input.yield() }
        }
        var outcomes = stored.makeAsyncIterator()
        for _ in 0..<count { await outcomes.next() }
    }

    /// Ends offsets whose time is over, and groups that have neither members nor offsets.
    func sweep() {
        let nowMs = clock.wallMs()
        for group in groups.values {
            // A commit on its way would be lost to a tombstone behind it.
            guard group.pendingWrites == 0, group.machine.stateName == .empty else { continue }
            let expired = group.offsets.expired(
                nowMs: nowMs, retentionMs: configuration.offsetsRetentionMs, groupEmptySinceMs: group.emptySinceMs)
            let isWhole = expired.count == group.offsets.count && group.machine.nextDeadline == nil
            if isWhole || !expired.isEmpty { remove(expired, of: group, isWhole: isWhole, nil) }
        }
    }

    /// Writes tombstones; memory follows when they are durable.
    func remove(
        _ partitions: [CommittedOffsets.Partition], of group: Group, isWhole: Bool,
        _ tell: (@Sendable (Bool) -> Void)?
    ) {
        let nowMs = clock.wallMs()
        var records: [Record] = []
        do throws(WireError) {
            for partition in partitions {
                records.append(try GroupRecords.offsetTombstone(group: group.id, partition, nowMs: nowMs))
            }
            if isWhole, group.isStored {
                records.append(try GroupRecords.metadataTombstone(group: group.id, nowMs: nowMs))
            }
        } catch {
            tell?(false)
            return
        }
        enqueue(
            PendingWrite(
                group: group, records: records, completion: .removal(partitions, isWhole: isWhole, tell)))
    }
}
