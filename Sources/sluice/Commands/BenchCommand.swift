import ArgumentParser
import KafkaClient
import KafkaRecords
import NIOCore

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how fast a broker takes and gives records.",
        subcommands: [BenchProduce.self, BenchConsume.self])
}

struct BenchProduce: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "produce", abstract: "Write records as fast as the broker takes them, or at a rate.",
        discussion: """
            Works against any Kafka broker. The topic must exist; what is written stays in it. The latency is that of a \
            request, from its sending to its answer, counted for each record in it.

            Examples:
              sluice topic create load --partitions 4
              sluice bench produce load --records 1000000 --size 1024
              sluice bench produce load --seconds 30 --rate 5000 --codec lz4
            """)

    @Argument(help: "Name of the topic.", completion: Completions.topics)
    var topic: String

    @Option(
        name: [.customShort("n"), .long], help: "End after so many records. Default: 100000, unless --seconds is given."
    )
    var records: Int?

    @Option(name: .long, help: "End after so many seconds.")
    var seconds: Int?

    @Option(name: .long, help: "Bytes of each value.")
    var size: Int = 100

    @Option(name: .long, help: "So many different keys, which spread over the partitions; 0: none.")
    var keys: Int = 0

    @Option(name: .long, help: "Write at most so many records a second.")
    var rate: Int?

    @Option(name: .long, help: "Compress batches: none, gzip, snappy, lz4 or zstd.")
    var codec: CodecArgument = .none

    @Option(name: .long, help: "Bytes of keys and values from which on a batch is sent.")
    var batchBytes: Int = 128 * 1024

    @Option(name: .long, help: "Requests that wait for their answers at once.")
    var inFlight: Int = 5

    @Option(name: .long, help: "1: the leader has it; all: every in-sync replica has.")
    var acks: AcksArgument = .all

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    enum AcksArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
        case leader = "1"
        case all
    }

    func validate() throws {
        if let records, !(1...1_000_000_000_000).contains(records) {
            throw ValidationError("--records takes 1 or more.")
        }
        if let seconds, !(1...86_400).contains(seconds) { throw ValidationError("--seconds takes 1 to 86400.") }
        guard (0...64 << 20).contains(size) else { throw ValidationError("--size takes 0 to 67108864.") }
        guard (0...1_000_000).contains(keys) else { throw ValidationError("--keys takes 0 to 1000000.") }
        if let rate, !(1...100_000_000).contains(rate) { throw ValidationError("--rate takes 1 or more.") }
        guard (1...64 << 20).contains(batchBytes) else { throw ValidationError("--batch-bytes takes 1 to 67108864.") }
        guard (1...1000).contains(inFlight) else { throw ValidationError("--in-flight takes 1 to 1000.") }
    }

    func run() async throws {
        let limit = records ?? (seconds == nil ? 100_000 : Int.max)
        let report = try await connection.withCluster { cluster in
            let found = try await cluster.topic(topic)
            var configuration = Producer.Configuration()
            configuration.codec = codec.codec
            configuration.batchBytes = batchBytes
            configuration.inFlightMax = inFlight
            configuration.acks = acks == .all ? -1 : 1
            configuration.keepsLatencies = true
            var producer = Producer(cluster, topic: found, configuration: configuration)
            let interrupt = Interrupt()
            return try await interrupt.watch {
                var run = BenchRun(limit: limit, total: records.map(Int64.init) ?? (seconds == nil ? 100_000 : nil))
                try await produce(&producer, &run, interrupt)
                return run.report(topic: topic, isInterrupted: interrupt.isSet)
            }
        }
        try report.show(output.output)
    }

    private func produce(_ producer: inout Producer, _ run: inout BenchRun, _ interrupt: Interrupt) async throws {
        defer { run.bar.finish() }
        let values = payloads()
        let clock = ContinuousClock()
        var pace = BenchPace(rate: rate, seconds: seconds, start: clock.now)
        var made = 0
        while made < run.limit, !interrupt.isSet {
            // The clock is asked once for many records.
            let count = min(pace.allowance(at: clock.now), run.limit - made, 256)
            if pace.isOver { break }
            guard count > 0 else {
                try await producer.send()
                try await Task.sleep(until: pace.next, clock: clock)
                continue
            }
            let now = WallClock.milliseconds()
            for number in made..<made + count {
                let key = keys > 0 ? Array("key-\(number % keys)".utf8) : nil
                try await producer.append(Record(key: key, value: values[number % values.count], timestamp: now))
            }
            made += count
            pace.took(count)
            run.took(&producer.latencies, bytesPerRecord: size)
        }
        try await producer.flush()
        run.took(&producer.latencies, bytesPerRecord: size)
    }

    /// Letters and digits at random: neither too easy nor impossible to compress.
    private func payloads() -> [[UInt8]] {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        return (0..<64).map { _ in
            (0..<size).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alphabet[Int(state >> 33) % alphabet.count]
            }
        }
    }
}

struct BenchConsume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consume", abstract: "Read records as fast as the broker gives them.",
        discussion: """
            Reads all partitions from their beginning, without a group, and counts by the headers of batches. The latency \
            is that of a Fetch. Ends at the end of the topic.

            Examples:
              sluice bench consume load
              sluice bench consume load --records 1000000 --output json
              sluice bench consume load --group email-app     # through the group's view
            """)

    @Argument(help: "Name of the topic.", completion: Completions.topics)
    var topic: String

    @Option(name: [.customShort("n"), .long], help: "End after so many records.")
    var records: Int?

    @Option(name: .long, help: "End after so many seconds.")
    var seconds: Int?

    @Option(name: .long, help: "Read as this group would; commits nothing.", completion: Completions.groups)
    var group: String?

    @Option(name: .long, help: "Bytes that a Fetch may bring.")
    var fetchBytes: Int32 = 8 << 20

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let records, records < 1 { throw ValidationError("--records takes 1 or more.") }
        if let seconds, !(1...86_400).contains(seconds) { throw ValidationError("--seconds takes 1 to 86400.") }
        guard fetchBytes > 0 else { throw ValidationError("--fetch-bytes takes 1 or more.") }
    }

    func run() async throws {
        let report = try await connection.withCluster { cluster in
            let found = try await cluster.topic(topic)
            var configuration = ConsumerConfiguration()
            configuration.maxBytes = fetchBytes
            configuration.partitionBytesMax = max(1, fetchBytes / Int32(clamping: max(1, found.partitions.count)))
            configuration.tags = FetchTags(group: group)
            let total = try await AdminClient(cluster).offsets(of: found).values.reduce(0) { $0 + $1.end - $1.start }
            var consumer = try await Consumer(
                cluster, topic: found, start: .beginning, configuration: configuration)
            let interrupt = Interrupt()
            return try await interrupt.watch {
                var run = BenchRun(limit: records ?? .max, total: min(Int64(records ?? .max), total))
                try await consume(&consumer, &run, interrupt)
                return run.report(topic: topic, isInterrupted: interrupt.isSet)
            }
        }
        try report.show(output.output)
    }

    private func consume(_ consumer: inout Consumer, _ run: inout BenchRun, _ interrupt: Interrupt) async throws {
        defer { run.bar.finish() }
        let clock = ContinuousClock()
        let end = seconds.map { clock.now + .seconds($0) }
        while run.recordCount < run.limit, !interrupt.isSet, !consumer.isAtEnd {
            let begin = clock.now
            if let end, begin >= end { break }
            let amount = try await consumer.pollAmount()
            run.took(amount, nanoseconds: (clock.now - begin).nanoseconds)
        }
    }
}
