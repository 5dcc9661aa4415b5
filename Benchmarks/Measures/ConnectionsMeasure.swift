import KafkaMessages
import KafkaRecords
import NIOCore

/// Memory with 1,000 connections that have asked for metadata and are idle, and 200 that produce a record of 1 KiB and fetch
/// it, again and again.
struct ConnectionsMeasure {
    private let options: Options
    private let folder: String
    private static let idleCount = 1_000
    private static let busyCount = 200
    private static let turns = 50

    init(_ options: Options, folder: String) {
        self.options = options
        self.folder = folder
    }

    func run(_ report: inout Report) throws {
        let broker = try BrokerProcess(options, folder: folder, flush: "os")
        let admin = try KafkaConnection(port: broker.port)
        try admin.createTopic("busy", partitions: 1)
        let idle = try connect(Self.idleCount, broker)
        let busy = try connect(Self.busyCount, broker)
        let record = Record(key: nil, value: [UInt8](repeating: 7, count: 1024), timestamp: 1)
        let frame = try Workload.produceFrame(topic: "busy", partition: 0, batch: RecordBatch.encode([record]))
        var resident = try broker.usage.residentBytes()
        for turn in 0..<Self.turns {
            for connection in busy { try connection.socket.send(frame.rawSpan) }
            for connection in busy {
                let answer = try ProduceResponse(
                    decoding: try connection.socket.receiveFrame(), version: Workload.produceVersion)
                try answer.responses[0].partitionResponses[0].errorCode.check("produce")
            }
            let offset = Int64(turn * Self.busyCount)
            let request = Workload.fetchRequest(topic: "busy", offset: offset, bytesMax: 1 << 20)
            for connection in busy { try connection.send(request, version: Workload.fetchVersion) }
            for connection in busy {
                let response = try connection.receive(FetchRequest.self, version: Workload.fetchVersion)
                let records = try FetchLoad.records(of: response)
                let next = try FetchLoad.nextOffset(records.readableBytesSpan)
                guard next == offset + Int64(Self.busyCount) else { throw Failure("a fetch misses records") }
            }
            resident = max(resident, try broker.usage.residentBytes())
        }
        // The idle ones are connected to the end.
        for connection in idle { _ = try connection.readyPartitions(of: "busy") }
        let value = Double(resident) / 1e6
        report.add(
            Report.Row(
                measure: "1,000 idle and 200 busy connections, resident", sluice: "\(value.text(0)) MB",
                result: "\(value.text(0)) MB", target: "< 150 MB", isMet: value < 150))
        try broker.stop()
        File.remove(folder: folder)
    }

    private func connect(_ count: Int, _ broker: BrokerProcess) throws -> [KafkaConnection] {
        var connections: [KafkaConnection] = []
        for _ in 0..<count {
            let connection = try KafkaConnection(port: broker.port)
            let ready = try connection.readyPartitions(of: "busy")
            guard ready == 1 else { throw Failure("the topic isn't there") }
            connections.append(connection)
        }
        return connections
    }
}
