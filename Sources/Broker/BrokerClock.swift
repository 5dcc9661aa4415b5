import Glibc

/// The two clocks that the broker reads, injected so that tests move them by hand.
public protocol BrokerClock: Sendable {
    /// Milliseconds since 1970, for timestamps.
    func wallMs() -> Int64
    /// Nanoseconds of a clock that never goes back, for time-outs.
    func monotonicNs() -> Int64
    /// Has `moved` called each time that the clock was moved by hand, by which what waits for a moment looks again. False: the
    /// clock goes by itself as the system's monotonic one does, and nothing is called.
    func onMove(_ moved: @escaping @Sendable () -> Void) -> Bool
}

extension BrokerClock {
    public func onMove(_ moved: @escaping @Sendable () -> Void) -> Bool { false }

    func monotonicMs() -> Int64 { monotonicNs() / 1_000_000 }
}

/// The clocks of the operating system.
public struct SystemBrokerClock: BrokerClock {
    public init() {}

    public func wallMs() -> Int64 { read(CLOCK_REALTIME) / 1_000_000 }
    public func monotonicNs() -> Int64 { read(CLOCK_MONOTONIC) }

    private func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
