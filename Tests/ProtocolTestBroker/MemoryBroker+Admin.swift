import KafkaMessages

/// Settings that are changed, and topics that grow.
extension MemoryBroker {
    static func alterConfigs(
        _ request: IncrementalAlterConfigsRequest, _ state: inout State
    ) -> IncrementalAlterConfigsResponse {
        var response = IncrementalAlterConfigsResponse()
        response.responses = request.resources.map { resource in
            var answer = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
            answer.resourceType = resource.resourceType
            answer.resourceName = resource.resourceName
            if state.topics[resource.resourceName] == nil {
                answer.errorCode = .unknownTopicOrPartition
            } else if resource.configs.contains(where: { $0.value == "soon" }) {
                answer.errorCode = .invalidConfig
                answer.errorMessage = "retention.ms = soon: must be a whole number"
            } else if !request.validateOnly {
                state.altered += resource.configs.map { "\($0.name)=\($0.value ?? "null")" }
            }
            return answer
        }
        return response
    }

    static func createPartitions(
        _ request: CreatePartitionsRequest, _ state: inout State
    ) -> CreatePartitionsResponse {
        var response = CreatePartitionsResponse()
        response.results = request.topics.map { topic in
            var answer = CreatePartitionsResponse.CreatePartitionsTopicResult()
            answer.name = topic.name
            let old = state.topics[topic.name]?.count
            if old == nil {
                answer.errorCode = .unknownTopicOrPartition
            } else if let old, Int(topic.count) <= old {
                answer.errorCode = .invalidPartitions
                answer.errorMessage = "Topic already has \(old) partition(s)."
            } else if let old, !request.validateOnly {
                state.topics[topic.name]? += Array(repeating: Partition(), count: Int(topic.count) - old)
            }
            return answer
        }
        return response
    }
}
