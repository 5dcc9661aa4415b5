import KafkaMessages
import KafkaRecords

/// What producers feel of compaction: the time from a produce request to its answer while the log that it goes to is
/// compacted all the time, against the same broker with the cleaner off. One in a thousand requests may take 10 ms more.
struct CompactionMeasure {
    private let options: Options
    private let folder: String
    private static let requestsPerSecond = 500
    private static let keys = 200

    init(_ options: Options, folder: String) {
        self.options = options
        self.folder = folder
    }

    func run(_ report: inout Report) throws {
        var with: [Double] = []
        var without: [Double] = []
        // In turns, so that both meet the same noise.
        for round in 0..<options.rounds {
            without += try delays("\(folder)-\(round)-off", isCompacted: false)
            with += try delays("\(folder)-\(round)-on", isCompacted: true)
        }
        let (slow, base) = (Statistics.quantile(with, 0.999), Statistics.quantile(without, 0.999))
        report.add(
            Report.Row(
                measure: "produce beside compaction, \(Self.requestsPerSecond) requests/s of 16 KiB, log.flush=os",
                sluice:
                    "p50 \(Statistics.median(with).text(2)), p99.9 \(slow.text(2)), max \(with.max()?.text(2) ?? "–") ms",
                floor: "p50 \(Statistics.median(without).text(2)), p99.9 \(base.text(2)), max "
                    + "\(without.max()?.text(2) ?? "–") ms",
                result: "p99.9 + \((slow - base).text(2)) ms", target: "≤ 10 ms", isMet: slow - base <= 10))
    }

    /// Milliseconds of each request of five seconds.
    private func delays(_ place: String, isCompacted: Bool) throws -> [Double] {
        let broker = try BrokerProcess(
            options, folder: place, flush: "os",
            settings: [
                "log.cleaner.enable=\(isCompacted)", "log.cleaner.backoff.ms=10",
                "log.cleaner.io.max.bytes.per.second=1000000000", "log.cleanup.policy=compact",
                "log.cleaner.min.cleanable.ratio=0.01", "log.segment.bytes=1048576",
            ])
        let connection = try KafkaConnection(port: broker.port)
        try connection.createTopic("compacted", partitions: 1)
        var frames: [[UInt8]] = []
        for number in 0..<64 {
            let batch = Workload.keyedBatch(seed: UInt64(number), keys: Self.keys)
            frames.append(try Workload.produceFrame(topic: "compacted", partition: 0, batch: batch))
        }
        var delays: [Double] = []
        let step = Int64(1_000_000_000 / Self.requestsPerSecond)
        var due = Clock.nanoseconds()
        for number in 0..<5 * Self.requestsPerSecond {
            due += step
            Clock.sleep(until: due)
            let frame = frames[number % frames.count]
            let begin = Clock.nanoseconds()
            try connection.socket.send(frame.rawSpan)
            let answer = try ProduceResponse(
                decoding: try connection.socket.receiveFrame(), version: Workload.produceVersion)
            delays.append(Double(Clock.nanoseconds() - begin) / 1e6)
            try answer.responses[0].partitionResponses[0].errorCode.check("produce")
        }
        try broker.stop()
        File.remove(folder: place)
        return delays
    }
}
