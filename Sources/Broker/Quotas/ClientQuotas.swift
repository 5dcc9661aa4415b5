import Synchronization
import Views

/// Who has used how much, and how long they are held back for it (KIP-13, KIP-124, KIP-612).
///
/// What is used is taken off after the fact, so that a request larger than the quota still gets through; until the debt is
/// paid the next request of its holder waits, from whichever connection. Clients are told in `throttleTimeMs` and wait
/// by themselves (KIP-219).
final class ClientQuotas: Sendable {
    /// A request waits no longer than this, so that clients don't take the broker for dead; what it still owes the next one waits
    /// for.
    static let waitMsMax: Int64 = 20_000
    /// Holders that are told apart. Behind it those of the same quota share what is left.
    static let holdersMax = 20_000
    /// With so many holders, those that owe nothing are looked for at most so often: each time all are walked.
    private static let sweepNs: Int64 = 1_000_000_000

    private struct State {
        var table = QuotaTable()
        var buckets: [QuotaHolder: TokenBucket] = [:]
        /// When full buckets were last looked for.
        var sweptNs: Int64?
    }

    private let clock: any BrokerClock
    /// `quota.window.num` × `quota.window.size.seconds`: for how long a quota may be used in advance.
    private let windowSeconds: Double
    private let state = Mutex(State())
    /// Bits by `QuotaKind`: those that occur. Without quotas a request looks at this only.
    private let kinds = Atomic<UInt8>(0)

    init(clock: any BrokerClock, windowSeconds: Double) {
        self.clock = clock
        self.windowSeconds = windowSeconds
    }

    /// From now on these hold. What has been used stays used.
    func use(_ table: QuotaTable) {
        state.withLock { state in
            state.table = table
            kinds.store(QuotaKind.allCases.reduce(0) { $0 | (table.has($1) ? Self.bit($1) : 0) }, ordering: .releasing)
            state.buckets = state.buckets.filter { table.limits[$0.key.entity]?[$0.key.kind] != nil }
        }
    }

    func has(_ kind: QuotaKind) -> Bool { kinds.load(ordering: .acquiring) & Self.bit(kind) != 0 }

    /// Whether any request can be bounded.
    var boundsRequests: Bool { kinds.load(ordering: .acquiring) & ~Self.bit(.connections) != 0 }

    /// How long a request of this client waits, in milliseconds.
    func debtMs(_ kind: QuotaKind, user: Name, clientId: Name) -> Int64 {
        use(0, kind, user: user, clientId: clientId)
    }

    /// Takes off what a request has used.
    /// - Returns: how long the client has to wait before the next one, in milliseconds; 0 where nothing bounds it.
    @discardableResult
    func use(_ amount: Double, _ kind: QuotaKind, user: Name, clientId: Name) -> Int64 {
        guard has(kind) else { return 0 }
        return state.withLock { state in
            guard let (holder, limit) = state.table.quota(kind, user: user, clientId: clientId) else { return 0 }
            let rate = limit * kind.unitsPerLimit
            return min(
                Self.waitMsMax,
                withBucket(holder, rate: rate, in: &state) { bucket in
                    bucket.take(amount)
                    return bucket.debtMs(rate: rate)
                })
        }
    }

    /// Whether an address may make one more connection now.
    func admitsConnection(from address: String) -> Bool {
        guard has(.connections) else { return true }
        return state.withLock { state in
            guard let (holder, rate) = state.table.quota(ofAddress: Name(address)) else { return true }
            return withBucket(holder, rate: rate, in: &state) { bucket in
                guard bucket.units >= 1 else { return false }
                bucket.take(1)
                return true
            }
        }
    }

    private func withBucket<Result>(
        _ holder: QuotaHolder, rate: Double, in state: inout State, _ body: (inout TokenBucket) -> Result
    ) -> Result {
        let (nowNs, burst) = (clock.monotonicNs(), rate * windowSeconds)
        var holder = holder
        if state.buckets[holder] == nil, state.buckets.count >= Self.holdersMax {
            sweep(&state, nowNs: nowNs)
            if state.buckets.count >= Self.holdersMax { holder = holder.shared }
        }
        var bucket = state.buckets[holder] ?? TokenBucket(burst: burst, nowNs: nowNs)
        bucket.refill(rate: rate, burst: burst, nowNs: nowNs)
        let result = body(&bucket)
        state.buckets[holder] = bucket
        return result
    }

    /// Forgets those whose bucket is full again, which is as good as none.
    private func sweep(_ state: inout State, nowNs: Int64) {
        if let sweptNs = state.sweptNs, nowNs - sweptNs < Self.sweepNs { return }
        state.sweptNs = nowNs
        for (key, bucket) in state.buckets {
            let limit = state.table.limits[key.entity]?[key.kind] ?? 0
            let rate = limit * key.kind.unitsPerLimit
            var bucket = bucket
            bucket.refill(rate: rate, burst: rate * windowSeconds, nowNs: nowNs)
            if bucket.units >= rate * windowSeconds { state.buckets[key] = nil }
        }
    }

    private static func bit(_ kind: QuotaKind) -> UInt8 {
        switch kind {
        case .produce: 1
        case .fetch: 2
        case .requestTime: 4
        case .connections: 8
        }
    }
}
