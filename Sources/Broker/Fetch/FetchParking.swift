import Metering

/// Holds fetches that have nothing to answer yet, until a partition grows, the policy changes or their time is up.
final class FetchParking: Sendable {
    private let timers: Timers
    /// All that are parked: a policy change wakes every one, since its outcome may have changed.
    private let all = FetchWatchers()
    private let parkedSeconds: Histogram
    private let clock: any BrokerClock

    init(timers: Timers, parkedSeconds: Histogram = Histogram(.requests), clock: any BrokerClock = SystemBrokerClock())
    {
        self.timers = timers
        self.parkedSeconds = parkedSeconds
        self.clock = clock
    }

    /// Fetches that wait now.
    var count: Int { all.count }

    /// Waits until one of `partitions` publishes, `wakeAll` is called, `ms` have passed or the task is cancelled.
    /// `isStale` is asked after the fetch is on all lists, so that nothing that came between is missed.
    func park(on partitions: [Partition], ms: Int64, isStale: () -> Bool) async {
        let waiter = FetchWaiter()
        all.add(waiter)
        for partition in partitions { partition.watchers.add(waiter) }
        defer {
            for partition in partitions { partition.watchers.remove(waiter) }
            all.remove(waiter)
        }
        if isStale() { return }
        let start = clock.monotonicNs()
        defer { parkedSeconds.record(nanoseconds: clock.monotonicNs() - start) }
        let token = timers.schedule(afterMs: ms) { waiter.wake() }
        await waiter.wait()
        timers.cancel(token)
    }

    func wakeAll() { all.wake() }
}
