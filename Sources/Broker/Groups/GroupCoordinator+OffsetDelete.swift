import Coordinators
import KafkaMessages
import NIOCore

extension GroupCoordinator {
    /// OffsetDelete. The offsets are gone, durably, when this returns; with an error none of them is.
    /// - Returns: the topics whose offsets stay, since a member subscribes to them.
    func deleteOffsets(
        of groupId: String, _ partitions: Set<CommittedOffsets.Partition>
    ) async -> Result<Set<String>, GroupError> {
        if let error = fault(of: groupId) { return .failure(error) }
        guard let group = groups[groupId] else { return .failure(.groupIdNotFound) }
        guard lanes[group.partition].pending.count < configuration.pendingWritesMax else {
            return .failure(.coordinatorNotAvailable)
        }
        let asked = Set(partitions.map(\.topic))
        let subscribed: Set<String>
        if group.machine.stateName == .empty {
            subscribed = []
        } else {
            // Only consumers say what they subscribe to in a way that can be read.
            guard group.machine.description.protocolType == "consumer" else { return .failure(.nonEmptyGroup) }
            subscribed = Self.topics(of: group.machine.subscriptions)?.intersection(asked) ?? asked
        }
        // What is on its way to a partition isn't in `offsets` yet; the tombstone comes behind it.
        let removed = partitions.filter { partition in
            !subscribed.contains(partition.topic)
                && (group.pendingWrites > 0 || group.offsets[partition.topic, partition.index] != nil)
        }.sorted()
        guard !removed.isEmpty else { return .success(subscribed) }
        let isDurable = await withCheckedContinuation { continuation in
            remove(removed, of: group, isWhole: false) { continuation.resume(returning: $0) }
        }
        return isDurable ? .success(subscribed) : .failure(.coordinatorNotAvailable)
    }

    /// The topics that members name; nil if one of them can't be read, and so may mean any.
    private static func topics(of subscriptions: [[UInt8]]) -> Set<String>? {
        var topics: Set<String> = []
        for bytes in subscriptions {
            do throws(WireError) {
                topics.formUnion(try ConsumerProtocolSubscription(decoding: ByteBuffer(bytes: bytes)).topics)
            } catch {
                return nil
            }
        }
        return topics
    }
}
