import Glibc
import KafkaMessages
import KafkaRecords

/// acks=all, 1 KiB records in 64 KiB batches, one batch a request, eight requests in flight on one connection.
struct ProduceMeasure {
    private let options: Options
    private let folder: String
    private let flush: String
    private static let inFlight = 8

    init(_ options: Options, folder: String, flush: String) {
        self.options = options
        self.folder = folder
        self.flush = flush
    }

    func run(_ report: inout Report) throws {
        let broker = try BrokerProcess(options, folder: folder, flush: flush)
        for partitionCount in [1, 6] { try measure(partitionCount, broker, &report) }
        try broker.stop()
        File.remove(folder: folder)
    }

    private func measure(_ partitionCount: Int, _ broker: BrokerProcess, _ report: inout Report) throws {
        let admin = try KafkaConnection(port: broker.port)
        var sluice: [Double] = []
        var floor: [Double] = []
        // The first round is for caches and allocators.
        for round in 0...options.rounds {
            let topic = "produce-\(partitionCount)-\(round)"
            try admin.createTopic(topic, partitions: partitionCount)
            var load = try ProduceLoad(topic: topic, partitionCount: partitionCount, inFlight: Self.inFlight)
            let requests = options.roundBytes / (flush == "commit" ? 2 : 1) / load.batchBytes
            let cost = try load.cost(port: broker.port, of: broker.usage, requests: requests)
            try admin.deleteTopic(topic)

            let file = "\(folder)-floor"
            let (process, port) = try Benchmarks.floor(["floor-produce", topic, "\(partitionCount)", flush, file])
            let bare = try load.cost(port: port, of: process.usage, requests: requests)
            guard process.wait() == 0 else { throw Failure("the floor failed") }
            for number in 0..<partitionCount { unsafe unlink("\(file)-\(number)") }
            if round == 0 { continue }
            sluice.append(cost)
            floor.append(bare)
        }
        report.addRatio(
            "produce, \(partitionCount) partition\(partitionCount == 1 ? "" : "s"), log.flush=\(flush)",
            sluice: sluice, floor: floor, unit: "CPU-s/GB", target: 1.6)
    }
}

/// Produce requests on one connection, so many in flight. The frames are made before.
struct ProduceLoad {
    let batchBytes: Int
    private var frames: [[UInt8]]
    private let inFlight: Int

    init(topic: String, partitionCount: Int, inFlight: Int) throws {
        let batch = Workload.plainBatch(seed: 1)
        batchBytes = batch.count
        frames = try (0..<partitionCount).map {
            try Workload.produceFrame(topic: topic, partition: Int32($0), batch: batch)
        }
        self.inFlight = inFlight
    }

    /// Processor seconds that the process behind `port` takes for each GB of batches.
    mutating func cost(port: Int, of usage: ProcessUsage, requests: Int) throws -> Double {
        let socket = try Socket.connect(port: port)
        // What belongs to the connection, and not to its bytes.
        try run(on: socket, requests: inFlight)
        let before = try usage.cpuNanoseconds()
        try run(on: socket, requests: requests)
        let cpu = try usage.cpuNanoseconds() - before
        return Double(cpu) / Double(requests * batchBytes)
    }

    private mutating func run(on socket: Socket, requests: Int) throws {
        var sent = 0
        for answered in 0..<requests {
            while sent < requests, sent - answered < inFlight {
                let index = sent % frames.count
                Frame.put(UInt32(sent), at: Frame.correlationPosition, in: &frames[index])
                let frame = frames[index]
                try socket.send(frame.rawSpan)
                sent += 1
            }
            try check(try ProduceResponse(decoding: try socket.receiveFrame(), version: Workload.produceVersion))
        }
    }

    private func check(_ response: ProduceResponse) throws {
        guard response.responses.count == 1, response.responses[0].partitionResponses.count == 1 else {
            throw Failure("a produce answer has the wrong shape")
        }
        try response.responses[0].partitionResponses[0].errorCode.check("produce")
    }
}
