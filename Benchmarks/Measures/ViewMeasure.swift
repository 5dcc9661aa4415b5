import Glibc
import KafkaMessages
import KafkaRecords
import NIOCore
import WasmRuntime

/// Fetches of group `email-app`, which sees records through the view `scrub-ssn`: JSON of 300 bytes, not compressed. The
/// guest's own time is that of its calls, measured in this process with the same engine over the same batches.
///
/// Twice: with the cache of transformed batches off, so that each batch is transformed, and with all of the topic in it.
struct ViewMeasure {
    private let options: Options
    private let folder: String
    private static let topic = "accounts"
    private static let recordsPerBatch = 205
    private static let batchCount = 1_000
    private static let passes = 4
    private static let records = batchCount * recordsPerBatch

    init(_ options: Options, folder: String) {
        self.options = options
        self.folder = folder
    }

    func run(_ report: inout Report) async throws {
        let guest = try await GuestTimer(module: try File.read(options.guest), folder: folder + "-artifacts")
        defer { guest.close() }
        let batches = (0..<50).map { Workload.accountBatch(seed: $0) }
        var guests: [Double] = []
        let whole = try await costs(of: batches, cacheBytes: 0) {
            guests.append(
                Double(try await guest.nanoseconds(of: batches, passes: Self.batchCount)) / Double(Self.records))
        }
        let own = Statistics.median(zip(whole, guests).map { $0 - $1 })
        report.add(
            Report.Row(
                measure: "view scrub-ssn, 300-byte JSON: broker less guest",
                sluice: "\(Statistics.median(whole).text(0)) ns/record",
                floor: "\(Statistics.median(guests).text(0)) ns/record (guest)",
                result: "\(own.text(0)) ns/record", target: "≤ 200 ns/record", isMet: own <= 200))
        let cached = Statistics.median(try await costs(of: batches, cacheBytes: 256 << 20) {})
        report.add(
            Report.Row(
                measure: "the same from the cache of transformed batches", sluice: "\(cached.text(0)) ns/record",
                result: "\(cached.text(0)) ns/record", target: "none"))
    }

    /// The broker's processor time for a record, round by round; `afterRound` follows each.
    private func costs(
        of batches: [[UInt8]], cacheBytes: Int, afterRound: () async throws -> Void
    ) async throws -> [Double] {
        let place = "\(folder)-\(cacheBytes)"
        let broker = try BrokerProcess(
            options, folder: place, flush: "os", listeners: ["", "?group=email-app"],
            settings: ["view.cache.bytes=\(cacheBytes)"])
        try produce(batches, to: broker.port)
        try broker.admin("module", "deploy", "scrub-ssn", options.guest)
        try broker.admin("view", "set", "--group", "email-app", "--topic", Self.topic, "scrub-ssn", "--yes")
        let connection = try KafkaConnection(port: broker.ports[1])
        let load = FetchLoad(topic: Self.topic, endOffset: Int64(Self.records))
        _ = try load.run(on: connection, onAnswer: Self.checkScrubbed)
        // The second reading is what a cache is filled by.
        _ = try load.run(on: connection)
        var costs: [Double] = []
        for _ in 0..<options.rounds {
            let before = try broker.usage.cpuNanoseconds()
            for _ in 0..<Self.passes { _ = try load.run(on: connection) }
            let cpu = try broker.usage.cpuNanoseconds() - before
            costs.append(Double(cpu) / Double(Self.records * Self.passes))
            try await afterRound()
        }
        _ = try load.run(on: connection, onAnswer: Self.checkScrubbed)
        try broker.stop()
        File.remove(folder: place)
        return costs
    }

    private func produce(_ batches: [[UInt8]], to port: Int) throws {
        let connection = try KafkaConnection(port: port)
        try connection.createTopic(Self.topic, partitions: 1)
        let frames = try batches.map { try Workload.produceFrame(topic: Self.topic, partition: 0, batch: $0) }
        for number in 0..<Self.batchCount {
            let frame = frames[number % frames.count]
            try connection.socket.send(frame.rawSpan)
            let answer = try ProduceResponse(
                decoding: try connection.socket.receiveFrame(), version: Workload.produceVersion)
            try answer.responses[0].partitionResponses[0].errorCode.check("produce")
        }
    }

    /// Each batch has all its records, all scrubbed.
    private static func checkScrubbed(_ records: ByteBuffer) throws {
        let masked = Array("\"social_security_number\":\"***-**-****\"".utf8)
        let span = records.readableBytesSpan
        var iterator = RecordBatches(span)
        while let (header, position) = try iterator.next() {
            let batch = try DecodedBatch(
                decoding: span.extracting(position..<position + header.byteCount), bound: 1 << 20)
            guard batch.records.count == Self.recordsPerBatch else { throw Failure("records are missing") }
            for index in batch.records.indices {
                let value = batch.record(at: index).value ?? []
                guard value.count == 300, value[1...].starts(with: masked) else {
                    throw Failure("a record isn't scrubbed")
                }
            }
        }
    }
}

/// Runs the guest in this process and takes the time of its calls only.
private struct GuestTimer {
    private let runtime: GuestRuntime
    private let step: StepPlan

    init(module: [UInt8], folder: String) async throws {
        runtime = GuestRuntime(
            configuration: .init(artifactDirectory: folder, compile: .inProcess, threadCount: 1))
        step = StepPlan(module: try await runtime.load(module))
    }

    /// Processor time of the guest for `passes` batches, taken in turn.
    func nanoseconds(of batches: [[UInt8]], passes: Int) async throws -> Int64 {
        var decoded: [DecodedBatch] = []
        for batch in batches { decoded.append(try DecodedBatch(decoding: batch.rawSpan, bound: 1 << 20)) }
        let measured = try await runtime.run { [runtime, step, decoded] thread in
            var total: Int64 = 0
            for number in 0..<passes {
                let batch = decoded[number % decoded.count]
                guard let ns = runtime.guestNanoseconds(of: batch, step: step, on: thread) else { return Int64(-1) }
                total += ns
            }
            return total
        }
        guard measured >= 0 else { throw Failure("the guest failed in this process") }
        return measured
    }

    func close() { runtime.shutdown() }
}
