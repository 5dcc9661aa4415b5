import Coordinators
import KafkaMessages
import KafkaRecords
import Synchronization

/// Reads one partition of `__consumer_offsets` from its start: the last record of each key counts.
final class OffsetsReplay: Sendable {
    struct StoredGroup: Sendable {
        var metadata: (snapshot: ConsumerGroup.Snapshot, stateTimestampMs: Int64)?
        var offsets = CommittedOffsets()
    }

    struct Outcome: Sendable {
        var groups: [String: StoredGroup] = [:]
        /// Records of other coordinators, or of transactions, which this broker has none of.
        var foreignCount = 0
        /// Records that aren't in any version that we know; and where the last of them is.
        var malformedCount = 0
        var lastMalformedOffset: Int64 = -1
    }

    private let state = Mutex(Outcome())

    /// Takes the next batch.
    func visit(_ batch: DecodedBatch) {
        state.withLock { outcome in
            let attributes = batch.header.attributes
            guard !attributes.isControl, !attributes.isTransactional else {
                outcome.foreignCount += batch.records.count
                return
            }
            for index in batch.records.indices {
                do throws(WireError) {
                    try Self.take(batch.record(at: index), into: &outcome)
                } catch {
                    outcome.malformedCount += 1
                    outcome.lastMalformedOffset =
                        batch.header.baseOffset &+ Int64(batch.records[index].offsetDelta)
                }
            }
        }
    }

    func finish() -> Outcome {
        state.withLock { outcome in
            let result = outcome
            outcome = Outcome()
            return result
        }
    }

    private static func take(_ record: Record, into outcome: inout Outcome) throws(WireError) {
        guard let keyBytes = record.key else {
            outcome.foreignCount += 1
            return
        }
        switch try GroupRecords.key(keyBytes) {
        case .offset(let group, let partition):
            guard let value = record.value else {
                outcome.groups[group]?.offsets.remove(partition)
                return
            }
            let entry = try GroupRecords.offset(value)
            outcome.groups[group, default: StoredGroup()].offsets.set(entry, for: partition)
        case .metadata(let group):
            guard let value = record.value else {
                outcome.groups[group]?.metadata = nil
                return
            }
            let metadata = try GroupRecords.metadata(value)
            outcome.groups[group, default: StoredGroup()].metadata = metadata
        case .other:
            outcome.foreignCount += 1
        }
    }
}
