import Glibc
import KafkaMessages
import KafkaRecords
import Logging
import NIOCore
import SegmentLog
import Synchronization
import TestSupport
import Views
import WasmRuntime

@testable import Broker

/// A broker over a folder of its own, without sockets: requests are encoded, handed to a session and their answers
/// decoded, so that a test sees what a client would.
final class TestBroker: Sendable {
    let folder: TemporaryFolder
    let broker: Broker
    private let ids = Atomic<UInt64>(0)

    init(
        _ settings: [String: String] = [:], folder: TemporaryFolder = TemporaryFolder(),
        processes: (any PeerProcessLookup)? = nil, clock: any BrokerClock = SystemBrokerClock(),
        loggers: (@Sendable (String) -> Logger)? = nil, securityLogger: Logger? = nil,
        logLevels: (any LogLevelControl)? = nil
    ) async throws {
        self.folder = folder
        // Hundreds of brokers are there at once, and together they may not have more files open than a process may.
        let settings = settings.merging(["open.segments.max": "32"]) { own, _ in own }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        broker = try await Broker.open(
            // One partition for offsets, unless a test wants more: brokers are many, and so would be their files.
            try BrokerConfiguration(settings.merging(["offsets.topic.num.partitions": "1"]) { own, _ in own }),
            Broker.Environment(
                dataFolder: folder.path, logger: logger,
                loggers: loggers ?? { [logger] in $0 == "security" ? securityLogger ?? logger : logger },
                logLevels: logLevels, clock: clock,
                processes: processes, compile: .inProcess))
    }

    /// A client's connection; `isAdmin`: through the admin socket; `certificate`: whom its certificate proves.
    func connect(
        peer: String = "127.0.0.1", isAdmin: Bool = false, pinnedGroup: String? = nil,
        cap: ListenerRule.Cap = .none, sasl: [SaslMechanism] = [],
        certificate: Principal? = nil
    ) -> TestConnection {
        let id = ids.wrappingAdd(1, ordering: .relaxed).newValue
        let listener = ListenerInfo(
            name: "PLAIN", advertisedHost: "localhost", advertisedPort: 9092, pinnedGroup: pinnedGroup,
            cap: cap, isAdmin: isAdmin, saslMechanisms: sasl)
        let info = ConnectionInfo(
            id: id, listener: listener, peerAddress: isAdmin ? "" : peer, peerPort: 40_000 + Int(id),
            localAddress: "127.0.0.1", localPort: 9092, peerUserId: isAdmin ? geteuid() : nil,
            peerPrincipal: certificate, isEncrypted: certificate != nil)
        return TestConnection(session: broker.connect(info))
    }

    /// Makes a topic and returns its first partition.
    @discardableResult
    func createTopic(
        _ name: String, partitions: Int32 = 1, configs: [String: String] = [:]
    ) async throws -> Topic {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = partitions
        topic.replicationFactor = 1
        topic.configs = configs.map { name, value in
            var config = CreateTopicsRequest.CreatableTopicConfig()
            config.name = name
            config.value = value
            return config
        }
        var request = CreateTopicsRequest()
        request.topics = [topic]
        let response = try await connect(isAdmin: true).send(request, version: 7)
        guard response.topics[0].errorCode == .none, let made = broker.topics[name] else {
            throw TestFailure("\(response.topics[0].errorCode): \(response.topics[0].errorMessage ?? "")")
        }
        return made
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A folder that goes with the last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let name = buffer.baseAddress, let made = mkdtemp(name) else {
                preconditionFailure("no temporary folder: \(errno)")
            }
            return String(cString: made)
        }
    }

    deinit {
        func remove(_ path: String) {
            if let names = try? PosixFileSystem().list(path) {
                for name in names { remove(path + "/" + name) }
                rmdir(path)
            } else {
                unlink(path)
            }
        }
        remove(path)
    }
}

/// One connection of a test's client.
final class TestConnection {
    let session: any ConnectionSession
    var clientId = "test"
    private var correlationId: Int32 = 0

    init(session: any ConnectionSession) {
        self.session = session
    }

    func send<Request: KafkaRequest>(_ request: Request, version: Int16) async throws -> Request.Response {
        let frame = try await bytes(of: reply(to: request, version: version))
        return try Request.Response(decoding: frame, version: version)
    }

