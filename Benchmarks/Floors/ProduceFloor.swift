import CSluice
import Glibc
import KafkaMessages
import KafkaRecords

/// The least that producing can cost: receives the frames of one connection, checks the CRC-32C of each batch, appends
/// the batch to its partition's file, syncs them where asked, and answers. One thread, blocking calls, no protocol.
///
///     floor-produce TOPIC PARTITIONS os|commit FILE
struct ProduceFloor {
    private let topic: String
    private let partitionCount: Int
    private let syncs: Bool
    private let path: String
    private static let capacity = 1 << 20

    init(_ arguments: [String]) throws {
        guard arguments.count == 4, let count = Int(arguments[1]) else { throw Failure("floor-produce: arguments") }
        topic = arguments[0]
        partitionCount = count
        syncs = arguments[2] == "commit"
        path = arguments[3]
    }

    func run() throws {
        // Frames differ in partition and records only, which have the same lengths.
        let batchStart = try Workload.produceFrame(topic: topic, partition: 0, batch: []).count
        let answers = try (0..<partitionCount).map { try answer(partition: Int32($0)) }
        let files = try (0..<partitionCount).map { number in
            let descriptor = unsafe open("\(path)-\(number)", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Failure.system("open") }
            return descriptor
        }
        let (listener, port) = try Socket.listen()
        print(port)
        fflush(nil)
        let connection = try listener.accept()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.capacity, alignment: 64)
        defer { unsafe buffer.deallocate() }
        var positions = [Int](repeating: 0, count: partitionCount)
        var filled = 0
        var number = 0
        var group: [UInt8] = []
        var dirty: Set<Int32> = []
        while true {
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = try unsafe connection.receive(into: free)
            if count == 0 { return }
            filled += count
            var start = 0
            group.removeAll(keepingCapacity: true)
            while filled - start >= 4 {
                let bytes = unsafe UnsafeRawBufferPointer(buffer).bytes
                let end = start + 4 + Int(Frame.integer(at: start, in: bytes))
                guard end <= filled else { break }
                let partition = number % partitionCount
                number += 1
                let correlation = Frame.integer(at: start + Frame.correlationPosition, in: bytes)
                // An empty batch's length is one byte, that of a real one three; one byte of tags ends each level.
                let batch = bytes.extracting(start + batchStart + 2 - 3..<end - 3)
                try append(batch, files[partition], &positions[partition])
                if syncs { dirty.insert(files[partition]) }
                var answer = answers[partition]
                Frame.put(correlation, at: 4, in: &answer)
                group += answer
                start = end
            }
            for file in dirty { guard fdatasync(file) == 0 else { throw Failure.system("fdatasync") } }
            dirty.removeAll(keepingCapacity: true)
            if !group.isEmpty { try connection.send(group.rawSpan) }
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<filled]))
            filled -= start
        }
    }

    private func append(_ batch: RawSpan, _ file: Int32, _ position: inout Int) throws {
        let header = try RecordBatchHeader(batch)
        try header.verifyChecksum(of: batch)
        let count = unsafe batch.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, position) }
        guard count == batch.byteCount else { throw Failure.system("pwrite") }
        position += count
    }

    private func answer(partition: Int32) throws -> [UInt8] {
        var part = ProduceResponse.PartitionProduceResponse()
        part.index = partition
        var answer = ProduceResponse.TopicProduceResponse()
        answer.name = topic
        answer.partitionResponses = [part]
        var response = ProduceResponse()
        response.responses = [answer]
        return try Frame.make(answer: response, version: Workload.produceVersion)
    }
}
