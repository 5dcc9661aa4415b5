import Synchronization

/// Bytes of view answers that are made and not yet sent, over all connections. Slices of the log aren't counted: they take no
/// memory. When there is much, answers get small, so that slow readers can't fill the memory; none is refused.
final class AnswerMemory: Sendable {
    /// Bytes of an answer while memory is short.
    static let smallAnswerBytes = 64 << 10

    private let bytesMax: Atomic<Int>
    private let held = Atomic<Int>(0)

    init(limit: Int) {
        bytesMax = Atomic(limit)
    }

    /// From here on answers get small.
    var limit: Int { bytesMax.load(ordering: .relaxed) }

    func limit(to byteCount: Int) { bytesMax.store(byteCount, ordering: .relaxed) }

    /// Bytes held now.
    var bytes: Int { held.load(ordering: .relaxed) }

    /// What an answer may have now of the `wanted` bytes.
    func bound(_ wanted: Int) -> Int {
        held.load(ordering: .relaxed) < limit ? wanted : min(wanted, Self.smallAnswerBytes)
    }

    /// Counts an answer until what is returned is called; nil for one without bytes.
    func hold(_ byteCount: Int) -> (@Sendable () -> Void)? {
        guard byteCount > 0 else { return nil }
        held.wrappingAdd(byteCount, ordering: .relaxed)
        return { [self] in held.wrappingSubtract(byteCount, ordering: .relaxed) }
    }
}
