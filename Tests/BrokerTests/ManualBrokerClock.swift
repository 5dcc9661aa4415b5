import Synchronization

@testable import Broker

/// The broker's clocks, which stand still until a test moves them.
final class ManualBrokerClock: BrokerClock {
    private let elapsedMs = Mutex<Int64>(0)

    func wallMs() -> Int64 { 1_700_000_000_000 + elapsedMs.withLock { $0 } }

    func monotonicNs() -> Int64 { elapsedMs.withLock { $0 } * 1_000_000 }

    func advance(_ ms: Int64) {
        elapsedMs.withLock { $0 += ms }
    }
}
