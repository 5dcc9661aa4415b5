/// How often which durations came: fixed buckets, counted without a lock.
public final class Histogram: Sendable {
    /// Upper ends of the buckets in nanoseconds, rising. What is longer than all is counted apart.
    public struct Bounds: Sendable {
        public let nanoseconds: [Int]

        public init(microseconds: [Int]) {
            precondition(microseconds == microseconds.sorted(), "bounds rise")
            nanoseconds = microseconds.map { $0 * 1_000 }
        }

        /// 50 µs to 60 s: requests, which may wait for a disk or be parked.
        public static let requests = Bounds(microseconds: [
            50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
            2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000,
        ])

        /// 100 µs to 10 s: what a disk or a guest takes.
        public static let work = Bounds(microseconds: [
            100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
            2_500_000, 10_000_000,
        ])
    }

    public let bounds: Bounds
    /// One a bucket, one for what is longer than all, and the sum in nanoseconds.
    private let cells: CounterTable

    public init(_ bounds: Bounds) {
        self.bounds = bounds
        cells = CounterTable(count: bounds.nanoseconds.count + 2)
    }

    public func record(nanoseconds: Int64) {
        let value = Int(max(0, nanoseconds))
        var (low, high) = (0, bounds.nanoseconds.count)
        while low < high {
            let middle = low + (high - low) / 2
            if bounds.nanoseconds[middle] < value { low = middle + 1 } else { high = middle }
        }
        cells.add(low)
        cells.add(cells.count - 1, value)
    }

    /// Counts by bucket, not added up, the last for what is longer than all. Each is exact by itself, not with the others.
    public var counts: [Int] { (0...bounds.nanoseconds.count).map { cells[$0] } }

    public var count: Int { counts.reduce(0, +) }

    public var sumSeconds: Double { Double(cells[cells.count - 1]) / 1e9 }
}
