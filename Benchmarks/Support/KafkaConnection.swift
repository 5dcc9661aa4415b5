import KafkaMessages
import KafkaRecords
import NIOCore

/// A connection that sends one request and reads its answer.
final class KafkaConnection {
    let socket: Socket
    private var correlationId: Int32 = 0

    init(port: Int, isSecure: Bool = false) throws {
        socket = try Socket.connect(port: port)
        if isSecure { try socket.startTLS() }
    }

    func call<Request: KafkaRequest>(_ request: Request, version: Int16) throws -> Request.Response {
        try send(request, version: version)
        return try receive(Request.self, version: version)
    }

    /// Sends a request whose answer is received later.
    func send<Request: KafkaRequest>(_ request: Request, version: Int16) throws {
        correlationId += 1
        let bytes = try Frame.make(request, version: version, correlationId: correlationId)
        try socket.send(bytes.rawSpan)
    }

    /// The answer to the first request that has none yet.
    func receive<Request: KafkaRequest>(_: Request.Type, version: Int16) throws -> Request.Response {
        let frame = try socket.receiveFrame()
        return try Request.Response(decoding: frame, version: version)
    }

    func createTopic(_ name: String, partitions: Int) throws {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = Int32(partitions)
        topic.replicationFactor = 1
        var request = CreateTopicsRequest()
        request.topics = [topic]
        for topic in try call(request, version: 7).topics { try topic.errorCode.check("create \(name)") }
    }

    func deleteTopic(_ name: String) throws {
        var request = DeleteTopicsRequest()
        var state = DeleteTopicsRequest.DeleteTopicState()
        state.name = name
        request.topics = [state]
        for topic in try call(request, version: 6).responses { try topic.errorCode.check("delete \(name)") }
    }

    /// Partitions of the topic that have a leader.
    func readyPartitions(of name: String) throws -> Int {
        var topic = MetadataRequest.MetadataRequestTopic()
        topic.name = name
        var request = MetadataRequest()
        request.topics = [topic]
        request.allowAutoTopicCreation = false
        let response = try call(request, version: 12)
        return response.topics.reduce(0) { $0 + $1.partitions.count { $0.errorCode == .none && $0.leaderId >= 0 } }
    }
}

extension ErrorCode {
    /// Throws if this is an error.
    func check(_ what: String) throws {
        guard self == .none else { throw Failure("\(what): \(self)") }
    }
}
