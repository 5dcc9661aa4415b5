import KafkaMessages
import KafkaRecords

/// Memory and start: an idle broker, a topic of 1,000 partitions, and a start with them after a clean stop.
struct FootprintMeasure {
    private let options: Options
    private let folder: String
    private static let partitions = 1_000

    init(_ options: Options, folder: String) {
        self.options = options
        self.folder = folder
    }

    func run(_ report: inout Report) throws {
        var idle: [Double] = []
        var usable: [Double] = []
        var resident: [Double] = []
        var start: [Double] = []
        for round in 0..<min(3, options.rounds) {
            let place = "\(folder)-\(round)"
            let broker = try BrokerProcess(options, folder: place, flush: "commit")
            Clock.sleep(milliseconds: 2_000)
            idle.append(Double(try broker.usage.residentBytes()) / 1e6)
            usable.append(try fill(broker))
            resident.append(Double(try broker.usage.residentBytes()) / 1e6)
            try broker.stop()

            let begin = Clock.nanoseconds()
            let again = try BrokerProcess(options, folder: place, flush: "commit")
            let connection = try KafkaConnection(port: again.port)
            guard try connection.readyPartitions(of: "wide") == Self.partitions else {
                throw Failure("partitions are missing after a start")
            }
            start.append(Double(Clock.nanoseconds() - begin) / 1e9)
            try again.stop()
            File.remove(folder: place)
        }
        add(&report, "idle broker, resident", idle, "MB", below: 60)
        add(&report, "1,000 partitions, usable after CreateTopics", usable, "s", below: 2)
        add(&report, "1,000 partitions, each with a record, resident", resident, "MB", below: 200)
        add(&report, "start with 1,000 clean partitions, until Metadata has them all", start, "s", below: 0.5)
    }

    /// Makes the topic and writes a record to each partition. Returns the seconds until all had leaders and the first and
    /// the last one had taken a record.
    private func fill(_ broker: BrokerProcess) throws -> Double {
        let connection = try KafkaConnection(port: broker.port)
        let begin = Clock.nanoseconds()
        try connection.createTopic("wide", partitions: Self.partitions)
        while try connection.readyPartitions(of: "wide") < Self.partitions { Clock.sleep(milliseconds: 5) }
        try produce(to: 0, connection)
        try produce(to: Self.partitions - 1, connection)
        let seconds = Double(Clock.nanoseconds() - begin) / 1e9
        for partition in 1..<Self.partitions - 1 { try produce(to: partition, connection) }
        return seconds
    }

    private func produce(to partition: Int, _ connection: KafkaConnection) throws {
        let batch = RecordBatch.encode([Record(key: nil, value: Array("x".utf8), timestamp: 1)])
        let frame = try Workload.produceFrame(topic: "wide", partition: Int32(partition), batch: batch)
        try connection.socket.send(frame.rawSpan)
        let answer = try ProduceResponse(
            decoding: try connection.socket.receiveFrame(), version: Workload.produceVersion)
        try answer.responses[0].partitionResponses[0].errorCode.check("produce to partition \(partition)")
    }

    private func add(_ report: inout Report, _ measure: String, _ values: [Double], _ unit: String, below limit: Double)
    {
        let value = Statistics.median(values)
        let digits = unit == "s" ? 2 : 0
        report.add(
            Report.Row(
                measure: measure, sluice: "\(value.text(digits)) \(unit)", result: "\(value.text(digits)) \(unit)",
                target: "< \(limit.text(limit < 1 ? 1 : 0)) \(unit)", isMet: value < limit))
    }
}
