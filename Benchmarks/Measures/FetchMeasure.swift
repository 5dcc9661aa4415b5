import KafkaMessages
import KafkaRecords
import NIOCore

/// Fetches of 1 MiB without a view, from the page cache, against sendfile of the same bytes of the same file.
struct FetchMeasure {
    private let options: Options
    private let folder: String
    private static let topicBytes = 256 << 20

    init(_ options: Options, folder: String) {
        self.options = options
        self.folder = folder
    }

    func run(_ report: inout Report) throws {
        let broker = try BrokerProcess(options, folder: folder, flush: "os")
        let connection = try KafkaConnection(port: broker.port)
        try connection.createTopic("fetch", partitions: 1)
        var load = try ProduceLoad(topic: "fetch", partitionCount: 1, inFlight: 8)
        let batches = Self.topicBytes / load.batchBytes
        _ = try load.cost(port: broker.port, of: broker.usage, requests: batches)
        // The load makes a few more, for its connection's sake: they aren't read.
        let fetch = FetchLoad(topic: "fetch", endOffset: Int64(batches) * 63)
        let answers = try fetch.run(on: connection).answers
        let passes = max(1, 2 * options.roundBytes / Self.topicBytes)

        let file = "\(folder)/fetch-0/00000000000000000000.log"
        let (process, port) = try Benchmarks.floor(["floor-sendfile", file])
        let bare = try Socket.connect(port: port)
        _ = try Self.floorCost(bare, process.usage, answers, passes: 1)
        var sluice: [Double] = []
        var floor: [Double] = []
        for _ in 0..<options.rounds {
            let before = try broker.usage.cpuNanoseconds()
            var bytes = 0
            for _ in 0..<passes { bytes += try fetch.run(on: connection).bytes }
            sluice.append(Double(try broker.usage.cpuNanoseconds() - before) / Double(bytes))
            floor.append(try Self.floorCost(bare, process.usage, answers, passes: passes))
        }
        report.addRatio(
            "fetch without a view, 1 MiB answers", sluice: sluice, floor: floor, unit: "CPU-s/GB", target: 1.4)
        try broker.stop()
        File.remove(folder: folder)
    }

    /// Processor seconds for each GB.
    private static func floorCost(
        _ socket: Socket, _ usage: ProcessUsage, _ answers: [Int], passes: Int
    ) throws -> Double {
        let before = try usage.cpuNanoseconds()
        var request = [UInt8](repeating: 0, count: 8)
        var bytes = 0
        for _ in 0..<passes {
            var position = 0
            for count in answers {
                Frame.put(UInt32(position), at: 0, in: &request)
                Frame.put(UInt32(count), at: 4, in: &request)
                try socket.send(request.rawSpan)
                let frame = try socket.receiveFrame()
                guard frame.readableBytes == count else { throw Failure("the floor's answer is cut short") }
                // The same look at what has come.
                _ = try FetchLoad.nextOffset(frame.readableBytesSpan)
                position += count
                bytes += count
            }
        }
        return Double(try usage.cpuNanoseconds() - before) / Double(bytes)
    }
}
