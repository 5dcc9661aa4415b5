import KafkaClient
import KafkaMessages
import Views

/// The policy of a broker, read from its own topics. Needs the admin's right.
enum StoredPolicy {
    /// - Returns: nil if this connection may not read the policy; setting it may be allowed all the same.
    /// - Throws: not found if the broker has no policy topics.
    static func readIfAllowed(_ cluster: Cluster) async throws -> PolicyState? {
        do {
            return try await readTopics(cluster)
        } catch let error as KafkaClientError {
            guard error.errorCode == .topicAuthorizationFailed else { throw error }
            return nil
        }
    }

    static func read(_ cluster: Cluster) async throws -> PolicyState {
        guard let state = try await readIfAllowed(cluster) else {
            throw CommandFailure(
                .refused, "\(cluster.bootstrap) shows its policy to the admin only",
                hint: "use the admin socket of the data folder (--data DIR)")
        }
        return state
    }

    /// The bytes of one version of a module; nil where they are deleted or not there.
    static func module(_ name: VersionedName, _ cluster: Cluster) async throws -> [UInt8]? {
        let stored = try await TopicReader.latest(PolicyWriter.modulesTopic, cluster) ?? []
        let bytes = stored.last { $0.key == Array("\(name)".utf8) }?.value ?? []
        return bytes.isEmpty ? nil : bytes
    }

    private static func readTopics(_ cluster: Cluster) async throws -> PolicyState {
        guard let modules = try await TopicReader.latest(PolicyWriter.modulesTopic, cluster),
            let views = try await TopicReader.latest(PolicyWriter.viewsTopic, cluster)
        else {
            throw CommandFailure(
                .notFound, "\(cluster.bootstrap) has no policy topics", hint: "it is no Sluice broker")
        }
        return state(modules: modules, views: views)
    }

    /// Modules first, then views, as the broker does at its start.
    static func state(modules: [ConsumedRecord], views: [ConsumedRecord]) -> PolicyState {
        var state = PolicyState()
        for record in modules { state.applyModule(PolicyRecord(record), offset: record.offset) }
        for record in views { state.applyView(PolicyRecord(record), offset: record.offset) }
        return state
    }
}

extension PolicyRecord {
    init(_ record: ConsumedRecord) {
        self.init(
            key: record.key, value: record.value, headers: record.headers.map { Header($0.key, $0.value) })
    }
}

extension PolicyState {
    /// Whether something is stored under the key of a binding or a default.
    func holds(_ key: PolicyKey) -> Bool {
        switch key {
        case .binding(let binding): bindings[binding] != nil
        case .topicDefault(let topic): defaults[topic] != nil
        case .view, .pause, .quarantine, .feature: false
        }
    }
}
