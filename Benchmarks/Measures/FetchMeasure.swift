import KafkaMessages
import KafkaRecords
import NIOCore

/// Fetches of 1 MiB without a view, from the page cache, against sendfile of the same bytes of the same file; over TLS,
/// against a loop that reads them and writes them through BoringSSL.
struct FetchMeasure {
    private let options: Options
    private let folder: String
    private let isSecure: Bool
    private static let topicBytes = 256 << 20

    init(_ options: Options, folder: String, isSecure: Bool = false) {
        self.options = options
        self.folder = folder
        self.isSecure = isSecure
    }

    func run(_ report: inout Report) throws {
        let identity = (certificate: "\(folder).pem", key: "\(folder).key")
        if isSecure { try Self.makeCertificate(identity.certificate, identity.key) }
        let listeners = isSecure ? ["", "?tls=\(identity.certificate)&key=\(identity.key)"] : [""]
        let broker = try BrokerProcess(options, folder: folder, flush: "os", listeners: listeners)
        let connection = try KafkaConnection(port: broker.ports[isSecure ? 1 : 0], isSecure: isSecure)
        try connection.createTopic("fetch", partitions: 1)
        var load = try ProduceLoad(topic: "fetch", partitionCount: 1, inFlight: 8)
        let batches = Self.topicBytes / load.batchBytes
        _ = try load.cost(port: broker.port, of: broker.usage, requests: batches)
        // The load makes a few more, for its connection's sake: they aren't read.
        let fetch = FetchLoad(topic: "fetch", endOffset: Int64(batches) * 63)
        let answers = try fetch.run(on: connection).answers
        let passes = max(1, 2 * options.roundBytes / Self.topicBytes)

        let file = "\(folder)/fetch-0/00000000000000000000.log"
        let (process, port) = try Benchmarks.floor(
            isSecure ? ["floor-tls", file, identity.certificate, identity.key] : ["floor-sendfile", file])
        let bare = try Socket.connect(port: port)
        if isSecure { try bare.startTLS() }
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
        // Over TLS: 60 % of the floor's throughput.
        report.addRatio(
            "fetch without a view, 1 MiB answers\(isSecure ? ", TLS" : "")", sluice: sluice, floor: floor,
            unit: "CPU-s/GB", target: isSecure ? 1.67 : 1.4)
        try broker.stop()
        File.remove(folder: folder)
    }

    private static func makeCertificate(_ certificate: String, _ key: String) throws {
        try ChildProcess.run(
            [
                "/usr/bin/env", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes",
                "-days", "1", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate,
            ], errors: "/dev/null")
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
