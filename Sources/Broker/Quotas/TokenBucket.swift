/// What a holder of a quota may still use: filled at the quota's rate up to its burst, and below zero once more was used
/// than there was. Time in nanoseconds of a clock that never goes back.
struct TokenBucket: Sendable {
    private(set) var units: Double
    private var atNs: Int64

    init(burst: Double, nowNs: Int64) {
        units = burst
        atNs = nowNs
    }

    /// - Parameters:
    ///   - rate: units a second, above 0.
    ///   - burst: units at most.
    mutating func refill(rate: Double, burst: Double, nowNs: Int64) {
        let passed = max(0, nowNs &- atNs)
        atNs = max(atNs, nowNs)
        units = min(burst, units + rate * Double(passed) / 1e9)
    }

    mutating func take(_ amount: Double) { units -= amount }

    /// Until nothing is owed any more, in milliseconds.
    func debtMs(rate: Double) -> Int64 {
        guard units < 0 else { return 0 }
        return Int64(min(-units / rate * 1000, 1e12).rounded(.up))
    }
}
