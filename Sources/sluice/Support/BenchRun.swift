import KafkaClient

/// Counts of a measurement while it goes on.
struct BenchRun {
    let limit: Int
    let bar: ProgressBar
    private(set) var recordCount = 0
    private var byteCount = 0
    private var latencies = LatencyHistogram()
    private let start = ContinuousClock.now
    /// When the last answer came.
    private var last = ContinuousClock.now

    /// - Parameter total: records of the whole measurement, for the progress bar.
    init(limit: Int, total: Int64?) {
        self.limit = limit
        bar = ProgressBar("bench", total: total, unit: .records)
    }

    mutating func took(_ acknowledged: inout [(nanoseconds: Int64, recordCount: Int)], bytesPerRecord: Int) {
        guard !acknowledged.isEmpty else { return }
        for entry in acknowledged {
            latencies.record(nanoseconds: entry.nanoseconds, times: entry.recordCount)
            count(entry.recordCount, bytes: entry.recordCount * bytesPerRecord)
        }
        acknowledged.removeAll(keepingCapacity: true)
    }

    mutating func took(_ amount: FetchedAmount, nanoseconds: Int64) {
        guard amount.recordCount > 0 else { return }
        latencies.record(nanoseconds: nanoseconds)
        count(amount.recordCount, bytes: amount.byteCount)
    }

    private mutating func count(_ records: Int, bytes: Int) {
        recordCount += records
        byteCount += bytes
        last = .now
        bar.advance(by: Int64(records))
    }

    func report(topic: String, isInterrupted: Bool) -> BenchReport {
        BenchReport(
            topic: topic, recordCount: recordCount, byteCount: byteCount, nanoseconds: (last - start).nanoseconds,
            latencies: latencies, isInterrupted: isInterrupted)
    }
}

/// Spreads records over time.
struct BenchPace {
    private let rate: Int?
    private let start: ContinuousClock.Instant
    private let end: ContinuousClock.Instant?
    private var taken = 0
    private(set) var isOver = false
    /// When the next record is due.
    private(set) var next: ContinuousClock.Instant

    init(rate: Int?, seconds: Int?, start: ContinuousClock.Instant) {
        self.rate = rate
        self.start = start
        end = seconds.map { start + .seconds($0) }
        next = start
    }

    /// Records that may be sent by now and haven't been.
    mutating func allowance(at now: ContinuousClock.Instant) -> Int {
        if let end, now >= end { isOver = true }
        guard let rate else { return .max }
        let due = Int(Double((now - start).nanoseconds) / 1e9 * Double(rate)) + 1
        let count = max(0, due - taken)
        // Whole milliseconds: a sleep isn't finer.
        if count == 0 { next = now + .milliseconds(max(1, 1000 / rate)) }
        if count == 0, let end { next = min(next, end) }
        return count
    }

    mutating func took(_ count: Int) { taken += count }
}

/// What a measurement came to.
struct BenchReport: Sendable {
    var topic: String
    var recordCount: Int
    /// Of values when writing, of batches when reading.
    var byteCount: Int
    var nanoseconds: Int64
    var latencies: LatencyHistogram
    var isInterrupted: Bool

    static let percentiles: [(name: String, fraction: Double)] = [
        ("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("p99_9", 0.999),
    ]

    private func perSecond(_ count: Int) -> Int64 {
        nanoseconds > 0 ? Int64(Double(count) * 1e9 / Double(nanoseconds)) : 0
    }

    var json: JSON {
        var latency: [String: JSON] = ["max": JSON(latencies.max / 1000), "mean": JSON(latencies.mean / 1000)]
        for (name, fraction) in Self.percentiles { latency[name] = JSON(latencies.percentile(fraction) / 1000) }
        return [
            "topic": .string(topic), "records": JSON(recordCount), "bytes": JSON(byteCount),
            "duration_ms": JSON(nanoseconds / 1_000_000), "records_per_second": JSON(perSecond(recordCount)),
            "bytes_per_second": JSON(perSecond(byteCount)), "latency_us": .object(latency),
            "interrupted": .bool(isInterrupted),
        ]
    }

    var text: String {
        let values = Self.percentiles.map { name, fraction in
            let shown = name.replacing("_", with: ".")
            return "\(shown) \(Quantity.time(nanoseconds: latencies.percentile(fraction)))"
        }
        return """
            \(Quantity.plural(recordCount, "record")), \(Quantity.bytes(Int64(byteCount))) \
            in \(Quantity.time(nanoseconds: nanoseconds))
            \(Quantity.count(perSecond(recordCount))) records/s, \(Quantity.bytes(perSecond(byteCount)))/s
            latency \(values.joined(separator: ", ")), max \(Quantity.time(nanoseconds: latencies.max))

            """
    }

    func show(_ format: OutputFormat) throws {
        try Output.show(format, json: json) { text }
        if isInterrupted {
            throw CommandFailure(.interrupted, "interrupted; the figures are of the part that was done")
        }
    }
}
