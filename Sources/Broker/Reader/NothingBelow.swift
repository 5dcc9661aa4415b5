import DequeModule
import KafkaMessages
import Synchronization
import WasmRuntime

/// Remembers where a view has nothing to show, for readers whose position can't be moved by an empty answer: they ask from the
/// same offset again and again, and without this the same batches would be run through the view each time.
final class NothingBelow: Sendable {
    struct Key: Sendable, Hashable {
        var topicId: Uuid
        var partition: Int32
        var leaderEpoch: Int32
        var digest: ViewDigest
    }

    /// Nothing is shown of the offsets in here.
    private struct State {
        var ranges: [Key: Range<Int64>] = [:]
        /// Keys in the order in which they came.
        var order: Deque<Key> = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int = 10_000) {
        self.limit = limit
    }

    /// The first offset from `offset` on that may have something to show.
    func skip(_ key: Key, from offset: Int64) -> Int64 {
        state.withLock { state in
            guard let range = state.ranges[key], range.contains(offset) else { return offset }
            return range.upperBound
        }
    }

    /// Nothing is shown from `lower` up to, but without, `upper`.
    func note(_ key: Key, _ lower: Int64, _ upper: Int64) {
        guard lower < upper else { return }
        state.withLock { state in
            guard let known = state.ranges[key] else {
                state.ranges[key] = lower..<upper
                state.order.append(key)
                if state.order.count > limit, let oldest = state.order.popFirst() { state.ranges[oldest] = nil }
                return
            }
            let isJoined = lower <= known.upperBound && upper >= known.lowerBound
            state.ranges[key] =
                isJoined ? min(lower, known.lowerBound)..<max(upper, known.upperBound) : lower..<upper
        }
    }
}
