import Synchronization

/// Slows down who guesses passwords: failed logins of an address use up a bucket that fills again with time, and whoever has
/// emptied it waits for its turn. Those who never fail are never held up.
final class LoginLimiter: Sendable {
    private struct Bucket {
        var failures: Double
        var atMs: Int64
    }

    /// Failures of an address that cost nothing but the delay of each.
    private static let burst = 10.0
    /// Failures a second that are forgiven.
    private static let forgivenPerSecond = 1.0
    private static let delayMsMax: Int64 = 10_000
    /// More addresses than this at once are an attack from many places; the oldest are forgotten.
    private static let addressesMax = 10_000

    private let delayMs: Int64
    private let buckets = Mutex<[String: Bucket]>([:])

    /// - Parameter delayMs: `connection.failed.authentication.delay.ms`: how late each failure is answered.
    init(delayMs: Int64) {
        self.delayMs = delayMs
    }

    /// Notes a failed login and says how long its answer is held back.
    func failed(from address: String, nowMs: Int64) -> Int64 {
        buckets.withLock { buckets in
            if buckets.count >= Self.addressesMax, buckets[address] == nil { Self.forget(&buckets, nowMs: nowMs) }
            var bucket = buckets[address] ?? Bucket(failures: 0, atMs: nowMs)
            bucket.failures = Self.remaining(bucket, nowMs: nowMs) + 1
            bucket.atMs = nowMs
            buckets[address] = bucket
            let over = max(0, bucket.failures - Self.burst)
            return min(Self.delayMsMax, delayMs + Int64(over * 1000 / Self.forgivenPerSecond))
        }
    }

    private static func remaining(_ bucket: Bucket, nowMs: Int64) -> Double {
        max(0, bucket.failures - Double(max(0, nowMs - bucket.atMs)) / 1000 * forgivenPerSecond)
    }

    /// Leaves out who is forgiven; if that is nobody, the half that failed longest ago.
    private static func forget(_ buckets: inout [String: Bucket], nowMs: Int64) {
        buckets = buckets.filter { remaining($0.value, nowMs: nowMs) > 0 }
        guard buckets.count >= addressesMax else { return }
        let middle = buckets.values.map(\.atMs).sorted()[buckets.count / 2]
        buckets = buckets.filter { $0.value.atMs > middle }
    }
}
