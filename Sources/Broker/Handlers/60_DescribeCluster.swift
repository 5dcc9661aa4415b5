import KafkaMessages

/// DescribeCluster v0–2: this broker, which is its own controller. Operations that a client may do aren't said: there is
/// no authorizer.
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
        return response
    }
}
