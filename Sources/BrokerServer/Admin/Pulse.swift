internal import Synchronization

/// Finds threads that hang: each is asked to run something small now and then, and one that hasn't for long is named.
/// Asking costs a wake-up a thread and nothing where nobody asks.
public final class Pulse: Sendable {
    /// A thread, or anything else that runs what it's given in turn.
    public struct Target: Sendable {
        public var name: String
        public var run: @Sendable (@escaping @Sendable () -> Void) -> Void

        public init(name: String, run: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
            self.name = name
            self.run = run
        }
    }

    private struct State {
        var targets: [Target] = []
        /// When the probe that is out was sent, by target; nil: none is out.
        var sentNs: [Int64?] = []
    }

    private let state = Mutex(State())
    private let limitNs: Int64
    private let nowNs: @Sendable () -> Int64

    /// - Parameters:
    ///   - limitMs: who hasn't answered for so long hangs.
    ///   - nowNs: a clock that never goes back.
    public init(limitMs: Int64, nowNs: @escaping @Sendable () -> Int64) {
        limitNs = limitMs * 1_000_000
        self.nowNs = nowNs
    }

    public func add(_ targets: [Target]) {
        state.withLock { state in
            state.targets += targets
            state.sentNs += targets.map { _ in nil }
        }
    }

    /// Nobody is asked any more: the threads end.
    public func stop() {
        state.withLock { $0 = State() }
    }

    /// Sends a probe to all that have answered the last one.
    public func beat() {
        let now = nowNs()
        let due = state.withLock { state in
            var due: [(Int, Target)] = []
            for index in state.targets.indices where state.sentNs[index] == nil {
                state.sentNs[index] = now
                due.append((index, state.targets[index]))
            }
            return due
        }
        for (index, target) in due { target.run { [self] in answered(index) } }
    }

    private func answered(_ index: Int) {
        state.withLock { state in
            if state.sentNs.indices.contains(index) { state.sentNs[index] = nil }
        }
    }

    /// Who hangs, in one line; nil: nobody.
    public var problem: String? {
        let now = nowNs()
        let names = state.withLock { state in
            state.targets.indices.compactMap { index in
                state.sentNs[index].map { now - $0 > limitNs } ?? false ? state.targets[index].name : nil
            }
        }
        if names.isEmpty { return nil }
        return "no sign of life for \(limitNs / 1_000_000_000) s: \(names.joined(separator: ", "))"
    }
}
