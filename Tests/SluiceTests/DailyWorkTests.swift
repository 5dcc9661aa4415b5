import KafkaClient
import KafkaMessages
import ProtocolTestBroker
import Testing

@testable import sluice

@Suite struct DailyWorkTests {
    @Test(
        arguments: [
            ("PT1S", 1_000), ("PT1H30M", 5_400_000), ("P7D", 604_800_000), ("P1DT12H", 129_600_000),
            ("P2W", 1_209_600_000),
            ("PT0S", 0), ("P1W1DT1H1M1S", 694_861_000),
        ] as [(String, Int64)])
    func durations(text: String, ms: Int64) {
        #expect(Timestamp.milliseconds(duration: text) == ms)
    }

    @Test(arguments: [
        "", "P", "PT", "1H", "PT1", "P1H", "PT1D", "PT1M1H", "PT1.5H", "P-1D", "-P1D", "PT1H1H", "P1Y", "P1M", "PT1h",
        "P99999999999999999999D", "P4000000000W", " P1D", "P1D ",
    ])
    func whatIsNoDuration(text: String) {
        #expect(Timestamp.milliseconds(duration: text) == nil)
    }

    @Test(
        arguments: [
            ("0", .offset(0)), ("4711", .offset(4711)), ("end", .end), ("1970-01-02", .time(86_400_000)), ("-1", nil),
            ("soon", nil), ("", nil),
        ] as [(String, TopicDeleteRecords.Limit?)])
    func whereDeletionEnds(text: String, limit: TopicDeleteRecords.Limit?) {
        #expect(TopicDeleteRecords.Limit(text) == limit)
    }

    @Test func theNameIsWhatStandsInQuotes() {
        #expect(NameSuggestion.quotedName(in: "can't use topic \"acounts\": it doesn't exist") == "acounts")
        #expect(NameSuggestion.quotedName(in: "no quotes") == nil)
        #expect(NameSuggestion.quotedName(in: "an \"open one") == nil)
        #expect(NameSuggestion.quotedName(in: "\"\"") == nil)
    }

    @Test func anUnknownTopicIsAnsweredWithTheNearest() async throws {
        let memory = MemoryBroker()
        memory.add(topic: "accounts", partitions: 1)
        try await FakeBroker.with(memory.script) { broker in
            let connection = try ConnectionOptions.parse(["-b", "\(broker.address)"])
            let near = await #expect(throws: CommandFailure.self) {
                try await connection.withCluster { cluster in try await cluster.topic("acounts") }
            }
            #expect(near?.status == .notFound && near?.hint == "did you mean accounts?")
            let far = await #expect(throws: CommandFailure.self) {
                try await connection.withCluster { cluster in try await cluster.topic("completely-different") }
            }
            #expect(far?.hint == "`sluice topic list` shows what there is")
        }
    }

    @Test func aPaceGivesAsManyAsAreDue() {
        let start = ContinuousClock.now
        var pace = BenchPace(rate: 1000, seconds: 10, start: start)
        #expect(pace.allowance(at: start) == 1)
        pace.took(1)
        #expect(pace.allowance(at: start) == 0 && pace.next > start)
        #expect(pace.allowance(at: start + .milliseconds(500)) == 500)
        pace.took(500)
        #expect(pace.allowance(at: start + .milliseconds(500)) == 0)
        #expect(!pace.isOver)
        _ = pace.allowance(at: start + .seconds(10))
        #expect(pace.isOver)
        var free = BenchPace(rate: nil, seconds: nil, start: start)
        #expect(free.allowance(at: start + .seconds(1_000_000)) == .max && !free.isOver)
    }

    @Test func aMeasurementIsItsFigures() {
        var latencies = LatencyHistogram()
        latencies.record(nanoseconds: 2_000_000, times: 99)
        latencies.record(nanoseconds: 50_000_000)
        let report = BenchReport(
            topic: "t", recordCount: 1000, byteCount: 100_000, nanoseconds: 500_000_000, latencies: latencies,
            isInterrupted: false)
        #expect(report.json.text.contains(#""bytes_per_second":200000"#))
        #expect(report.json.text.contains(#""records_per_second":2000"#))
        #expect(report.text.hasPrefix("1000 records, 100 kB in 500 ms\n2.0 k records/s, 200 kB/s\nlatency p50 2.0"))
        #expect(report.text.hasSuffix("max 50 ms\n"))
        let none = BenchReport(
            topic: "t", recordCount: 0, byteCount: 0, nanoseconds: 0, latencies: LatencyHistogram(), isInterrupted: true
        )
        #expect(none.json.text.contains(#""records_per_second":0"#))
        #expect(throws: CommandFailure.self) {
            try Output.$capture.withValue(OutputCapture()) { try none.show(.json) }
        }
    }

    @Test func rolesAndRatesOfAStatus() {
        var topic = BrokerStatus.Topic(
            ClusterMetadata.Topic(name: "t", id: .zero, partitions: []), [0: (start: 5, end: 15)])
        #expect(topic.offsetCount == 10 && topic.byteCount == 0 && topic.perSecond == nil)
        topic.endOffsets = 100
        let before = BrokerStatus(
            address: "a", isSluice: true, clusterId: nil, controllerId: 1, brokers: [], apiCount: 1, topics: [topic])
        var now = before
        now.topics[0].endOffsets = 300
        now.groups = [GroupLag(id: "g", state: "Stable", memberCount: 1, lag: 7)]
        now.groupCount = 120
        now.note(before, nanosecondsAgo: 2_000_000_000)
        #expect(now.topics[0].perSecond == 100)
        #expect(now.line == "topics 1  partitions 0  offline 0  offsets 10  bytes 0  per second 100  groups 120  lag 7")
        #expect(now.table.contains("… 119 more groups\n"))
    }
}
