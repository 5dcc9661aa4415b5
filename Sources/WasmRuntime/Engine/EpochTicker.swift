import Synchronization

/// The clock of call deadlines: a thread that moves the engine's epoch every 5 ms while guests run, and sleeps else.
///
/// It goes on for a moment after the last guest: under load there is a pause between two batches, and to wake a thread in
/// each costs more than to look at a counter.
final class EpochTicker: Sendable {
    private let running = Atomic<Int>(0)
    /// The thread ticks, or has been told to.
    private let ticking = Atomic<Bool>(false)
    private let stopped = Atomic<Bool>(false)
    private let wake = Semaphore()
    private let thread = Mutex<NativeThread?>(nil)
    /// Ticks without a guest before the thread sleeps.
    private static let idleTicks = 20

    /// Starts the thread. `engine` is kept until `stop`.
    init(_ engine: WasmEngine) throws(WasmRuntimeError) {
        let state = self
        let started = try NativeThread(name: "sluice-epoch") { state.run(engine) }
        thread.withLock { $0 = started }
    }

    private func run(_ engine: WasmEngine) {
        var idle = Self.idleTicks
        while !stopped.load(ordering: .acquiring) {
            idle = running.load(ordering: .acquiring) > 0 ? 0 : idle + 1
            if idle > Self.idleTicks {
                ticking.store(false, ordering: .sequentiallyConsistent)
                // A guest that came before the line above has seen a ticking clock and woken nobody.
                if running.load(ordering: .sequentiallyConsistent) == 0 { wake.wait() }
                ticking.store(true, ordering: .sequentiallyConsistent)
                idle = 0
                continue
            }
            Monotonic.sleep(milliseconds: EngineLimits.tickMs)
            engine.incrementEpoch()
        }
    }

    /// A guest is about to run; `leave` must follow.
    func enter() {
        // Both sides write their flag before they read the other's, so that one of them sees that it must act.
        running.wrappingAdd(1, ordering: .sequentiallyConsistent)
        if ticking.load(ordering: .sequentiallyConsistent) { return }
        if !ticking.exchange(true, ordering: .sequentiallyConsistent) { wake.signal() }
    }

    func leave() {
        running.wrappingSubtract(1, ordering: .releasing)
    }

    /// Ends the thread and waits for it. No guest may run any more.
    func stop() {
        stopped.store(true, ordering: .releasing)
        wake.signal()
        thread.withLock { $0.take() }?.join()
    }
}
