import KafkaMessages
import NIOCore

/// The brokers that a bootstrap address leads to, with one connection to each that is in use.
///
/// A cluster of one broker is spoken to through the bootstrap connection whatever the broker advertises, so that the
/// admin socket and forwarded ports work.
public actor Cluster {
    public nonisolated let bootstrap: BrokerAddress
    public nonisolated let configuration: KafkaConnection.Configuration

    private var bootstrapConnection: KafkaConnection?
    private var connections: [Int32: KafkaConnection] = [:]
    private var coordinators: [String: KafkaConnection] = [:]
    private var brokers: [ClusterMetadata.Broker] = []
    /// Connections that were replaced, as those whose login is nearly worn out. Answers may still come on them.
    private var retired: [KafkaConnection] = []
    private static let retiredMax = 16

    public init(bootstrap: BrokerAddress, configuration: KafkaConnection.Configuration) {
        self.bootstrap = bootstrap
        self.configuration = configuration
    }

    /// Runs `body` with a cluster and closes its connections afterwards.
    public static func with<Result: Sendable>(
        _ bootstrap: BrokerAddress, configuration: KafkaConnection.Configuration,
        _ body: (Cluster) async throws -> Result
    ) async throws -> Result {
        let cluster = Cluster(bootstrap: bootstrap, configuration: configuration)
        do {
            let result = try await body(cluster)
            await cluster.close()
            return result
        } catch {
            await cluster.close()
            throw error
        }
    }

    /// A connection to any broker.
    public func connection() async throws(KafkaClientError) -> KafkaConnection {
        if let open = bootstrapConnection, open.isOpen { return open }
        let fresh = try await KafkaConnection.connect(to: bootstrap, configuration: configuration)
        // Another caller may have connected while this one waited: the first connection is kept.
        if let open = bootstrapConnection, open.isOpen {
            await fresh.close()
            return open
        }
        let old = bootstrapConnection
        bootstrapConnection = fresh
        await retire(old)
        return fresh
    }

    /// The connection to the broker with this id, as last seen in `metadata`.
    public func connection(toBroker id: Int32) async throws(KafkaClientError) -> KafkaConnection {
        if brokers.count <= 1 { return try await connection() }
        if let open = connections[id], open.isOpen { return open }
        guard let broker = brokers.first(where: { $0.id == id }) else {
            throw KafkaClientError(.unreachable, "\(bootstrap) names no broker \(id)")
        }
        let fresh = try await KafkaConnection.connect(
            to: .tcp(host: broker.host, port: broker.port), configuration: configuration)
        if let open = connections[id], open.isOpen {
            await fresh.close()
            return open
        }
        let old = connections.updateValue(fresh, forKey: id)
        await retire(old)
        return fresh
    }

    /// A connection of its own to the coordinator of a group: heartbeats don't wait behind long polls there.
    public func coordinator(ofGroup group: String) async throws(KafkaClientError) -> KafkaConnection {
        if let open = coordinators[group], open.isOpen { return open }
        let any = try await connection()
        var request = FindCoordinatorRequest()
        // Version 4 asks for several keys at once and names the one key no more.
        if try any.version(of: FindCoordinatorRequest.self) >= 4 {
            request.coordinatorKeys = [group]
        } else {
            request.key = group
        }
        let response = try await any.send(request)
        let host: String
        let port: Int32
        if let found = response.coordinators.first {
            try check(found.errorCode, found.errorMessage, while: "find the coordinator of group \"\(group)\"")
            (host, port) = (found.host, found.port)
        } else {
            try check(response.errorCode, response.errorMessage, while: "find the coordinator of group \"\(group)\"")
            (host, port) = (response.host, response.port)
        }
        if brokers.isEmpty { _ = try await metadata(topics: []) }
        let address = brokers.count <= 1 ? bootstrap : BrokerAddress.tcp(host: host, port: Int(port))
        let fresh = try await KafkaConnection.connect(to: address, configuration: configuration)
        let old = coordinators.updateValue(fresh, forKey: group)
        await retire(old)
        return fresh
    }

    /// Forgets the connection to a group's coordinator, which has moved or lost the group.
    public func forgetCoordinator(ofGroup group: String) async {
        await coordinators.removeValue(forKey: group)?.close()
    }

    /// - Parameters:
    ///   - topics: names to ask about; nil for every topic.
    ///   - mayCreate: lets a broker that creates topics by itself do so.
    public func metadata(
        topics: [String]?, mayCreate: Bool = false
    ) async throws(KafkaClientError) -> ClusterMetadata {
        let any = try await connection()
        var request = MetadataRequest()
        request.allowAutoTopicCreation = mayCreate
        request.topics = topics.map { names in
            names.map { name in
                var topic = MetadataRequest.MetadataRequestTopic()
                topic.name = name
                return topic
            }
        }
        let response = ClusterMetadata(try await any.send(request))
        brokers = response.brokers
        return response
    }

    /// Metadata of one topic that must exist.
    public func topic(
        _ name: String, mayCreate: Bool = false
    ) async throws(KafkaClientError) -> ClusterMetadata.Topic {
        // A topic that is being created answers LEADER_NOT_AVAILABLE for a moment, or that it is unknown.
        for attempt in 1...20 {
            let metadata = try await metadata(topics: [name], mayCreate: mayCreate)
            guard let topic = metadata.topic(named: name) else {
                throw .broker(.unknownTopicOrPartition, "topic \"\(name)\" doesn't exist", while: "use it")
            }
            let appearing =
                topic.error == .leaderNotAvailable
                || (mayCreate && attempt < 5 && topic.error == .unknownTopicOrPartition)
            if !appearing || attempt == 20 {
                let text = topic.error == .unknownTopicOrPartition ? "it doesn't exist" : nil
                try check(topic.error, text, while: "use topic \"\(name)\"")
                return topic
            }
            do {
                try await Task.sleep(for: .milliseconds(100))
            } catch {
                throw KafkaClientError(.timedOut, "cancelled while topic \"\(name)\" appears")
            }
        }
        preconditionFailure("the last attempt returns or throws")
    }

    private func retire(_ old: KafkaConnection?) async {
        guard let old else { return }
        retired.append(old)
        while retired.count > Self.retiredMax { await retired.removeFirst().close() }
    }

    public func close() async {
        let open = [bootstrapConnection].compactMap { $0 } + connections.values + coordinators.values + retired
        retired = []
        bootstrapConnection = nil
        connections = [:]
        coordinators = [:]
        for connection in open { await connection.close() }
    }
}
