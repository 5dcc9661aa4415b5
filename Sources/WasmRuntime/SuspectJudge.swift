import DequeModule
import KafkaRecords
import Synchronization

/// Decides about batches in which a call was interrupted: one at a time, on a thread of its own, so that a module full of
/// slow records can't take the machine. Keeps the answers until they are asked for again.
final class SuspectJudge: Sendable {
    private enum Entry {
        case running
        case done(BatchOutcome)
        case failed(firstMs: Int64, lastMs: Int64)
    }

    private struct State {
        var entries: [OutcomeKey: Entry] = [:]
        /// The keys, oldest first.
        var order: Deque<OutcomeKey> = []
        var byteCount = 0
    }

    static let entryLimit = 1024
    static let byteLimit = 64 << 20
    static let runningLimit = 64
    /// After a failure: how long until it is tried again, and until it counts as lasting.
    static let patienceMs: Int64 = 30_000

    private let thread: GuestThreads
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())
    private let isUsed = Atomic(false)

    init(now: @escaping @Sendable () -> Int64) throws(WasmRuntimeError) {
        thread = try GuestThreads(name: "sluice-judge", count: 1, queueLimit: Self.runningLimit)
        self.now = now
    }

    func shutdown() { thread.shutdown() }

    /// Waits until everything that was taken on is decided.
    func settle() async throws(WasmRuntimeError) {
        try await thread.run { _ in }
    }

    /// What is known of `key`; nil: nothing, try it.
    func answer(for key: OutcomeKey) -> TransformResult? {
        // Nearly always nothing was ever judged; then no lock is taken and nothing hashed.
        guard isUsed.load(ordering: .acquiring) else { return nil }
        let now = now()
        return state.withLock { state in
            switch state.entries[key] {
            case nil: nil
            case .running: .judging
            case .done(let outcome): .done(outcome)
            case .failed(let first, let last):
                now - last < Self.patienceMs ? .unavailable(isLasting: now - first >= Self.patienceMs) : nil
            }
        }
    }

    /// Takes `key` on: `work` runs on the judge's thread and gives the outcome, or nil if the machine couldn't.
    func judge(_ key: OutcomeKey, _ work: @escaping @Sendable () -> BatchOutcome?) -> TransformResult {
        isUsed.store(true, ordering: .releasing)
        enum Begin { case taken, new(firstMs: Int64?) }
        let begin = state.withLock { state -> Begin in
            let begin: Begin
            switch state.entries[key] {
            case .running, .done: return .taken
            case .failed(let first, _): begin = .new(firstMs: first)
            case nil: begin = .new(firstMs: nil)
            }
            Self.put(key, .running, into: &state)
            return begin
        }
        guard case .new(let first) = begin else { return .judging }
        thread.post { [self] _ in
            let outcome = work()
            put(key, outcome.map { .done($0) } ?? .failed(firstMs: first ?? now(), lastMs: now()))
        } orElse: { [self] _ in
            // Full or shutting down: the next fetch asks again.
            remove(key)
        }
        return .judging
    }

    /// Remembers that the machine couldn't run `key`.
    func noteFailure(_ key: OutcomeKey) -> TransformResult {
        isUsed.store(true, ordering: .releasing)
        let now = now()
        let first = state.withLock { state in
            if case .failed(let first, _) = state.entries[key] { first } else { now }
        }
        put(key, .failed(firstMs: first, lastMs: now))
        return .unavailable(isLasting: now - first >= Self.patienceMs)
    }

    private func put(_ key: OutcomeKey, _ entry: Entry) {
        state.withLock { Self.put(key, entry, into: &$0) }
    }

    /// Writes an entry and forgets the oldest where there are too many: never one that runs, of which there are few.
    private static func put(_ key: OutcomeKey, _ entry: Entry, into state: inout State) {
        if let old = state.entries.updateValue(entry, forKey: key) {
            state.byteCount -= byteCount(old)
        } else {
            state.order.append(key)
        }
        state.byteCount += byteCount(entry)
        var passed = 0
        while state.entries.count > entryLimit || state.byteCount > byteLimit, passed < state.order.count,
            let oldest = state.order.popFirst()
        {
            if case .running = state.entries[oldest] {
                state.order.append(oldest)
                passed += 1
            } else if oldest == key {
                state.order.append(oldest)
                passed += 1
            } else if let old = state.entries.removeValue(forKey: oldest) {
                state.byteCount -= byteCount(old)
            }
        }
    }

    private func remove(_ key: OutcomeKey) {
        state.withLock { state in
            guard let old = state.entries.removeValue(forKey: key) else { return }
            state.byteCount -= Self.byteCount(old)
            state.order.removeAll { $0 == key }
        }
    }

    private static func byteCount(_ entry: Entry) -> Int {
        guard case .done(let outcome) = entry else { return 0 }
        return outcome.arena.count + outcome.records.count * MemoryLayout<RecordOutcome>.stride
    }
}
