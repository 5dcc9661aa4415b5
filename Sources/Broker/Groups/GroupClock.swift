/// The time as the coordinator needs it; injected, so that tests move it.
protocol GroupClock: Sendable {
    /// Milliseconds of a clock that never goes back, for time-outs.
    func monotonicMs() -> Int64
    /// Milliseconds since 1970, for timestamps.
    func wallMs() -> Int64
    /// Returns when `monotonicMs` has come to `deadlineMs`, or at once when the task is cancelled.
    func sleep(untilMs deadlineMs: Int64) async
}
