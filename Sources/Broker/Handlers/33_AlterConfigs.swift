import KafkaMessages

/// AlterConfigs v0–2: IncrementalAlterConfigs for old clients, which names all settings that a resource has from now on.
/// Unlike in Apache Kafka a `view.*` key that isn't named stays: a tool that sets retention must not open a topic.
extension Broker {
    func handle(_ request: AlterConfigsRequest, _ context: RequestContext) async -> AlterConfigsResponse {
        var response = AlterConfigsResponse()
        let counts = ConfigResource.counts(
            request.resources.lazy.map { ConfigResource($0.resourceType, $0.resourceName) })
        for wanted in request.resources {
            var answer = AlterConfigsResponse.AlterConfigsResourceResponse()
            answer.resourceType = wanted.resourceType
            answer.resourceName = wanted.resourceName
            let resource = ConfigResource(wanted.resourceType, wanted.resourceName)
            do throws(TopicError) {
                try resource.checkOnce(counts)
                var changes: [ConfigAlteration] = []
                for config in wanted.configs {
                    changes.append(
                        try ConfigAlteration(
                            name: config.name, operation: ConfigAlteration.Operation.set.rawValue, value: config.value))
                }
                try await alter(resource, changes, replacing: true, validateOnly: request.validateOnly, context)
            } catch {
                answer.errorCode = error.code
                answer.errorMessage = error.message
            }
            response.responses.append(answer)
        }
        return response
    }
}
