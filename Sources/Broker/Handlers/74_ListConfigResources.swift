import KafkaMessages
import Views

/// ListConfigResources v0–1. v0 asks for clients' metrics, of which none are kept. Topics of the broker's own are listed
/// only for the administrator, as in Metadata. Needs DESCRIBE_CONFIGS on the cluster.
extension Broker {
    func handle(_ request: ListConfigResourcesRequest, _ context: RequestContext) -> ListConfigResourcesResponse {
        var response = ListConfigResourcesResponse()
        guard context.mayCluster else {
            response.errorCode = .clusterAuthorizationFailed
            return response
        }
        let all = [
            ConfigResourceType.topic, ConfigResourceType.broker, ConfigResourceType.brokerLogger,
            ConfigResourceType.clientMetrics, ConfigResourceType.group,
        ]
        var types = request.resourceTypes.isEmpty ? all : Array(Set(request.resourceTypes)).sorted()
        if context.apiVersion == 0 { types = [ConfigResourceType.clientMetrics] }
        guard types.allSatisfy(all.contains) else {
            response.errorCode = .unsupportedVersion
            return response
        }
        for type in types {
            response.configResources += resources(of: type, context).map { name in
                var resource = ListConfigResourcesResponse.ConfigResource()
                resource.resourceName = name
                resource.resourceType = type
                return resource
            }
        }
        return response
    }

    private func resources(of type: Int8, _ context: RequestContext) -> [String] {
        switch type {
        case ConfigResourceType.topic: visibleTopics(context).map(\.name)
        case ConfigResourceType.brokerLogger where logLevels == nil: []
        case ConfigResourceType.broker, ConfigResourceType.brokerLogger: [String(configuration.nodeId)]
        case ConfigResourceType.group: policy.currentState.groupsWithViewConfigs
        default: []
        }
    }

    /// The topics that a client sees who asks for all, by name.
    func visibleTopics(_ context: RequestContext) -> [Topic] {
        topics.snapshot.sorted.filter { !Topic.isInternal($0.name) || isAdmin(context) }
    }
}
