import BrokerServer
import Synchronization
import Testing

@Suite struct PulseTests {
    /// A thread that runs what it's given when the test says so.
    final class Lazy: Sendable {
        let waiting = Mutex<[@Sendable () -> Void]>([])

        func run() {
            let all = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for one in all { one() }
        }
    }

    @Test func whoDoesNotAnswerIsNamed() {
        let now = Mutex<Int64>(0)
        let pulse = Pulse(limitMs: 10_000) { now.withLock { $0 } }
        let lazy = Lazy()
        pulse.add([
            Pulse.Target(name: "log-0") { work in lazy.waiting.withLock { $0.append(work) } },
            Pulse.Target(name: "timers") { $0() },
        ])
        pulse.beat()
        #expect(pulse.problem == nil)
        now.withLock { $0 = 10_000_000_000 }
        pulse.beat()
        #expect(pulse.problem == nil)
        // One probe is out at a time, whatever the number of beats.
        #expect(lazy.waiting.withLock { $0.count } == 1)
        now.withLock { $0 = 10_000_000_001 }
        #expect(pulse.problem == "no sign of life for 10 s: log-0")
        lazy.run()
        #expect(pulse.problem == nil)
        pulse.beat()
        now.withLock { $0 = 30_000_000_000 }
        #expect(pulse.problem == "no sign of life for 10 s: log-0")
        pulse.stop()
        #expect(pulse.problem == nil)
        // An answer that comes after the stop is nobody's.
        lazy.run()
    }
}
