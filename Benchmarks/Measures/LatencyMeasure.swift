import KafkaMessages
import KafkaRecords
import NIOCore

/// From the moment that a record should be sent to the one that its reader has it, at 1,000 records a second, each in a
/// request of its own.
struct LatencyMeasure {
    private let options: Options
    private let folder: String
    private static let recordsPerSecond = 1_000
    private static let warmup = 1_000

    init(_ options: Options, folder: String) {
        self.options = options
        self.folder = folder
    }

    func run(_ report: inout Report) async throws {
        let broker = try BrokerProcess(options, folder: folder, flush: "os")
        try KafkaConnection(port: broker.port).createTopic("latency", partitions: 1)
        let port = broker.port
        let count = Self.warmup + 2_000 * options.rounds
        let reader = Task.detached { try Self.read(port: port, count: count) }
        try Self.write(port: port, count: count)
        let delays = try await reader.value.dropFirst(Self.warmup).map { Double($0) / 1e6 }
        report.add(
            Report.Row(
                measure: "end to end at 1,000 records/s, log.flush=os",
                sluice: "p50 \(Statistics.median(delays).text(2)) ms",
                result: "p99 \(Statistics.quantile(delays, 0.99).text(2)) ms", target: "none"))
        try broker.stop()
        File.remove(folder: folder)
    }

    /// A record's value is the moment that it is due.
    private static func write(port: Int, count: Int) throws {
        let connection = try KafkaConnection(port: port)
        let step = Int64(1_000_000_000 / recordsPerSecond)
        // The reader gets its place.
        var due = Clock.nanoseconds() + 200_000_000
        for _ in 0..<count {
            due += step
            Clock.sleep(until: due)
            var value = ByteBuffer()
            value.writeInteger(due)
            value.writeRepeatingByte(0, count: 92)
            let batch = RecordBatch.encode([Record(key: nil, value: Array(value.readableBytesView), timestamp: 1)])
            let frame = try Workload.produceFrame(topic: "latency", partition: 0, batch: batch)
            try connection.socket.send(frame.rawSpan)
            let answer = try ProduceResponse(
                decoding: try connection.socket.receiveFrame(), version: Workload.produceVersion)
            try answer.responses[0].partitionResponses[0].errorCode.check("produce")
        }
    }

    private static func read(port: Int, count: Int) throws -> [Int64] {
        let connection = try KafkaConnection(port: port)
        var delays: [Int64] = []
        delays.reserveCapacity(count)
        while delays.count < count {
            let request = Workload.fetchRequest(
                topic: "latency", offset: Int64(delays.count), bytesMax: 1 << 20, maxWaitMs: 500)
            let records = try FetchLoad.records(of: try connection.call(request, version: Workload.fetchVersion))
            let now = Clock.nanoseconds()
            let span = records.readableBytesSpan
            var batches = RecordBatches(span)
            while let (header, position) = try batches.next() {
                let batch = try DecodedBatch(
                    decoding: span.extracting(position..<position + header.byteCount), bound: 1 << 20)
                for index in batch.records.indices {
                    let value = ByteBuffer(bytes: batch.record(at: index).value ?? [])
                    guard let due = value.getInteger(at: 0, as: Int64.self) else { throw Failure("a strange record") }
                    delays.append(now - due)
                }
            }
        }
        return delays
    }
}
