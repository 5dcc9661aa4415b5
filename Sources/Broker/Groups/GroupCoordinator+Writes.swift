import Coordinators
import DequeModule
import KafkaMessages
import KafkaRecords
import Logging

extension GroupCoordinator {
    /// Writes a group's metadata.
    func store(_ write: ConsumerGroup.Write, of group: Group) {
        group.isStored = true
        let record: Record
        do throws(WireError) {
            record = try GroupRecords.metadata(write.snapshot, group: group.id, nowMs: clock.wallMs())
        } catch {
            // Names are limited when members join, so this is a limit that was forgotten; the members are told.
            logger.error("group metadata can't be encoded: \(error)")
            group.pendingWrites += 1
            finish(PendingWrite(group: group, records: [], completion: .metadata(write)), succeeded: false)
            return
        }
        enqueue(PendingWrite(group: group, records: [record], completion: .metadata(write)))
    }

    func enqueue(_ write: PendingWrite) {
        write.group.pendingWrites += 1
        guard !isStopped else {
            finish(write, succeeded: false)
            return
        }
        let partition = write.group.partition
        lanes[partition].pending.append(write)
        guard !lanes[partition].isDraining else { return }
        lanes[partition].isDraining = true
        dirtyLanesInput.yield(partition)
    }

    /// Writes all that a partition has to write. One call at a time for a partition.
    func drain(_ partition: Int) async {
        while true {
            let writes = takeBatch(of: partition)
            guard !writes.isEmpty else { break }
            let succeeded = await append(writes, to: partition)
            for write in writes { finish(write, succeeded: succeeded) }
        }
        lanes[partition].isDraining = false
        noteIdle()
    }

    /// As many writes as go into one batch, or one that is larger.
    private func takeBatch(of partition: Int) -> [PendingWrite] {
        var writes: [PendingWrite] = []
        var byteCount = 0
        while let next = lanes[partition].pending.first {
            byteCount += next.byteCount
            if !writes.isEmpty, byteCount > configuration.batchBytesMax { break }
            writes.append(lanes[partition].pending.removeFirst())
        }
        return writes
    }

    private func append(_ writes: [PendingWrite], to partition: Int) async -> Bool {
        var records = Self.records(of: writes)[...]
        do {
            while !records.isEmpty {
                // More than one batch only for a single write of many records.
                var byteCount = 0
                let batch = records.prefix { record in
                    byteCount += record.storedByteCount
                    return byteCount <= configuration.batchBytesMax
                }
                let count = max(1, batch.count)
                let bytes = RecordBatch.encode(Array(records.prefix(count)))
                try await store.append(bytes, partition: partition)
                records = records.dropFirst(count)
            }
            return true
        } catch {
            logger.error("__consumer_offsets-\(partition) can't be written: \(error)")
            return false
        }
    }

    /// What is to be written: of a group's metadata the last state only. A record of it holds all members, and when many
    /// static members come back at once, each has one written.
    private static func records(of writes: [PendingWrite]) -> [Record] {
        var latest: [ObjectIdentifier: Int] = [:]
        for (index, write) in writes.enumerated() {
            if case .metadata = write.completion { latest[ObjectIdentifier(write.group)] = index }
        }
        var records: [Record] = []
        for (index, write) in writes.enumerated() {
            if case .metadata = write.completion, latest[ObjectIdentifier(write.group)] != index { continue }
            records += write.records
        }
        return records
    }

    /// The outcome of a write comes to memory and to who waits for it.
    func finish(_ write: PendingWrite, succeeded: Bool) {
        let group = write.group
        group.pendingWrites -= 1
        var effects = ConsumerGroup.Effects()
        switch write.completion {
        case .metadata(let metadata):
            group.machine.written(metadata, succeeded: succeeded, now: clock.monotonicMs(), into: &effects)
        case .commit(let entries, let continuation):
            if succeeded {
                for (partition, entry) in entries { group.offsets.set(entry, for: partition) }
            }
            continuation.resume(returning: succeeded)
        case .removal(let partitions, let isWhole, let tell):
            if succeeded {
                for partition in partitions { group.offsets.remove(partition) }
                // Unless somebody came meanwhile: what they wrote stands behind the tombstone.
                let isOver = isWhole && group.pendingWrites == 0 && group.offsets.isEmpty
                if isOver, group.machine.stateName == .empty { group.isStored = false }
            }
            tell?(succeeded)
        case .afterOthers(let continuation):
            continuation.resume()
        }
        apply(effects, to: group)
    }
}

extension GroupCoordinator.PendingWrite {
    var byteCount: Int { records.reduce(0) { $0 + $1.storedByteCount } }
}

extension Record {
    /// About what the record takes in a batch.
    fileprivate var storedByteCount: Int { (key?.count ?? 0) + (value?.count ?? 0) + 24 }
}
