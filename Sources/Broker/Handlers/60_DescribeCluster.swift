import KafkaMessages
import Views

/// DescribeCluster v0–2: this broker, which is its own controller. Needs no right; what the client may do with the cluster is
/// said to whom DESCRIBE on it is allowed.
extension Broker {
    func handle(_ request: DescribeClusterRequest, _ context: RequestContext) -> DescribeClusterResponse {
        var response = DescribeClusterResponse()
        response.endpointType = request.endpointType
        switch request.endpointType {
        case 1: break
        case 2:
            response.errorCode = .mismatchedEndpointType
            response.errorMessage = "this is a broker: ask for endpoint type 1"
            return response
        default:
            response.errorCode = .unsupportedEndpointType
            response.errorMessage = "endpoint type \(request.endpointType) is not known: 1 is brokers"
            return response
        }
        var node = DescribeClusterResponse.DescribeClusterBroker()
        node.brokerId = configuration.nodeId
        node.host = context.connection.listener.advertisedHost
        node.port = Int32(clamping: context.connection.listener.advertisedPort)
        response.clusterId = clusterId
        response.controllerId = configuration.nodeId
        response.brokers = [node]
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = clusterOperations(context)
        }
        return response
    }

    /// What the client may do with the cluster; nothing, if it may not even know that.
    func clusterOperations(_ context: RequestContext) -> Int32 {
        let (access, cluster) = (context.access, ResourceType.clusterName)
        return access.allows(.describe, .cluster, cluster) ? access.operations(on: .cluster, cluster.string) : 0
    }
}
