import Metering
import Testing

@Suite struct MetricsPageTests {
    static let requests = MetricDefinition.counter("t_requests_total", labels: ["api", "error"], "Requests.")
    static let level = MetricDefinition.gauge("t_level", "A level.")
    static let seconds = MetricDefinition.histogram("t_seconds", labels: ["api"], "How long.")

    @Test func aCounterHasItsSuffixWhereTheFormatWantsIt() {
        func page(_ format: MetricsPage.Format) -> String {
            var page = MetricsPage(format)
            page.write(Self.requests) { $0.add(["Fetch", "NONE"], 7) }
            return page.finish()
        }
        #expect(
            page(.prometheus) == """
                # HELP t_requests_total Requests.
                # TYPE t_requests_total counter
                t_requests_total{api="Fetch",error="NONE"} 7

                """)
        #expect(
            page(.openMetrics) == """
                # HELP t_requests Requests.
                # TYPE t_requests counter
                t_requests_total{api="Fetch",error="NONE"} 7
                # EOF

                """)
    }

    @Test func aHistogramAddsItsBucketsUp() {
        let histogram = Histogram(Histogram.Bounds(microseconds: [100, 1_000, 1_000_000]))
        for nanoseconds: Int64 in [-5, 100_000, 100_001, 500_000_000, 2_000_000_000] {
            histogram.record(nanoseconds: nanoseconds)
        }
        var page = MetricsPage(.prometheus)
        page.write(Self.seconds) { $0.add(["Fetch"], histogram) }
        #expect(
            page.finish() == """
                # HELP t_seconds How long.
                # TYPE t_seconds histogram
                t_seconds_bucket{api="Fetch",le="0.0001"} 2
                t_seconds_bucket{api="Fetch",le="0.001"} 3
                t_seconds_bucket{api="Fetch",le="1.0"} 4
                t_seconds_bucket{api="Fetch",le="+Inf"} 5
                t_seconds_sum{api="Fetch"} 2.500200001
                t_seconds_count{api="Fetch"} 5

                """)
    }

    @Test func hostileNamesStayInTheirLabel() {
        var page = MetricsPage(.prometheus)
        let group = MetricDefinition.gauge("t_members", labels: ["group"], "Members.")
        page.write(group) { $0.add(["a\"} 1\nevil 2\\\u{1b}[2J\r\u{9b}"], 1) }
        let lines = page.finish().split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4)
        #expect(lines[2] == #"t_members{group="a\"} 1\nevil 2\\\#u{fffd}[2J\#u{fffd}\#u{fffd}"} 1"#)
    }

    @Test func aNumberWithoutLabelsHasNoBraces() {
        var page = MetricsPage(.prometheus)
        page.write(Self.level, -3)
        page.write(MetricDefinition.gauge("t_time", "A time."), seconds: 0.25)
        let text = page.finish()
        #expect(text.contains("\nt_level -3\n"))
        #expect(text.contains("\nt_time 0.25\n"))
    }
}
