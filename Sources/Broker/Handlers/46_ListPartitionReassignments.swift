import KafkaMessages

/// ListPartitionReassignments v0: there is one broker, so nothing is ever moved. Needs DESCRIBE on the cluster.
extension Broker {
    func handle(
        _ request: ListPartitionReassignmentsRequest, _ context: RequestContext
    ) -> ListPartitionReassignmentsResponse {
        var response = ListPartitionReassignmentsResponse()
        if !context.mayCluster {
            response.errorCode = .clusterAuthorizationFailed
            response.errorMessage = "no right to describe the cluster"
        }
        return response
    }
}