    /// The answer as the server gets it.
    func reply<Request: KafkaRequest>(to request: Request, version: Int16) async throws -> Reply {
        correlationId += 1
        let pieces = try request.encode(version: version, correlationId: correlationId, clientId: clientId)
        var frame = ByteBuffer()
        for case .bytes(var bytes) in pieces { frame.writeBuffer(&bytes) }
        return try await session.handle(frame)
    }

    private func bytes(of reply: Reply) async throws -> ByteBuffer {
        let frame: ResponseFrame
        switch reply {
        case .none: throw TestFailure("no answer")
        case .ready(let ready): frame = ready
        case .pending(let pending):
            guard let value = await pending.value() else { throw TestFailure("no answer") }
            frame = value
        }
        var whole = ByteBuffer()
        for part in frame.parts {
            switch part {
            case .bytes(var bytes): whole.writeBuffer(&bytes)
            case .slice(let raw): whole.writeBytes(try raw.slice.bytes())
            }
        }
        frame.onSent?()
        return whole
    }

    // MARK: What most tests do

    func produce(
        _ topic: String, _ batch: [UInt8], partition: Int32 = 0, acks: Int16 = -1, version: Int16 = 9
    ) async throws -> ProduceResponse.PartitionProduceResponse {
        try await send(Self.produceRequest(topic, batch, partition: partition, acks: acks), version: version)
            .responses[0].partitionResponses[0]
    }

    static func produceRequest(
        _ topic: String, _ batch: [UInt8], partition: Int32 = 0, acks: Int16 = -1
    ) -> ProduceRequest {
        var data = ProduceRequest.PartitionProduceData()
        data.index = partition
        data.records = .bytes(ByteBuffer(bytes: batch))
        var topicData = ProduceRequest.TopicProduceData()
        topicData.name = topic
        topicData.partitionData = [data]
        var request = ProduceRequest()
        request.acks = acks
        request.timeoutMs = 30_000
        request.topicData = [topicData]
        return request
    }

    func fetch(
        _ topic: String, from offset: Int64, partition: Int32 = 0, maxWaitMs: Int32 = 0, minBytes: Int32 = 1,
        maxBytes: Int32 = 1 << 20, version: Int16 = 11
    ) async throws -> FetchResponse.PartitionData {
        let request = Self.fetchRequest(
            topic, from: offset, partition: partition, maxWaitMs: maxWaitMs, minBytes: minBytes, maxBytes: maxBytes)
        return try await send(request, version: version).responses[0].partitions[0]
    }

    static func fetchRequest(
        _ topic: String, from offset: Int64, partition: Int32 = 0, maxWaitMs: Int32 = 0, minBytes: Int32 = 1,
        maxBytes: Int32 = 1 << 20
    ) -> FetchRequest {
        var wanted = FetchRequest.FetchPartition()
        wanted.partition = partition
        wanted.fetchOffset = offset
        wanted.partitionMaxBytes = maxBytes
        var fetchTopic = FetchRequest.FetchTopic()
        fetchTopic.topic = topic
        fetchTopic.partitions = [wanted]
        var request = FetchRequest()
        request.maxWaitMs = maxWaitMs
        request.minBytes = minBytes
        request.maxBytes = maxBytes
        request.topics = [fetchTopic]
        return request
    }
}

/// A batch of records with these values.
func batch(_ values: String..., codec: Codec = .none, timestamp: Int64 = 1_700_000_000_000) -> [UInt8] {
    batch(of: values, codec: codec, timestamp: timestamp)
}

func batch(of values: [String], codec: Codec = .none, timestamp: Int64 = 1_700_000_000_000) -> [UInt8] {
    RecordBatch.encode(
        values.map { Record(key: nil, value: Array($0.utf8), headers: [], timestamp: timestamp) }, codec: codec)
}

/// The values in the batches of a fetch answer.
func values(_ records: Records) throws -> [String] {
    guard case .bytes(let buffer) = records else { return [] }
    let bytes = Array(buffer.readableBytesView)
    var batches = RecordBatches(bytes.rawSpan)
    var found: [String] = []
    while let (header, position) = try batches.next() {
        let one = try DecodedBatch(
            decoding: bytes.rawSpan.extracting(position..<position + header.byteCount), bound: 1 << 24)
        for index in one.records.indices {
            found.append(one.record(at: index).value.map { String(decoding: $0, as: UTF8.self) } ?? "null")
        }
    }
    return found
}
