import Synchronization

/// The clock of call deadlines: a thread that moves the engine's epoch every 5 ms while a guest runs, and sleeps else.
final class EpochTicker: Sendable {
    private let running = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let wake = Semaphore()
    private let thread = Mutex<NativeThread?>(nil)

    /// Starts the thread. `engine` is kept until `stop`.
    init(_ engine: WasmEngine) throws(WasmRuntimeError) {
        let state = self
        let started = try NativeThread(name: "sluice-epoch") {
            while !state.stopped.load(ordering: .acquiring) {
                guard state.running.load(ordering: .acquiring) > 0 else {
                    state.wake.wait()
                    continue
                }
                Monotonic.sleep(milliseconds: EngineLimits.tickMs)
                engine.incrementEpoch()
            }
        }
        thread.withLock { $0 = started }
    }

    /// A guest is about to run; `leave` must follow.
    func enter() {
        if running.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue == 0 { wake.signal() }
    }

    func leave() {
        running.wrappingSubtract(1, ordering: .acquiringAndReleasing)
    }

    /// Ends the thread and waits for it. No guest may run any more.
    func stop() {
        stopped.store(true, ordering: .releasing)
        wake.signal()
        thread.withLock { $0.take() }?.join()
    }
}
