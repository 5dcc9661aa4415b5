import HeapModule
import Synchronization

/// Runs actions when their moment has come: one thread and one heap for all parked fetches and late answers.
/// Actions are short and don't block.
final class Timers: Sendable {
    typealias Action = @Sendable () -> Void

    /// Names a scheduled action, to cancel it.
    struct Token: Hashable, Comparable, Sendable {
        fileprivate let deadlineNs: Int64
        fileprivate let sequence: UInt64

        static func < (one: Token, other: Token) -> Bool {
            (one.deadlineNs, one.sequence) < (other.deadlineNs, other.sequence)
        }
    }

    private struct State {
        var order = Heap<Token>()
        /// What has not run and is not cancelled.
        var actions: [Token: Action] = [:]
        var sequence: UInt64 = 0
        var isStopped = false

        mutating func popDue(nowNs: Int64) -> Action? {
            while let token = order.min, token.deadlineNs <= nowNs {
                order.removeMin()
                if let action = actions.removeValue(forKey: token) { return action }
            }
            return nil
        }

        mutating func cancel(_ token: Token) {
            actions[token] = nil
            // Long waits that are always cut short would pile up: rebuild once most of the heap is cancelled.
            if order.count > 64, actions.count < order.count / 4 { order = Heap(actions.keys) }
        }
    }

    private let state = Mutex(State())
    private let signal: ClockedSignal
    private let clock: any BrokerClock

    /// `drives`: false leaves it to the owner to call `fire`, as tests with a manual clock do.
    init(clock: any BrokerClock, drives: Bool = true) {
        self.clock = clock
        signal = ClockedSignal(clock)
        if drives { startThread(named: "timers") { [self] in run() } }
    }

    /// Runs `action` once, `delayMs` from now, unless it's cancelled before.
    @discardableResult
    func schedule(afterMs delayMs: Int64, _ action: @escaping Action) -> Token {
        let deadlineNs = clock.monotonicNs() &+ max(0, delayMs) &* 1_000_000
        let (token, isFirst) = state.withLock { state in
            state.sequence &+= 1
            let token = Token(deadlineNs: deadlineNs, sequence: state.sequence)
            state.order.insert(token)
            state.actions[token] = action
            return (token, state.order.min == token)
        }
        if isFirst { signal.signal() }
        return token
    }

    /// Actions that are to run.
    var scheduledCount: Int { state.withLock { $0.actions.count } }

    /// Returns when the time has come.
    func wait(ms: Int64) async {
        let waiter = TimerWaiter()
        let token = schedule(afterMs: ms) { waiter.end() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter.begin($0) }
        } onCancel: {
            waiter.end()
        }
        cancel(token)
    }

    func cancel(_ token: Token) {
        state.withLock { $0.cancel(token) }
    }

    /// Returns true when `delayMs` have passed, and false at once when the task is cancelled.
    func sleep(forMs delayMs: Int64) async -> Bool {
        let waiter = FetchWaiter()
        let token = schedule(afterMs: delayMs) { waiter.wake() }
        await waiter.wait()
        cancel(token)
        return !Task.isCancelled
    }

    /// Runs every action whose moment has come.
    func fire() {
        while let action = state.withLock({ $0.popDue(nowNs: clock.monotonicNs()) }) { action() }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        signal.signal()
    }

    private func run() {
        while true {
            fire()
            let (next, isStopped) = state.withLock { ($0.order.min?.deadlineNs, $0.isStopped) }
            if isStopped { return }
            signal.wait(untilNs: next)
        }
    }
}

/// A task that waits for its moment, or for its own cancellation.
private final class TimerWaiter: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<Void, Never>)
        case over
    }

    private let state = Mutex(State.new)

    func begin(_ continuation: CheckedContinuation<Void, Never>) {
        let isOver = state.withLock { state in
            if case .over = state { return true }
            state = .waiting(continuation)
            return false
        }
        if isOver { continuation.resume() }
    }

    func end() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .over }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume()
    }
}
