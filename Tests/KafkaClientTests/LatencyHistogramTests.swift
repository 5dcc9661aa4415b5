import KafkaClient
import Testing

@Suite struct LatencyHistogramTests {
    @Test func percentilesAreAtMostOneAndAHalfPercentHigh() {
        var histogram = LatencyHistogram()
        for value in 1...100_000 as ClosedRange<Int64> { histogram.record(nanoseconds: value * 1000) }
        for (fraction, exact) in [(0.5, 50_000_000), (0.95, 95_000_000), (0.99, 99_000_000), (0.999, 99_900_000)]
            as [(Double, Int64)]
        {
            let found = histogram.percentile(fraction)
            #expect(found >= exact && Double(found) <= Double(exact) * 1.016, "\(fraction): \(found)")
        }
        #expect(histogram.percentile(1) == 100_000_000 && histogram.max == 100_000_000)
        #expect(histogram.mean == 50_000_500)
    }

    @Test(arguments: [0, 1, 63, 64, 65, 127, 128, 1_000_000, .max] as [Int64])
    func oneValueIsAllPercentiles(value: Int64) {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: value, times: 3)
        #expect(histogram.count == 3)
        for fraction in [0, 0.5, 1] { #expect(histogram.percentile(fraction) == value) }
    }

    @Test func nothingIsZero() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(0.99) == 0 && histogram.mean == 0 && histogram.max == 0)
        histogram.record(nanoseconds: -5)
        #expect(histogram.percentile(1) == 0 && histogram.count == 1)
    }
}
