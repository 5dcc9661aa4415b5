import KafkaMessages

extension AdminClient {
    /// Sets settings of a resource and takes others back to their defaults (IncrementalAlterConfigs, Kafka 2.3 and later):
    /// all of it or nothing.
    public func alterConfigs(
        _ resource: Resource, set: [(name: String, value: String)], delete: [String] = [], validateOnly: Bool = false
    ) async throws(KafkaClientError) {
        let action = "alter configs of \"\(resource.name)\""
        let connection = try await cluster.connection()
        var wanted = IncrementalAlterConfigsRequest.AlterConfigsResource()
        wanted.resourceType = resource.type
        wanted.resourceName = resource.name
        for (name, value) in set {
            var config = IncrementalAlterConfigsRequest.AlterableConfig()
            config.name = name
            config.configOperation = 0
            config.value = value
            wanted.configs.append(config)
        }
        for name in delete {
            var config = IncrementalAlterConfigsRequest.AlterableConfig()
            config.name = name
            config.configOperation = 1
            config.value = nil
            wanted.configs.append(config)
        }
        var request = IncrementalAlterConfigsRequest()
        request.resources = [wanted]
        request.validateOnly = validateOnly
        let response = try await connection.send(request)
        guard let answer = response.responses.first else { throw missing(action, connection) }
        try check(answer.errorCode, answer.errorMessage, while: action)
    }

    /// Gives a topic more partitions.
    ///
    /// - Parameter count: how many it has from then on.
    public func createPartitions(
        _ topic: String, count: Int32, validateOnly: Bool = false
    ) async throws(KafkaClientError) {
        let action = "add partitions to topic \"\(topic)\""
        let connection = try await cluster.connection()
        var wanted = CreatePartitionsRequest.CreatePartitionsTopic()
        wanted.name = topic
        wanted.count = count
        wanted.assignments = nil
        var request = CreatePartitionsRequest()
        request.topics = [wanted]
        request.timeoutMs = requestTimeoutMs
        request.validateOnly = validateOnly
        let response = try await connection.send(request)
        guard let answer = response.results.first else { throw missing(action, connection) }
        try check(answer.errorCode, answer.errorMessage, while: action)
    }
}
